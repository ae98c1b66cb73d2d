import AkinImages
import AkinTensors
import TestSupport
import Testing

/// Pictures of 16 bits keep them until the scaling has looked at them.
@Suite struct SixteenBitTests {
    private func sixteen(_ image: Image, _ level: (UInt16) -> UInt16) -> Image {
        Image(
            width: image.width, height: image.height, channels: image.channels,
            samples: .sixteen(image.pixels.map { level(UInt16($0)) }), depth: 0)
    }

    private func largest(_ a: [Float], _ b: [Float]) -> Float { zip(a, b).map { abs($0 - $1) }.max()! }

    /// Strokes on a ground with some noise, at least one value above 240.
    private func drawing(channels: Int) -> Image {
        var generator = SeededGenerator(seed: 81)
        var image = Image.noise(width: 24, height: 18, channels: channels, using: &generator)
        image.pixels = image.pixels.enumerated().map { i, value in
            i / channels % 24 == 5 || i / channels / 24 == 9 ? 40 + value / 8 : 220 + value / 8
        }
        return image
    }

    @Test(
        arguments: Preprocessing.Scaling.allCases,
        [Preprocessing.Placement.fit, .stretch, .canvas])
    func theWholeRangeIsThatOf8Bits(_ scaling: Preprocessing.Scaling, _ placement: Preprocessing.Placement) {
        for channels in [1, 3] {
            let image = drawing(channels: channels)
            for (wanted, side) in [(Preprocessing.Channels.grey, 12), (.rgb, 24)] {
                let preprocessing = Preprocessing(
                    trusted: side, width: side, channels: wanted, placement: placement, scaling: scaling)
                let difference = largest(
                    preprocessing.input(from: image), preprocessing.input(from: sixteen(image) { $0 * 257 }))
                #expect(difference < 2e-5)
            }
        }
    }

    /// 8, 10, 12 and 14 bits that lie unscaled in 16.
    @Test(arguments: [8, 10, 12, 14], [Preprocessing.Scaling.standardise, .paper])
    func whatWasNeverScaledKeepsItsContrast(_ bits: Int, _ scaling: Preprocessing.Scaling) {
        let image = drawing(channels: 1)
        let dark = sixteen(image) { $0 << (bits - 8) | $0 >> (16 - bits) }
        for placement in [Preprocessing.Placement.fit, .canvas] {
            let preprocessing = Preprocessing(trusted: 16, width: 30, placement: placement, scaling: scaling)
            let difference = largest(preprocessing.input(from: image), preprocessing.input(from: dark))
            #expect(difference < 0.02)
        }
        // `unit` promises no contrast: it is as dark as the file says.
        #expect(Preprocessing(trusted: 18, width: 24).input(from: dark).max()! < 0.26)
    }

    /// Faint shades of a picture that uses the whole range stay faint.
    @Test func aBrightPixelSaysThatTheRangeIsUsed() throws {
        func input(_ last: UInt16) -> [Float] {
            let image = Image(
                width: 4, height: 1, channels: 1, samples: .sixteen([2000, 3000, 3000, last]), depth: 0)
            return Preprocessing(trusted: 1, width: 4, scaling: .paper).input(from: image)
        }
        #expect(input(3000)[0] < 0.4 && input(20000)[0] > 0.8)
    }

    /// What the file says about its bits is heeded where it can be true.
    @Test func significantBits() throws {
        func input(_ samples: [Int], bits: UInt8?) throws -> [Float] {
            var png = PNGWriter(width: 4, height: 1, colour: .grey, depth: 16, samples: samples)
            if let bits { png.extra = [("sBIT", [bits])] }
            let image = try Image(decoding: png.encoded())
            return Preprocessing(trusted: 1, width: 4, scaling: .paper).input(from: image)
        }
        // 11 bits of which 9 are used.
        let known = try input([0, 300, 310, 320], bits: 11)
        let unknown = try input([0, 300, 310, 320], bits: nil)
        #expect(known[0] == 0 && unknown[0] == 0)
        // Less than the least range of 11 bits, more than that of 10.
        let faint = [280, 320, 320, 320]
        #expect(try input(faint, bits: 10)[0] < 0.7 && input(faint, bits: 14)[0] > 0.9)
        // It says 12 bits, and they have been brought to the whole range.
        #expect(
            try input([0, 0xFFF0, 0xFFF0, 0xFFF0], bits: 12) == input([0, 0xFFF0, 0xFFF0, 0xFFF0], bits: nil))
    }

    @Test func resizesAndEncodes() throws {
        let image = sixteen(drawing(channels: 3)) { $0 * 257 }
        let small = try image.resized(width: 9, height: 7)
        guard case .sixteen = small.samples else {
            Issue.record("no longer 16 bits")
            return
        }
        let difference = try small.largestDifference(from: drawing(channels: 3).resized(width: 9, height: 7))
        #expect(try #require(difference) <= 1)
        #expect(try Image(decoding: image.encodedAsPNG()).pixels == image.pixels)
    }
}
