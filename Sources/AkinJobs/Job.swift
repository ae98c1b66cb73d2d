/// Something that a person asks for: what is to be done is its value, and running it does that.
///
/// A job prints nothing, ends no program and keeps no state: the same one can be run again, by several threads too.
public protocol Job: Sendable {
    /// What came of it; encoded, the JSON document that scripts read.
    associatedtype Result: Encodable & Sendable

    /// Does it.
    ///
    /// - Throws: `JobError`, and the errors of what the job works with: of the index, the pictures, the recipe.
    @discardableResult
    func run(_ monitor: Monitor) throws -> Result
}
