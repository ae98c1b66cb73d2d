import AkinTensors

/// Writes PNG files of every kind, uncompressed, from the standard's text: the oracle of the decoder's tests.
package struct PNGWriter {
    package enum Colour: Int, CaseIterable, Sendable {
        case grey = 0, rgb = 2, palette = 3, greyAlpha = 4, rgba = 6

        package var samples: Int { [0: 1, 2: 3, 3: 1, 4: 2, 6: 4][rawValue]! }
        package var depths: [Int] {
            switch self {
            case .grey: [1, 2, 4, 8, 16]
            case .palette: [1, 2, 4, 8]
            default: [8, 16]
            }
        }
    }

    package var width: Int
    package var height: Int
    package var colour: Colour
    package var depth: Int
    package var interlaced = false
    /// `[height, width, samples]`, each 0 to 2^depth - 1.
    package var samples: [Int]
    /// Red, green and blue of each entry.
    package var palette: [UInt8] = []
    /// The content of a `tRNS` chunk.
    package var transparency: [UInt8]?
    /// More chunks, before the picture.
    package var extra: [(name: String, content: [UInt8])] = []

    package init(width: Int, height: Int, colour: Colour, depth: Int, samples: [Int]) {
        self.width = width
        self.height = height
        self.colour = colour
        self.depth = depth
        self.samples = samples
    }

    /// A random file of the given kind.
    package static func random(
        width: Int, height: Int, colour: Colour, depth: Int, using generator: inout SeededGenerator
    ) -> PNGWriter {
        let most = 1 << depth
        let samples = (0..<(width * height * colour.samples)).map { _ in
            Int.random(in: 0..<most, using: &generator)
        }
        var writer = PNGWriter(width: width, height: height, colour: colour, depth: depth, samples: samples)
        if colour == .palette {
            writer.palette = (0..<(3 * most)).map { _ in UInt8.random(in: 0...255, using: &generator) }
        }
        return writer
    }

    package static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    package var header: [UInt8] {
        Self.bigEndian(width) + Self.bigEndian(height)
            + [UInt8(depth), UInt8(colour.rawValue), 0, 0, interlaced ? 1 : 0]
    }

    package func encoded() -> [UInt8] {
        var file = Self.signature + Self.chunk("IHDR", header)
        if !palette.isEmpty { file += Self.chunk("PLTE", palette) }
        if let transparency { file += Self.chunk("tRNS", transparency) }
        for (name, content) in extra { file += Self.chunk(name, content) }
        return file + Self.chunk("IDAT", Self.zlibStored(scanlines)) + Self.chunk("IEND", [])
    }

    /// A file that claims a size and holds nothing of it.
    package static func claiming(width: Int, height: Int) -> [UInt8] {
        let writer = PNGWriter(width: width, height: height, colour: .grey, depth: 8, samples: [])
        return signature + chunk("IHDR", writer.header) + chunk("IDAT", zlibStored([])) + chunk("IEND", [])
    }

    private var scanlines: [UInt8] {
        let passes: [(x: Int, y: Int, stepX: Int, stepY: Int)] =
            interlaced
            ? [
                (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2),
                (0, 1, 1, 2),
            ] : [(0, 0, 1, 1)]
        var result: [UInt8] = []
        for pass in passes where pass.x < width {
            for y in stride(from: pass.y, to: height, by: pass.stepY) {
                result.append(0)
                var bits = 0
                var count = 0
                for x in stride(from: pass.x, to: width, by: pass.stepX) {
                    for sample in 0..<colour.samples {
                        bits = bits << depth | samples[(y * width + x) * colour.samples + sample]
                        count += depth
                        while count >= 8 {
                            count -= 8
                            result.append(UInt8(truncatingIfNeeded: bits >> count))
                            bits &= (1 << count) - 1
                        }
                    }
                }
                if count > 0 { result.append(UInt8(truncatingIfNeeded: bits << (8 - count))) }
            }
        }
        return result
    }

    package static func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
        let body = Array(name.utf8) + content
        return bigEndian(content.count) + body + bigEndian(Int(crc(body)))
    }

    package static func zlibStored(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = [0x78, 0x01]
        var start = 0
        repeat {
            let count = min(bytes.count - start, 65535)
            let isLast: UInt8 = start + count == bytes.count ? 1 : 0
            let length = [UInt8(count & 255), UInt8(count >> 8)]
            result += [isLast] + length + length.map { ~$0 } + bytes[start..<(start + count)]
            start += count
        } while start < bytes.count
        var a = 1, b = 0
        for byte in bytes {
            a = (a + Int(byte)) % 65521
            b = (b + a) % 65521
        }
        return result + bigEndian(b << 16 | a)
    }

    private static func crc(_ bytes: [UInt8]) -> UInt32 {
        var crc: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
        }
        return ~crc
    }

    private static func bigEndian(_ value: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }
}
