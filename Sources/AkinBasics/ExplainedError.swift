import Foundation

/// An error that says in one line what happened and what to do. All errors that leave Akin are such, so that
/// `localizedDescription` has these words too.
public protocol ExplainedError: LocalizedError, CustomStringConvertible {}

// All of it: where Foundation is not imported, its own defaults are not seen.
extension ExplainedError {
    /// What happened; what to do.
    public var errorDescription: String? { description }
    /// The description says it.
    public var failureReason: String? { nil }
    /// As the above.
    public var recoverySuggestion: String? { nil }
    /// None.
    public var helpAnchor: String? { nil }
}
