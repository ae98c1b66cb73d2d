import AkinBasics
import AkinIndexing
import AkinItems

/// Gives items of an index another label: all that are named or, if one of them is not there, none.
public struct RelabelItems: Job {
    /// Of which.
    public var index: IndexPlace
    /// Which items.
    public var selection: ItemSelection
    /// The new label.
    public var label: String
    /// Whether nothing is changed, and only told what would be.
    public var isTrial: Bool

    /// What was done.
    public struct Result: Encodable, Sendable {
        /// How many items have the label now that were named.
        public let relabelled: Int
        /// The new label.
        public let label: String
        /// Whether the index did not have it before.
        public let isNewLabel: Bool
        /// What would become of the items that have another label now, where it was only tried; nil where it was done.
        public let trial: [ItemChange]?

        /// One flat object.
        public func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(relabelled, forKey: .relabelled)
            try container.encode(label, forKey: .label)
            try trial?.encodeAsTrial(to: encoder)
        }

        private enum CodingKeys: CodingKey { case relabelled, label }
    }

    /// What is to be called what.
    public init(_ selection: ItemSelection, of index: IndexPlace, to label: String, isTrial: Bool = false) {
        self.index = index
        self.selection = selection
        (self.label, self.isTrial) = (label, isTrial)
    }

    /// Does it.
    @discardableResult
    public func run(_ monitor: Monitor) throws -> Result {
        try NewItem.check(label: label.composed)
        return try isTrial
            ? relabel(in: index.reading(), monitor) : index.changing(monitor) { try relabel(in: $0, monitor) }
    }

    private func relabel(in index: EmbeddingIndex, _ monitor: Monitor) throws -> Result {
        let labels = Set(try index.stats().labels.keys)
        let isNew = !labels.contains(label)
        let ids = try selection.ids(in: index)
        if isNew { monitor.noteNewLabels([label], besides: labels, onlySlips: true) }
        if isTrial {
            let changes = try ids.compactMap { try index.item($0) }.compactMap { item in
                var relabelled = item
                relabelled.label = label.composed
                return ItemChange(from: item, to: relabelled)
            }
            return Result(relabelled: ids.count, label: label, isNewLabel: isNew, trial: changes)
        }
        let relabelled = try index.relabel(ids: ids, to: label)
        try monitor.afterChange {
            try monitor.noteCalibration(of: index, relabelled: relabelled)
            try monitor.keepFit(of: index)
        }
        return Result(relabelled: relabelled, label: label, isNewLabel: isNew, trial: nil)
    }
}
