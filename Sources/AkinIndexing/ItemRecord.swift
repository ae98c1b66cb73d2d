import AkinStorage
import AkinTensors

/// An item as its table holds it; the id is the key. `IndexFormat.md` has the bytes.
struct ItemRecord: Equatable {
    /// Where its embedding lies: row `row % capacity` of block `row / capacity`.
    var row: Int
    var label: String
    var source: String
    var group: String?
    var contentHash: ContentHash

    func item(_ id: UInt64) -> Item {
        Item(id: id, label: label, source: source, group: group, contentHash: contentHash)
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
        var bytes: [UInt8] = []
        func append(_ number: some FixedWidthInteger) {
            withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
        }
        append(UInt64(0))
        append(UInt64(row))
        append(contentHash.high)
        append(contentHash.low)
        let texts = [label, source, group ?? ""]
        for text in texts { append(UInt32(text.utf8.count)) }
        for text in texts { bytes.append(contentsOf: text.utf8) }
        let checksum = bytes.withUnsafeBytes { Self.checksum($0) }
        withUnsafeBytes(of: checksum.littleEndian) { bytes.replaceSubrange(0..<8, with: $0) }
        return try bytes.withStored(body)
    }

    init?(stored bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= Self.fixedSize, Self.checksum(bytes) == bytes.number(at: 0, as: UInt64.self)
        else {
            return nil
        }
        let lengths = (0..<3).map { Int(bytes.number(at: 32 + 4 * $0, as: UInt32.self)) }
        guard Self.fixedSize + lengths.reduce(0, +) == bytes.count else { return nil }
        var place = Self.fixedSize
        var texts: [String] = []
        for length in lengths {
            let part = UnsafeRawBufferPointer(rebasing: bytes[place..<place + length])
            guard let text = String(validating: part, as: UTF8.self) else { return nil }
            texts.append(text)
            place += length
        }
        row = Int(truncatingIfNeeded: bytes.number(at: 8, as: UInt64.self))
        contentHash = ContentHash(
            high: bytes.number(at: 16, as: UInt64.self), low: bytes.number(at: 24, as: UInt64.self))
        label = texts[0]
        source = texts[1]
        group = texts[2].isEmpty ? nil : texts[2]
    }

    private static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        ContentHash(of: UnsafeRawBufferPointer(rebasing: bytes[8...])).low
    }
}

extension UnsafeRawBufferPointer {
    /// A little-endian number, wherever it lies.
    func number<Number: FixedWidthInteger>(at offset: Int, as type: Number.Type) -> Number {
        Number(littleEndian: loadUnaligned(fromByteOffset: offset, as: type))
    }
}
