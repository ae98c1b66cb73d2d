import AkinBasics
import AkinTensors
import Foundation

/// One indexed image, or one imported vector.
public struct Item: Sendable, Equatable {
    /// Given by the index when the item is added, ascending, never given twice.
    public let id: UInt64
    /// Its class.
    public var label: String
    /// Where the item comes from; one item a source.
    public var source: Source
    /// The page, manuscript or writer that it was taken from, where known.
    public var group: String?
    /// The hash of the file (or the vector) it was made from: tells changed from unchanged.
    public var contentHash: ContentHash
    /// When it was added or its content replaced, to the millisecond; nil if a program that wrote format 1 or 2 did
    /// that.
    public var time: Date?

    /// The largest id: whatever a gallery numbers can be imported into another.
    public static let largestID: UInt64 = 1 << 62

    /// An item as an index gives it.
    public init(
        id: UInt64, label: String, source: Source, group: String? = nil, contentHash: ContentHash,
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
    /// 1 to 510 bytes of UTF-8, in normal form C.
    public let label: String
    /// Where it comes from; an item with the same source is replaced.
    public let source: Source
    /// The page, manuscript or writer that it was taken from, where known, in normal form C; never empty.
    public let group: String?
    /// Of what it was made from; of the embedding where that is not known.
    public let contentHash: ContentHash?

    /// The longest label, in bytes of UTF-8.
    public static let longestLabel = 510

    /// An item that has no id yet. Label and group are brought into normal form C.
    public init(label: String, source: Source, group: String? = nil, contentHash: ContentHash? = nil) {
        self.label = label.composed
        self.source = source
        self.group = group.flatMap { $0.isEmpty ? nil : $0.composed }
        self.contentHash = contentHash
    }
}

extension NewItem {
    package static func check(label: String) throws(GalleryError) {
        guard 1...longestLabel ~= label.utf8.count else { throw .badLabel(label, limit: longestLabel) }
        try checkText(label)
    }

    package func check() throws(GalleryError) {
        try Self.check(label: label)
        guard !source.path.isEmpty else { throw .emptySource }
        try checkTexts()
    }

    /// No text of an item holds the character 0, which not every home of a gallery can keep.
    package static func checkText(_ text: String) throws(GalleryError) {
        guard !text.utf8.contains(0) else { throw .zeroCharacter(text) }
    }

    /// As the above, of label, source and group.
    package func checkTexts() throws(GalleryError) {
        for text in [label, source.path, group ?? ""] { try Self.checkText(text) }
    }

    /// Items that can be put into a gallery, with their embeddings.
    package static func check(
        _ items: [NewItem], _ embeddings: Matrix, dimension: Int
    ) throws(GalleryError) {
        guard items.count == embeddings.rows else {
            throw .countsDiffer(items: items.count, embeddings: embeddings.rows)
        }
        try embeddings.checkUsable(dimension: dimension)
        for item in items { try item.check() }
    }
}

extension Item {
    /// Throws unless so many new items can be numbered, the first by `id`.
    package static func checkNumbers(_ count: Int, from id: UInt64) throws(GalleryError) {
        let (end, overflows) = id.addingReportingOverflow(UInt64(count))
        guard !overflows, end <= largestID + 1 else { throw .noNumbersLeft(next: id) }
    }

    /// Whether it comes from the same content, and `item` says the same of it.
    package func isSame(_ item: NewItem, contentHash: ContentHash) -> Bool {
        self.contentHash == contentHash && label == item.label && group == item.group
    }
}
