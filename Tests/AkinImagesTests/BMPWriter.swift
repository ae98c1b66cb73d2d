/// Writes BMP files of every kind from Microsoft's description: the oracle of the decoder's tests.
struct BMPWriter {
    /// The size of the second header: 12 and 64 are OS/2's.
    var header = 40
    var width: Int
    /// Less than 0 where rows begin at the top.
    var height: Int
    var bits: Int
    var compression = 0
    /// Blue, green and red of each.
    var palette: [[UInt8]] = []
    var masks: [UInt32] = []
    /// What stands behind the headers.
    var data: [UInt8]
    /// How many entries the header says that the palette has.
    var named: Int?
    var prefix: [UInt8] = []

    func encoded() -> [UInt8] {
        var second = Self.long(header)
        if header == 12 {
            second += Self.short(width) + Self.short(height) + Self.short(1) + Self.short(bits)
        } else {
            second += Self.long(width) + Self.long(height) + Self.short(1) + Self.short(bits)
            second += Self.long(compression) + Self.long(data.count) + Self.long(2835) + Self.long(2835)
            second += Self.long(named ?? (palette.isEmpty ? 0 : palette.count)) + Self.long(0)
            let inside = masks.flatMap { Self.long(Int($0)) }
            if header > 40 { second += inside }
            second =
                Array(second.prefix(header)) + [UInt8](repeating: 0, count: max(header - second.count, 0))
            if header == 40 { second += inside }
        }
        second += palette.flatMap { header == 12 ? $0 : $0 + [0] }
        let start = prefix.count + 14 + second.count
        let first = Array("BM".utf8) + Self.long(start + data.count) + Self.long(0) + Self.long(start)
        return prefix + first + second + data
    }

    /// Rows of numbers of so many bits, the last row first, each filled to four bytes.
    static func rows(_ values: [[Int]], bits: Int, fromTop: Bool = false) -> [UInt8] {
        (fromTop ? values : values.reversed()).flatMap { row in
            var bytes: [UInt8] = []
            if bits < 8 {
                for first in stride(from: 0, to: row.count, by: 8 / bits) {
                    var byte = 0
                    for i in 0..<(8 / bits) {
                        byte = byte << bits | (first + i < row.count ? row[first + i] : 0)
                    }
                    bytes.append(UInt8(byte))
                }
            } else {
                for value in row {
                    for byte in 0..<(bits / 8) {
                        bytes.append(UInt8(truncatingIfNeeded: value >> (8 * byte)))
                    }
                }
            }
            while bytes.count % 4 != 0 { bytes.append(0) }
            return bytes
        }
    }

    private static func short(_ value: Int) -> [UInt8] { Array(long(value).prefix(2)) }

    private static func long(_ value: Int) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
}
