/// Bytes that begin with the low half of the XXH3-128 hash of the rest.
package struct ChecksummedBytes {
    private var bytes = [UInt8](repeating: 0, count: 8)

    /// Nothing but room for the checksum.
    package init() {}

    package mutating func append(_ number: some FixedWidthInteger) {
        withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }

    package mutating func append(contentsOf more: some Sequence<UInt8>) { bytes.append(contentsOf: more) }

    /// For other bytes in the same memory.
    package mutating func removeAll() { bytes.removeLast(bytes.count - 8) }

    /// With the checksum.
    package consuming func sealed() -> [UInt8] {
        seal()
        return bytes
    }

    /// Calls `body` with the bytes and their checksum.
    package mutating func withSealed<R, E>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        seal()
        return try bytes.withUnsafeBufferPointer { (bytes) throws(E) in
            try body(UnsafeRawBufferPointer(bytes))
        }
    }

    private mutating func seal() {
        let checksum = bytes.withUnsafeBytes { Self.checksum($0) }
        bytes.withUnsafeMutableBytes { $0.storeBytes(of: checksum.littleEndian, as: UInt64.self) }
    }

    package static func areRight(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.count >= 8 && checksum(bytes) == bytes.number(at: 0, as: UInt64.self)
    }

    private static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        ContentHash(of: UnsafeRawBufferPointer(rebasing: bytes[8...])).low
    }
}

extension UnsafeRawBufferPointer {
    /// A little-endian number, wherever it lies. Every block of an index is asked for some at every search: other modules
    /// have to see that it is a mere load.
    @inlinable package func number<Number: FixedWidthInteger>(at offset: Int, as type: Number.Type) -> Number
    {
        Number(littleEndian: loadUnaligned(fromByteOffset: offset, as: type))
    }

    /// Texts one after the other; nil if one is not UTF-8.
    package func texts(at offset: Int, lengths: [Int]) -> [String]? {
        var place = offset
        var texts: [String] = []
        for length in lengths {
            let part = UnsafeRawBufferPointer(rebasing: self[place..<place + length])
            guard let text = String(validating: part, as: UTF8.self) else { return nil }
            texts.append(text)
            place += length
        }
        return texts
    }
}
