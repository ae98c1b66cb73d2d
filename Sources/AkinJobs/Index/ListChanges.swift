import AkinIndexing
import AkinItems

/// Lists the changes of an index that can be taken back, the last one first; and then those that were taken back and can be done
/// again, the first of them first.
public struct ListChanges: Job {
    /// Of which.
    public var index: IndexPlace
    /// Keep so many changes from now on, and forget what are more; nil: as many as before.
    public var limit: Int?

    /// What is to be listed.
    public init(of index: IndexPlace, keeping limit: Int? = nil) {
        self.index = index
        self.limit = limit
    }

    /// Lists them.
    @discardableResult
    public func run(_ monitor: Monitor) throws -> [ChangeSummary] {
        guard let limit else { return try ChangeSummary.all(of: index.reading()) }
        return try index.changing(monitor) { index in
            let before = try index.history().count + index.undone().count
            try index.setHistoryLimit(limit)
            let forgotten = try before - index.history().count - index.undone().count
            if forgotten > 0 { monitor.note(.forgotten(changes: forgotten)) }
            return try ChangeSummary.all(of: index)
        }
    }
}
