/// How far some work has come.
public struct WorkProgress: Sendable, Hashable {
    /// What is done for good: of an `add`, the samples that are in the gallery, or found unchanged or unreadable.
    public let done: Int
    /// All that there is to do.
    public let total: Int

    /// `done` of `total`.
    public init(done: Int, total: Int) {
        self.done = done
        self.total = total
    }
}
