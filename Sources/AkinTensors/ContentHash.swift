import CAkinXXHash

/// The 128-bit XXH3 hash of some bytes: it tells changed content from unchanged. Not a defence against an
/// adversary.
public struct ContentHash: Hashable, Sendable, CustomStringConvertible {
    /// Its upper 64 bits.
    public let high: UInt64
    /// Its lower 64 bits.
    public let low: UInt64

    /// A hash from its two halves.
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The hash of some memory.
    public init(of bytes: UnsafeRawBufferPointer) {
        let hash = XXH3_128bits(bytes.baseAddress, bytes.count)
        self.init(high: hash.high64, low: hash.low64)
    }

    /// The hash of some bytes.
    public init(of bytes: some Sequence<UInt8>) {
        self = Array(bytes).withUnsafeBytes { ContentHash(of: $0) }
    }

    /// 32 hexadecimal digits.
    public var description: String { [high, low].map(Self.digits).joined() }

    private static func digits(_ value: UInt64) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: 16 - text.count) + text
    }
}
