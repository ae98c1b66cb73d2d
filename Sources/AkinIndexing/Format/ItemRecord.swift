import AkinBasics
import AkinItems
import AkinStorage

/// An item as its table holds it; the id is the key. `IndexFormat.md` has the bytes.
struct ItemRecord: Equatable {
    /// Where its embedding lies: row `row % capacity` of block `row / capacity`.
    var row: Int
    /// In normal form C, as is the group, from format 4 on.
    var label: String
    var source: Source
    var group: String?
    var contentHash: ContentHash
    /// When it was added or its content replaced; nil where formats 1 and 2 did not say.
    var time: Timestamp?

    func item(_ id: UInt64) -> Item {
        Item(
            id: id, label: label.composed, source: source, group: group?.composed, contentHash: contentHash,
            time: time?.date)
    }

    /// As format 4 has it.
    var composed: ItemRecord {
        var record = self
        record.label = label.composed
        record.group = group?.composed
        return record
    }

    var isComposed: Bool { label.isComposed && group?.isComposed != false }
}

extension ItemRecord: TableValue {
    private static let fixedSize = 44

    func withStored<R>(
        _ body: (UnsafeRawBufferPointer) throws(StorageError) -> R
    ) throws(StorageError) -> R {
        let group = group ?? ""
        var bytes = ChecksummedBytes()
        (Array(label.utf8) + source.path.utf8 + group.utf8).withUnsafeBytes { texts in
            Self.encode(
                row: row, contentHash: contentHash, texts: texts,
                lengths: (label.utf8.count, source.path.utf8.count, group.utf8.count), time: time,
                into: &bytes)
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

    /// The content of the item whose record this is, without a look at its checksum.
    static func contentHash(of bytes: UnsafeRawBufferPointer) -> ContentHash? {
        guard bytes.count >= fixedSize else { return nil }
        return ContentHash(
            high: bytes.number(at: 16, as: UInt64.self), low: bytes.number(at: 24, as: UInt64.self))
    }

    init?(stored bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= Self.fixedSize, ChecksummedBytes.areRight(bytes) else { return nil }
        let lengths = (0..<3).map { Int(bytes.number(at: 32 + 4 * $0, as: UInt32.self)) }
        let end = Self.fixedSize + lengths.reduce(0, +)
        guard bytes.count == end || bytes.count == end + 8,
            let texts = bytes.texts(at: Self.fixedSize, lengths: lengths),
            let hash = Self.contentHash(of: bytes)
        else { return nil }
        row = Int(truncatingIfNeeded: bytes.number(at: 8, as: UInt64.self))
        contentHash = hash
        label = texts[0]
        source = Source(texts[1])
        group = texts[2].isEmpty ? nil : texts[2]
        time = bytes.count == end ? nil : Timestamp(milliseconds: bytes.number(at: end, as: Int64.self))
    }
}
