import AkinIndexing
import AkinItems

/// Removes items from an index: all that are named or, if one of them is not there, none.
public struct RemoveItems: Job {
    /// From which.
    public var index: IndexPlace
    /// Which items.
    public var selection: ItemSelection
    /// Whether nothing is changed, and only told what would be.
    public var isTrial: Bool

    /// What has become of the index.
    public struct Result: Encodable, Sendable {
        /// How many items were removed.
        public let removed: Int
        /// How many are left.
        public let items: Int
        /// What would become of the items, where it was only tried; nil where it was done.
        public let trial: [ItemChange]?

        /// One flat object.
        public func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(removed, forKey: .removed)
            try container.encode(items, forKey: .items)
            try trial?.encodeAsTrial(to: encoder)
        }

        private enum CodingKeys: CodingKey { case removed, items }
    }

    /// What is to be removed.
    public init(_ selection: ItemSelection, from index: IndexPlace, isTrial: Bool = false) {
        self.index = index
        (self.selection, self.isTrial) = (selection, isTrial)
    }

    /// Removes them.
    @discardableResult
    public func run(_ monitor: Monitor) throws -> Result {
        if isTrial {
            let index = try index.reading()
            let removed = try selection.ids(in: index).compactMap { try index.item($0) }
            return Result(
                removed: removed.count, items: try index.count - removed.count,
                trial: removed.compactMap { ItemChange(from: $0, to: nil) })
        }
        return try index.changing(monitor) { index in
            let removed = try index.remove(ids: selection.ids(in: index))
            try monitor.afterChange { try monitor.maintain(index) }
            return Result(removed: removed, items: try index.reopened().count, trial: nil)
        }
    }
}
