import AkinImages
import AkinTensors
import TestSupport
import Testing

/// Pictures that are averaged in boxes while their rows arrive.
@Suite struct LargePictureTests {
    /// As if every picture were that large.
    private let limits: DecodingLimits = {
        var limits = DecodingLimits()
        limits.wholePixels = 0
        return limits
    }()

    /// Each box as a sum over its pixels, from the definition; colours weighed by alpha.
    private func naive(_ samples: [Int], _ width: Int, _ height: Int, _ channels: Int, _ box: Int) -> [Double]
    {
        let (newWidth, newHeight) = (width / box, height / box)
        var result: [Double] = []
        for y in 0..<newHeight {
            for x in 0..<newWidth {
                var sums = [Double](repeating: 0, count: channels)
                var weights = 0.0
                var count = 0.0
                for v in (y * height / newHeight)..<((y + 1) * height / newHeight) {
                    for u in (x * width / newWidth)..<((x + 1) * width / newWidth) {
                        let pixel = samples[((v * width + u) * channels)...].prefix(channels).map(Double.init)
                        let weight = channels % 2 == 0 ? pixel[channels - 1] : 1
                        weights += weight
                        count += 1
                        for channel in 0..<channels { sums[channel] += pixel[channel] * weight }
                    }
                }
                for channel in 0..<channels { sums[channel] /= max(weights, 1e-9) }
                if channels % 2 == 0 { sums[channels - 1] = weights / count }
                result += sums
            }
        }
        return result
    }

    @Test(arguments: PNGWriter.Colour.allCases.filter { $0 != .palette })
    func isTheNaiveMean(_ colour: PNGWriter.Colour) throws {
        for depth in [8, 16] {
            for (number, (width, height)) in [(40, 30), (41, 31), (97, 20), (20, 33)].enumerated() {
                var generator = SeededGenerator(seed: 71, UInt64(number))
                let png = PNGWriter.random(
                    width: width, height: height, colour: colour, depth: depth, using: &generator)
                let box = min(width / 6, height / 5)
                let image = try Image(decoding: png.encoded(), fitting: (6, 5), limits: limits)
                #expect((image.width, image.height) == (width / box, height / box))
                let channels = colour.samples
                let means = naive(png.samples, width, height, channels, box)
                let most = Double(1 << depth - 1)
                var expected: [Double] = []
                for pixel in stride(from: 0, to: means.count, by: channels) {
                    let alpha = channels % 2 == 0 ? means[pixel + channels - 1] / most : 1
                    for channel in 0..<(channels - 1 + channels % 2) {
                        expected.append(means[pixel + channel] * alpha + most * (1 - alpha))
                    }
                }
                let values: [Double] =
                    switch image.samples {
                    case .eight(let values): values.map { Double($0) }
                    case .sixteen(let values): values.map { Double($0) }
                    }
                try #require(values.count == expected.count)
                #expect(
                    zip(values, expected).allSatisfy { abs($0 - $1) <= 1.5 },
                    "\(width) x \(height), \(depth) bits")
            }
        }
    }

    @Test func rowsThatComeAllAtOnceAreAveragedToo() throws {
        var generator = SeededGenerator(seed: 72)
        var png = PNGWriter.random(width: 30, height: 40, colour: .rgb, depth: 8, using: &generator)
        let plain = try Image(decoding: png.encoded(), fitting: (7, 7), limits: limits)
        png.interlaced = true
        #expect(try Image(decoding: png.encoded(), fitting: (7, 7), limits: limits) == plain)
        #expect(plain.width == 7 && plain.height == 10)
    }

    @Test func smallerOnesAreLeftAsTheyAre() throws {
        let png = Image.gradient(width: 40, height: 30, channels: 3).encodedAsPNG()
        #expect(try Image(decoding: png, fitting: (4, 4)) == Image(decoding: png))
        // A target that is hardly smaller, and none.
        #expect(try Image(decoding: png, fitting: (21, 4), limits: limits) == Image(decoding: png))
        #expect(try Image(decoding: png, limits: limits) == Image(decoding: png))
    }

    /// A sheet of A2 at 600 dots an inch, one bit a pixel: a frame and a cross in it.
    @Test func aLargeScanTakesLittleMemory() throws {
        let (width, height) = (14043, 9933)
        let stride = (width + 7) / 8
        var file = Array("P4 \(width) \(height)\n".utf8)
        let blank = [UInt8](repeating: 0, count: stride)
        let line = [UInt8](repeating: 255, count: stride)
        for y in 0..<height { file += (2000..<3000).contains(y) ? line : blank }
        let image = try Image(decoding: file, fitting: (28, 28), limits: DecodingLimits(memory: 1 << 20))
        #expect(image.height == 28 && image.width == 14043 / 354)
        // Rows 5.64 to 8.46 of 28.
        #expect(image.pixels[3 * image.width] == 255 && image.pixels[7 * image.width] == 0)
    }
}
