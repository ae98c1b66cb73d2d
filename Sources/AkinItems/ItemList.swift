import AkinBasics
import AkinTensors

/// What is said of many items, packed: none of them costs an allocation.
package struct ItemList: Sendable {
    /// Label, source and group of each item, one after the other.
    package private(set) var texts: [UInt8] = []
    /// For each item, where its label, source and group end.
    private var ends: [Int] = []
    /// The items' ids, if they are given; then of all.
    package var ids: [UInt64] = []
    /// The lines of their file on which the items stand, if they stand on any.
    package var lines: [Int] = []
    /// The hashes of what the items were made from, if they are given; then of all, where known.
    package var contentHashes: [ContentHash?] = []

    package init() {}

    package var count: Int { ends.count / 3 }

    package mutating func append(
        label: [UInt8], source: [UInt8], group: [UInt8]
    ) {
        texts.append(contentsOf: label)
        ends.append(texts.count)
        texts.append(contentsOf: source)
        ends.append(texts.count)
        texts.append(contentsOf: group)
        ends.append(texts.count)
    }

    package mutating func append(_ other: ItemList) {
        let start = texts.count
        texts += other.texts
        ends.reserveCapacity(ends.count + other.ends.count)
        for end in other.ends { ends.append(start + end) }
        ids += other.ids
        contentHashes += other.contentHashes
        lines += other.lines
    }

    package func label(_ item: Int) -> Range<Int> { (item == 0 ? 0 : ends[3 * item - 1])..<ends[3 * item] }
    package func source(_ item: Int) -> Range<Int> { ends[3 * item]..<ends[3 * item + 1] }
    package func group(_ item: Int) -> Range<Int> { ends[3 * item + 1]..<ends[3 * item + 2] }
    /// Label, source and group together.
    package func texts(_ item: Int) -> Range<Int> { label(item).lowerBound..<ends[3 * item + 2] }

    package func text(_ range: Range<Int>) -> String { String(decoding: texts[range], as: UTF8.self) }

    package func newItem(_ item: Int, contentHash: ContentHash) -> NewItem {
        NewItem(
            label: text(label(item)), source: Source(text(source(item))), group: text(group(item)),
            contentHash: contentHash)
    }
}

/// Many items with their embeddings on the way into a gallery, packed as they were read from a file.
public struct ItemBatch {
    package let items: ItemList
    /// Which of the items.
    package let range: Range<Int>
    /// Their embeddings, `[range.count, dimension]`.
    package let vectors: UnsafePointer<Float>
    /// Of what each of them was made from.
    package let contentHashes: [ContentHash]

    package init(
        items: ItemList, range: Range<Int>, vectors: UnsafePointer<Float>, contentHashes: [ContentHash]
    ) {
        self.items = items
        self.range = range
        self.vectors = vectors
        self.contentHashes = contentHashes
    }

    /// How many items there are.
    public var count: Int { range.count }

    /// The item at a position, from 0.
    public func item(_ position: Int) -> NewItem {
        items.newItem(range.lowerBound + position, contentHash: contentHashes[position])
    }

    /// The id that the file gives it; nil if it gives none.
    public func id(_ position: Int) -> UInt64? {
        items.ids.isEmpty ? nil : items.ids[range.lowerBound + position]
    }

    /// Its embedding, `dimension` values: valid while the batch is being added.
    public func vector(_ position: Int, dimension: Int) -> UnsafeBufferPointer<Float> {
        UnsafeBufferPointer(start: vectors + position * dimension, count: dimension)
    }
}
