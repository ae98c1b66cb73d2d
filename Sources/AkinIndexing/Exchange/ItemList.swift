import AkinBasics
import AkinTensors

/// What is said of many items, packed: none of them costs an allocation.
struct ItemList: Sendable {
    /// Label, source and group of each item, one after the other.
    private(set) var texts: [UInt8] = []
    /// For each item, where its label, source and group end.
    private var ends: [Int] = []
    /// The items' ids, if they are given; then of all.
    var ids: [UInt64] = []
    /// The lines on which the items stand, if they stand on any.
    var lines: [Int] = []
    /// The hashes of what the items were made from, if they are given; then of all, where known.
    var contentHashes: [ContentHash?] = []

    var count: Int { ends.count / 3 }

    mutating func append(
        label: [UInt8], source: [UInt8], group: [UInt8]
    ) {
        texts.append(contentsOf: label)
        ends.append(texts.count)
        texts.append(contentsOf: source)
        ends.append(texts.count)
        texts.append(contentsOf: group)
        ends.append(texts.count)
    }

    mutating func append(_ other: ItemList) {
        let start = texts.count
        texts += other.texts
        ends.reserveCapacity(ends.count + other.ends.count)
        for end in other.ends { ends.append(start + end) }
        ids += other.ids
        contentHashes += other.contentHashes
        lines += other.lines
    }

    func label(_ item: Int) -> Range<Int> { (item == 0 ? 0 : ends[3 * item - 1])..<ends[3 * item] }
    func source(_ item: Int) -> Range<Int> { ends[3 * item]..<ends[3 * item + 1] }
    func group(_ item: Int) -> Range<Int> { ends[3 * item + 1]..<ends[3 * item + 2] }
    /// Label, source and group together.
    func texts(_ item: Int) -> Range<Int> { label(item).lowerBound..<ends[3 * item + 2] }

    func text(_ range: Range<Int>) -> String { String(decoding: texts[range], as: UTF8.self) }

    func newItem(_ item: Int) -> NewItem {
        let group = group(item)
        return NewItem(
            label: text(label(item)), source: text(source(item)), group: group.isEmpty ? nil : text(group),
            contentHash: contentHashes.isEmpty ? nil : contentHashes[item])
    }
}
