import AkinIndexing
import AkinItems

/// Takes back the last change of an index; run again, the one before.
public struct UndoChange: Job {
    /// Of which.
    public var index: IndexPlace

    /// Whose last change is to be taken back.
    public init(of index: IndexPlace) { self.index = index }

    /// Takes it back; gives what that was.
    @discardableResult
    public func run(_ monitor: Monitor) throws -> Change {
        let index = try index.changing(monitor)
        let change = try index.undo()
        // It may have its old backbone again.
        try monitor.keepFit(of: change.verb == .rebuild ? index.reopened() : index)
        return change
    }
}
