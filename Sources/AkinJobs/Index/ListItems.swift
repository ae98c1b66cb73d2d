import AkinBasics
import AkinIndexing
import AkinItems
import Foundation

/// Lists the items of an index, by ascending number.
public struct ListItems: Job {
    /// Of which.
    public var index: IndexPlace
    /// Only those of this label.
    public var label: String?

    /// An item as a list tells of it.
    public struct Entry: Encodable, Sendable {
        /// Its number.
        public let id: UInt64
        /// Its class.
        public let label: String
        /// Where it comes from.
        public let source: Source
        /// The page, manuscript or writer that it was taken from, where known.
        public let group: String?
        /// When it was added or its content replaced, as in ISO 8601, UTC; nil where that is not known.
        public let time: String?

        init(_ item: Item) {
            (id, label, source, group) = (item.id, item.label, item.source, item.group)
            time = item.time?.formatted(.iso8601)
        }
    }

    /// What is to be listed: all items by default.
    public init(of index: IndexPlace, label: String? = nil) {
        self.index = index
        self.label = label
    }

    /// Lists them.
    ///
    /// - Throws: `JobError.unknownLabel` where there are items, and none has the label.
    @discardableResult
    public func run(_ monitor: Monitor) throws -> [Entry] {
        let index = try index.reading()
        try ItemFilter(labels: label.map { [$0] }).check(in: index)
        return try index.items(label: label).map(Entry.init)
    }
}
