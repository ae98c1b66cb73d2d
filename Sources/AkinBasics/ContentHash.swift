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

extension ContentHash {
    /// From 32 hexadecimal digits, as `description` gives them.
    package init?(digits: some Collection<UInt8>) {
        guard digits.count == 32 else { return nil }
        var halves: [UInt64] = [0, 0]
        for (place, digit) in digits.enumerated() {
            guard let value = hexadecimalValue(of: digit) else { return nil }
            halves[place / 16] = halves[place / 16] << 4 | UInt64(value)
        }
        self.init(high: halves[0], low: halves[1])
    }
}

/// Nil if the byte is no hexadecimal digit.
package func hexadecimalValue(of digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
    default: nil
    }
}
