import AkinImages
import AkinTensors
import TestSupport
import Testing

/// What is transparent is laid on a ground on which the drawing shows.
@Suite struct TransparencyTests {
    private func decoded(_ colour: PNGWriter.Colour, _ depth: Int, _ samples: [Int]) throws -> Image {
        try Image(
            decoding: PNGWriter(
                width: samples.count / colour.samples, height: 1, colour: colour, depth: depth,
                samples: samples
            ).encoded())
    }

    @Test func blackOnTransparentIsLaidOnWhite() throws {
        #expect(try decoded(.greyAlpha, 8, [0, 255, 0, 0, 77, 0, 0, 128]).pixels == [0, 255, 255, 127])
    }

    @Test func whiteOnTransparentIsLaidOnBlack() throws {
        #expect(try decoded(.greyAlpha, 8, [255, 255, 255, 0, 77, 0, 255, 128]).pixels == [255, 0, 0, 128])
        // Nearly white is hardly seen on white either.
        #expect(try decoded(.rgba, 8, [255, 250, 249, 255, 0, 0, 0, 0]).pixels == [255, 250, 249, 0, 0, 0])
        #expect(
            try decoded(.rgba, 8, [255, 250, 240, 255, 0, 0, 0, 0]).pixels == [255, 250, 240, 255, 255, 255])
        #expect(
            try decoded(.greyAlpha, 16, [65535, 65535, 65535, 0, 0, 0]).samples == .sixteen([65535, 0, 0]))
        #expect(
            try decoded(.rgba, 16, [65535, 65535, 65535, 32768, 9, 9, 9, 0]).samples
                == .sixteen([32768, 32768, 32768, 0, 0, 0]))
        // A transparent colour, and transparent entries of a palette.
        var key = PNGWriter(width: 2, height: 1, colour: .grey, depth: 8, samples: [255, 3])
        key.transparency = [0, 3]
        #expect(try Image(decoding: key.encoded()).pixels == [255, 0])
        var palette = PNGWriter(width: 2, height: 1, colour: .palette, depth: 1, samples: [0, 1])
        palette.palette = [255, 255, 255, 0, 0, 0]
        palette.transparency = [255, 0]
        #expect(try Image(decoding: palette.encoded()).pixels == [255, 255, 255, 0, 0, 0])
    }

    @Test func whatIsOneColourIsBlank() throws {
        let blank = try decoded(.rgba, 8, [1, 2, 3, 0, 200, 9, 9, 0])
        #expect(blank.pixels == [UInt8](repeating: 255, count: 6) && blank.isBlank)
        let white = try decoded(.greyAlpha, 8, [255, 255, 255, 255])
        #expect(white.pixels == [255, 255] && white.isBlank)
        let grey = try decoded(.grey, 8, [90, 90, 90])
        #expect(grey.isBlank)
        #expect(try !decoded(.grey, 8, [90, 90, 91]).isBlank)
        #expect(try !decoded(.greyAlpha, 8, [255, 255, 255, 0]).isBlank)
        #expect(Image(width: 2, height: 1, channels: 3, trusted: [1, 2, 3, 1, 2, 3]).isBlank)
        #expect(!Image(width: 2, height: 1, channels: 3, trusted: [1, 1, 2, 1, 2, 1]).isBlank)
        #expect(Image(width: 1, height: 1, channels: 3, trusted: [1, 2, 3]).isBlank)
        #expect(!Image(width: 2, height: 1, channels: 1, samples: .sixteen([1, 2]), depth: 0).isBlank)
    }

    /// Whatever the picture, one of the two grounds shows it, and white is taken wherever that does.
    @Test func theRuleHolds() throws {
        for seed in 0..<300 as Range<UInt64> {
            var generator = SeededGenerator(seed: 61, seed)
            let least = Int.random(in: 0...255, using: &generator)
            let samples = (0..<12).flatMap { _ in
                [
                    Int.random(in: least...255, using: &generator),
                    [0, 3, 128, 255].randomElement(using: &generator)!,
                ]
            }
            let image = try decoded(.greyAlpha, 8, samples)
            func laid(on ground: Double) -> [Double] {
                stride(from: 0, to: samples.count, by: 2).map {
                    let alpha = Double(samples[$0 + 1]) / 255
                    return Double(samples[$0]) * alpha + ground * (1 - alpha)
                }
            }
            func contrast(_ values: [Double]) -> Double { values.max()!.rounded() - values.min()!.rounded() }
            let (white, black) = (laid(on: 255), laid(on: 0))
            let expected = contrast(white) < 8 && contrast(black) >= 8 ? black : white
            #expect(zip(image.pixels, expected).allSatisfy { abs(Double($0) - $1) <= 0.5 }, "seed \(seed)")
        }
    }
}
