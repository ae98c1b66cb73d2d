import AkinIndexing

/// Removes items from an index: all that are named or, if one of them is not there, none.
public struct RemoveItems: Job {
    /// From which.
    public var index: IndexPlace
    /// Which items.
    public var selection: ItemSelection

    /// What has become of the index.
    public struct Result: Encodable, Sendable {
        /// How many items were removed.
        public let removed: Int
        /// How many are left.
        public let items: Int
    }

    /// What is to be removed.
    public init(_ selection: ItemSelection, from index: IndexPlace) {
        self.index = index
        self.selection = selection
    }

    /// Removes them.
    @discardableResult
    public func run(_ monitor: Monitor) throws -> Result {
        let index = try index.changing(monitor)
        let removed = try index.remove(ids: selection.ids(in: index))
        try monitor.maintain(index)
        return Result(removed: removed, items: try index.count)
    }
}
