import AkinBasics
import AkinItems

/// What was the same in an index and in a shared one when the two last agreed: by it, who has changed an item since is told.
struct SharedRecord: Equatable {
    /// Of each item the hash of its source, and of what it was.
    private(set) var items: [ContentHash: UInt64] = [:]
    /// Of how the indexes are asked; nil where that has not agreed yet.
    var answering: UInt64?

    private static let version: UInt64 = 1

    /// Nothing has agreed yet.
    init() {}

    /// What `bytes` gave; nil if they are none of that.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= 24, (bytes.count - 24).isMultiple(of: 24) else { return nil }
        let numbers = bytes.withUnsafeBytes { raw in
            stride(from: 0, to: raw.count, by: 8).map {
                UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: $0, as: UInt64.self))
            }
        }
        guard numbers[0] == Self.version else { return nil }
        answering = numbers[1] == 0 ? nil : numbers[2]
        for place in stride(from: 3, to: numbers.count, by: 3) {
            items[ContentHash(high: numbers[place], low: numbers[place + 1])] = numbers[place + 2]
        }
    }

    /// The same record has the same bytes.
    var bytes: [UInt8] {
        var numbers = [Self.version, answering == nil ? 0 : 1, answering ?? 0]
        numbers.reserveCapacity(3 + 3 * items.count)
        for (source, state) in items.sorted(by: { ($0.key.high, $0.key.low) < ($1.key.high, $1.key.low) }) {
            numbers += [source.high, source.low, state]
        }
        return numbers.flatMap { number in withUnsafeBytes(of: number.littleEndian) { Array($0) } }
    }

    /// What the item of a source was; nil where there was none.
    subscript(source: Source) -> UInt64? {
        get { items[Self.key(source)] }
        set { items[Self.key(source)] = newValue }
    }

    private static func key(_ source: Source) -> ContentHash { ContentHash(of: Array(source.path.utf8)) }

    /// Of content, label and group: all that two indexes can have in common of an item.
    static func state(_ item: Item) -> UInt64 {
        var bytes = Array(item.contentHash.description.utf8) + Array(item.label.utf8)
        // No text holds a 0.
        if let group = item.group { bytes += [0] + Array(group.utf8) }
        return ContentHash(of: bytes).low
    }

    /// Of how an index is asked.
    static func state(_ answering: (classifier: [UInt8]?, calibration: [UInt8]?)) -> UInt64 {
        var bytes: [UInt8] = []
        for part in [answering.classifier, answering.calibration] {
            // JSON holds no 0 and no 1.
            bytes += part.map { [1] + $0 } ?? [0]
        }
        return ContentHash(of: bytes).low
    }
}
