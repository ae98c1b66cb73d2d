import AkinIndexing
import AkinItems

/// Lists the changes of an index that can be taken back, the last one first.
public struct ListChanges: Job {
    /// Of which.
    public var index: IndexPlace
    /// Keep so many changes from now on; nil: as many as before.
    public var limit: Int?

    /// What is to be listed.
    public init(of index: IndexPlace, keeping limit: Int? = nil) {
        self.index = index
        self.limit = limit
    }

    /// Lists them.
    @discardableResult
    public func run(_ monitor: Monitor) throws -> [Change] {
        guard let limit else { return try index.reading().history() }
        let index = try index.changing(monitor)
        try index.setHistoryLimit(limit)
        return try index.history()
    }
}
