import AkinBasics
import Foundation

/// One indexed image, or one imported vector.
public struct Item: Sendable, Equatable {
    /// Given by the index when the item is added, ascending, never given twice.
    public let id: UInt64
    /// Its class.
    public var label: String
    /// Where the item comes from; one item a source.
    public var source: String
    /// The page, manuscript or writer that it was taken from, where known.
    public var group: String?
    /// The hash of the file (or the vector) it was made from: tells changed from unchanged.
    public var contentHash: ContentHash
    /// When it was added or its content replaced, to the millisecond; nil if a program that wrote format 1 or 2 did
    /// that.
    public var time: Date?

    /// An item as an index gives it.
    public init(
        id: UInt64, label: String, source: String, group: String? = nil, contentHash: ContentHash,
        time: Date? = nil
    ) {
        self.id = id
        self.label = label
        self.source = source
        self.group = group
        self.contentHash = contentHash
        self.time = time
    }
}

/// What becomes an item.
public struct NewItem: Sendable, Equatable {
    /// 1 to 510 bytes of UTF-8.
    public var label: String
    /// Where it comes from; an item with the same source is replaced.
    public var source: String
    /// The page, manuscript or writer that it was taken from, where known.
    public var group: String?
    /// Of what it was made from; of the embedding where that is not known.
    public var contentHash: ContentHash?

    /// An item that has no id yet.
    public init(label: String, source: String, group: String? = nil, contentHash: ContentHash? = nil) {
        self.label = label
        self.source = source
        self.group = group
        self.contentHash = contentHash
    }
}
