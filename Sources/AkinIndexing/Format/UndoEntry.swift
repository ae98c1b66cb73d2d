import AkinBasics
import AkinStorage

/// Where an entry of a change lies in table `undo` or `redo`: sixteen bytes, in the order in which they were written.
struct UndoKey: TableKey, Equatable {
    let change: UInt64
    let sequence: UInt64

    init(_ change: UInt64, _ sequence: UInt64) {
        self.change = change
        self.sequence = sequence
    }

    func withKey<R>(_ body: (UnsafeRawBufferPointer) throws(StorageError) -> R) throws(StorageError) -> R {
        var bytes = (change.bigEndian, sequence.bigEndian)
        return try withUnsafeBytes(of: &bytes) { (raw) throws(StorageError) in try body(raw) }
    }

    init?(key: UnsafeRawBufferPointer) {
        guard key.count == 16 else { return nil }
        change = UInt64(bigEndian: key.loadUnaligned(as: UInt64.self))
        sequence = UInt64(bigEndian: key.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    }
}

/// What is needed to take back a part of a change, or to make it again. `IndexFormat.md` has the bytes.
enum UndoEntry {
    /// An item as it was, and its embedding if that was changed or removed with it.
    case item(UInt64, ItemRecord, vector: [Float]?)
    /// There was no item of this id.
    case absent(UInt64)
    /// The backbone: its kind, and itself.
    case backbone(format: String, bytes: [UInt8])
    /// By which classifier the index was asked, and what was known of the answers.
    case answering(classifier: [UInt8]?, calibration: [UInt8]?)
    /// A block of embeddings of that backbone.
    case block(UInt64, [UInt8])
}

extension UndoEntry: TableValue {
    private static let fixedSize = 24

    func withStored<R>(
        _ body: (UnsafeRawBufferPointer) throws(StorageError) -> R
    ) throws(StorageError) -> R {
        var bytes = ChecksummedBytes()
        func header(_ kind: UInt32, _ number: UInt64, length: Int) {
            bytes.append(kind)
            bytes.append(UInt32(length))
            bytes.append(number)
        }
        switch self {
        case .item(let id, let record, let vector):
            let record = try record.withStored { (stored) throws(StorageError) in Array(stored) }
            header(1, id, length: record.count)
            bytes.append(contentsOf: record)
            vector?.withUnsafeBytes { bytes.append(contentsOf: $0) }
        case .absent(let id): header(6, id, length: 0)
        case .backbone(let format, let file):
            header(4, 0, length: format.utf8.count)
            bytes.append(contentsOf: format.utf8)
            bytes.append(contentsOf: file)
        case .answering(let classifier, let calibration):
            header(5, 0, length: classifier?.count ?? 0)
            bytes.append(contentsOf: classifier ?? [])
            bytes.append(contentsOf: calibration ?? [])
        case .block(let number, let block):
            header(3, number, length: block.count)
            bytes.append(contentsOf: block)
        }
        return try bytes.sealed().withStored(body)
    }

    init?(stored bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= Self.fixedSize, ChecksummedBytes.areRight(bytes) else { return nil }
        let number = bytes.number(at: 16, as: UInt64.self)
        let end = Self.fixedSize + Int(bytes.number(at: 12, as: UInt32.self))
        guard end <= bytes.count else { return nil }
        let first = UnsafeRawBufferPointer(rebasing: bytes[Self.fixedSize..<end])
        let rest = UnsafeRawBufferPointer(rebasing: bytes[end...])
        switch bytes.number(at: 8, as: UInt32.self) {
        case 1:
            guard let record = ItemRecord(stored: first), rest.count % 4 == 0 else { return nil }
            let vector = (0..<rest.count / 4).map {
                Float(bitPattern: rest.number(at: 4 * $0, as: UInt32.self))
            }
            self = .item(number, record, vector: vector.isEmpty ? nil : vector)
        // Before format 4 there was but one kind.
        case 2 where rest.isEmpty: self = .backbone(format: Setting.onlyBackboneFormat, bytes: Array(first))
        case 3 where rest.isEmpty: self = .block(number, Array(first))
        case 4:
            guard let format = String(validating: first, as: UTF8.self) else { return nil }
            self = .backbone(format: format, bytes: Array(rest))
        // Neither is ever empty.
        case 5:
            self = .answering(
                classifier: first.isEmpty ? nil : Array(first), calibration: rest.isEmpty ? nil : Array(rest))
        case 6 where first.isEmpty && rest.isEmpty: self = .absent(number)
        default: return nil
        }
    }

    /// Whether an entry tells of an item, without a look at the rest of it.
    static func tellsOfItem(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.count < fixedSize || ![2, 3, 4].contains(bytes.number(at: 8, as: UInt32.self))
    }
}
