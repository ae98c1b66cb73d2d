import AkinImages
import AkinTensors
import TestSupport
import Testing

@Suite struct ResamplingTests {
    /// Each new pixel as one double sum over the whole picture, from the definition.
    private func naive(_ image: Image, width: Int, height: Int) -> [Double] {
        func weight(_ old: Int, _ new: Int, _ oldCount: Int, _ newCount: Int) -> Double {
            let scale = Double(oldCount) / Double(newCount)
            return max(0, 1 - abs(Double(old) + 0.5 - (Double(new) + 0.5) * scale) / max(scale, 1))
        }
        var result: [Double] = []
        for y in 0..<height {
            for x in 0..<width {
                for channel in 0..<image.channels {
                    var sum = 0.0, weights = 0.0
                    for v in 0..<image.height {
                        for u in 0..<image.width {
                            let w = weight(v, y, image.height, height) * weight(u, x, image.width, width)
                            sum += w * Double(image.pixels[(v * image.width + u) * image.channels + channel])
                            weights += w
                        }
                    }
                    result.append(sum / weights)
                }
            }
        }
        return result
    }

    @Test func isTheNaiveSum() throws {
        for seed in 0..<40 as Range<UInt64> {
            var generator = SeededGenerator(seed: 31, seed)
            func side() -> Int { Int.random(in: 1...24, using: &generator) }
            let channels = Bool.random(using: &generator) ? 1 : 3
            let image = Image.noise(width: side(), height: side(), channels: channels, using: &generator)
            let (width, height) = (side(), side())
            let expected = naive(image, width: width, height: height)
            let resized = try image.resized(width: width, height: height)
            let worst = zip(resized.pixels, expected).map { abs(Double($0) - $1) }.max()!
            #expect(worst <= 0.501, "seed \(seed)")

            let input = Preprocessing(
                trusted: height, width: width, channels: channels == 1 ? .grey : .rgb, placement: .stretch
            ).input(from: image)
            let worstInput = zip(input, expected).map { abs(Double($0) - $1 / 255) }.max()!
            #expect(worstInput < 1e-5, "seed \(seed)")
        }
    }

    @Test(arguments: [(10, 7), (47, 40), (29, 5)], Preprocessing.Interpolation.allCases)
    func isWhatPillowMakes(_ size: (width: Int, height: Int), _ interpolation: Preprocessing.Interpolation)
        throws
    {
        let (width, height) = size
        let picture = try Image(contentsOf: Fixtures.path("images/picture.ppm"))
        let kind = interpolation == .bilinear ? "" : "\(interpolation)-"
        let pillow = try Image(contentsOf: Fixtures.path("images/resized-\(kind)\(width)x\(height).ppm"))
        // Pillow rounds to 8 bits between the two directions.
        let resized = try picture.resized(width: width, height: height, interpolation)
        #expect(try #require(resized.largestDifference(from: pillow)) <= 1)
        // So is what goes into a network, and of 16 bits.
        let input = Preprocessing(
            trusted: height, width: width, channels: .rgb, placement: .stretch, interpolation: interpolation)
        let deep = Image(
            width: picture.width, height: picture.height, channels: 3,
            samples: .sixteen(picture.pixels.map { UInt16($0) * 257 }), depth: 0)
        for image in [picture, deep] {
            let worst = zip(input.input(from: image), pillow.pixels).map { abs($0 * 255 - Float($1)) }.max()
            #expect(try #require(worst) <= 1.2)
        }
    }

    @Test func aConstantPictureStaysConstant() throws {
        let image = Image(
            width: 37, height: 23, channels: 1, trusted: [UInt8](repeating: 201, count: 37 * 23))
        for (width, height) in [(1, 1), (5, 40), (100, 3)] {
            for interpolation in Preprocessing.Interpolation.allCases {
                let resized = try image.resized(width: width, height: height, interpolation)
                #expect(resized.pixels.allSatisfy { $0 == 201 }, "\(interpolation)")
            }
        }
    }
}
