import AkinIndexing

/// Gives items of an index another label: all that are named or, if one of them is not there, none.
public struct RelabelItems: Job {
    /// Of which.
    public var index: IndexPlace
    /// Which items.
    public var selection: ItemSelection
    /// The new label.
    public var label: String

    /// What was done.
    public struct Result: Encodable, Sendable {
        /// How many items have the label now that were named.
        public let relabelled: Int
        /// The new label.
        public let label: String
        /// Whether the index did not have it before.
        public let isNewLabel: Bool

        private enum CodingKeys: CodingKey { case relabelled, label }
    }

    /// What is to be called what.
    public init(_ selection: ItemSelection, of index: IndexPlace, to label: String) {
        self.index = index
        self.selection = selection
        self.label = label
    }

    /// Does it.
    @discardableResult
    public func run(_ monitor: Monitor) throws -> Result {
        let index = try index.changing(monitor)
        let isNew = try index.stats().labels[label] == nil
        let relabelled = try index.relabel(ids: selection.ids(in: index), to: label)
        try monitor.keepFit(of: index)
        return Result(relabelled: relabelled, label: label, isNewLabel: isNew)
    }
}
