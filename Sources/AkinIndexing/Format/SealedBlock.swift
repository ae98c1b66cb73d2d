import AkinBasics

/// What every large value of an index begins with: the XXH3-128 hash of all that follows it, the block's number, how many
/// rows are used, how wide they are, and zeros.
enum SealedBlock {
    /// Bytes before a block's own.
    static let header = 48
    /// What LMDB keeps at the beginning of a page, before the value.
    static let pageHeader = 16

    /// The checksum that a block bears.
    static func checksum(_ bytes: UnsafeRawBufferPointer) -> ContentHash {
        ContentHash(high: bytes.number(at: 0, as: UInt64.self), low: bytes.number(at: 8, as: UInt64.self))
    }

    /// The checksum that a block should bear.
    static func computedChecksum(_ bytes: UnsafeRawBufferPointer) -> ContentHash {
        ContentHash(of: UnsafeRawBufferPointer(rebasing: bytes[16...]))
    }

    /// Whether all its bytes are those that were written.
    static func isIntact(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.count >= header && checksum(bytes) == computedChecksum(bytes)
    }

    /// How many rows a block holds; nil if it is not block `number` or has other rows.
    static func count(_ bytes: UnsafeRawBufferPointer, number: UInt64, width: Int) -> Int? {
        guard bytes.count >= header, bytes.number(at: 16, as: UInt64.self) == number,
            bytes.number(at: 28, as: UInt32.self) == UInt32(width)
        else { return nil }
        return Int(bytes.number(at: 24, as: UInt32.self))
    }

    /// Writes the header, the checksum last.
    static func seal(_ bytes: UnsafeMutableRawBufferPointer, number: UInt64, count: Int, width: Int) {
        bytes.storeBytes(of: number.littleEndian, toByteOffset: 16, as: UInt64.self)
        bytes.storeBytes(of: UInt32(count).littleEndian, toByteOffset: 24, as: UInt32.self)
        bytes.storeBytes(of: UInt32(width).littleEndian, toByteOffset: 28, as: UInt32.self)
        let checksum = computedChecksum(UnsafeRawBufferPointer(bytes))
        bytes.storeBytes(of: checksum.high.littleEndian, toByteOffset: 0, as: UInt64.self)
        bytes.storeBytes(of: checksum.low.littleEndian, toByteOffset: 8, as: UInt64.self)
    }
}
