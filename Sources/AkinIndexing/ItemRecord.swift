import AkinBasics
import AkinStorage
import AkinTensors
import Foundation

/// An item as its table holds it; the id is the key. `IndexFormat.md` has the bytes.
struct ItemRecord: Equatable {
    /// Where its embedding lies: row `row % capacity` of block `row / capacity`.
    var row: Int
    var label: String
    var source: String
    var group: String?
    var contentHash: ContentHash
    /// When it was added or its content replaced; nil where formats 1 and 2 did not say.
    var time: Timestamp?

    func item(_ id: UInt64) -> Item {
        Item(
            id: id, label: label, source: source, group: group, contentHash: contentHash, time: time?.date)
    }

    /// Whether the item comes from the same content and says the same of it.
    func isSame(_ item: NewItem, contentHash: ContentHash) -> Bool {
        self.contentHash == contentHash && hasSameBytes(label, item.label) && hasSameBytes(group, item.group)
    }
}

/// Strings that look alike may differ in their bytes; to the index they are different.
func hasSameBytes(_ a: String?, _ b: String?) -> Bool { (a ?? "").utf8.elementsEqual((b ?? "").utf8) }

extension ItemRecord: TableValue {
    private static let fixedSize = 44

    func withStored<R>(
        _ body: (UnsafeRawBufferPointer) throws(StorageError) -> R
    ) throws(StorageError) -> R {
        let group = group ?? ""
        var bytes = ChecksummedBytes()
        (Array(label.utf8) + source.utf8 + group.utf8).withUnsafeBytes { texts in
            Self.encode(
                row: row, contentHash: contentHash, texts: texts,
                lengths: (label.utf8.count, source.utf8.count, group.utf8.count), time: time, into: &bytes)
        }
        return try bytes.sealed().withStored(body)
    }

    /// Appends a record's bytes; `texts` are label, source and group, one after the other.
    static func encode(
        row: Int, contentHash: ContentHash, texts: UnsafeRawBufferPointer,
        lengths: (label: Int, source: Int, group: Int), time: Timestamp?, into bytes: inout ChecksummedBytes
    ) {
        bytes.append(UInt64(row))
        bytes.append(contentHash.high)
        bytes.append(contentHash.low)
        bytes.append(UInt32(lengths.label))
        bytes.append(UInt32(lengths.source))
        bytes.append(UInt32(lengths.group))
        bytes.append(contentsOf: texts)
        if let time { bytes.append(time.milliseconds) }
    }

    init?(stored bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= Self.fixedSize, ChecksummedBytes.areRight(bytes) else { return nil }
        let lengths = (0..<3).map { Int(bytes.number(at: 32 + 4 * $0, as: UInt32.self)) }
        let end = Self.fixedSize + lengths.reduce(0, +)
        guard bytes.count == end || bytes.count == end + 8,
            let texts = bytes.texts(at: Self.fixedSize, lengths: lengths)
        else { return nil }
        row = Int(truncatingIfNeeded: bytes.number(at: 8, as: UInt64.self))
        contentHash = ContentHash(
            high: bytes.number(at: 16, as: UInt64.self), low: bytes.number(at: 24, as: UInt64.self))
        label = texts[0]
        source = texts[1]
        group = texts[2].isEmpty ? nil : texts[2]
        time = bytes.count == end ? nil : Timestamp(milliseconds: bytes.number(at: end, as: Int64.self))
    }
}
