import AkinImages
import AkinTensors

extension Image {
    /// A picture of independent random values.
    package static func noise(
        width: Int, height: Int, channels: Int, using generator: inout SeededGenerator
    ) -> Image {
        let pixels = (0..<(width * height * channels)).map { _ in UInt8.random(in: 0...255, using: &generator)
        }
        return Image(width: width, height: height, channels: channels, trusted: pixels)
    }

    /// A smooth picture that survives JPEG nearly unchanged; `phase` tells one from another.
    package static func gradient(width: Int, height: Int, channels: Int, phase: Int = 0) -> Image {
        var pixels: [UInt8] = []
        for y in 0..<height {
            for x in 0..<width {
                for channel in 0..<channels {
                    let value = x * 80 / width + y * (40 + 30 * channel) / height + 20 + phase % 50
                    pixels.append(UInt8(value))
                }
            }
        }
        return Image(width: width, height: height, channels: channels, trusted: pixels)
    }

    /// As a binary PGM or PPM file.
    package func encodedAsPNM() -> [UInt8] {
        Array("P\(channels == 1 ? 5 : 6)\n\(width) \(height)\n255\n".utf8) + pixels
    }

    /// The largest difference of two values at the same place; nil where the sizes differ.
    package func largestDifference(from other: Image) -> Int? {
        guard (width, height, channels) == (other.width, other.height, other.channels) else { return nil }
        return zip(pixels, other.pixels).map { abs(Int($0) - Int($1)) }.max()
    }
}
