import AkinImages
import AkinTensors
import TestSupport
import Testing

/// Copies of a picture are known, and other pictures are not taken for such.
@Suite struct PictureMatchTests {
    /// Blots of many sizes, as a photograph has them.
    private static func picture(_ seed: UInt64, width: Int = 120, height: Int = 90, channels: Int = 3)
        -> Image
    {
        var generator = SeededGenerator(seed: seed)
        let blots = (0..<40).map { _ in
            (
                x: generator.uniform() * Float(width), y: generator.uniform() * Float(height),
                size: 4 + generator.uniform() * 20, colour: (0..<3).map { _ in 255 * generator.uniform() }
            )
        }
        var pixels: [UInt8] = []
        for y in 0..<height {
            for x in 0..<width {
                let top = blots.last { abs($0.x - Float(x)) + abs($0.y - Float(y)) < $0.size }
                for channel in 0..<channels { pixels.append(UInt8(top?.colour[channel] ?? 120)) }
            }
        }
        return Image(width: width, height: height, channels: channels, trusted: pixels)
    }

    private static func cropped(_ image: Image, _ left: Int, _ top: Int, _ width: Int, _ height: Int) -> Image
    {
        var pixels: [UInt8] = []
        for y in top..<top + height {
            for x in left..<left + width {
                pixels += image.pixels[(y * image.width + x) * 3..<(y * image.width + x) * 3 + 3]
            }
        }
        return Image(width: width, height: height, channels: 3, trusted: pixels)
    }

    private static func match(
        _ first: Image, _ second: Image, _ turn: PictureSketch.Turn = .init(quarters: 0, isMirrored: false)
    ) throws -> PictureMatch {
        PictureMatch(
            of: try #require(PictureSketch(first)), in: try #require(PictureSketch(second)), turn)
    }

    /// Turned to the left: the first row becomes the first column, from below.
    private static func turnedLeft(_ image: Image) -> Image {
        var pixels: [UInt8] = []
        for y in 0..<image.width {
            for x in 0..<image.height {
                let place = (x * image.width + image.width - 1 - y) * 3
                pixels += image.pixels[place..<place + 3]
            }
        }
        return Image(width: image.height, height: image.width, channels: 3, trusted: pixels)
    }

    @Test func copiesAreKnown() throws {
        for seed in 1...4 as ClosedRange<UInt64> {
            let picture = Self.picture(seed)
            #expect(try Self.match(picture, picture).isCopy)
            #expect(try Self.match(picture.resized(width: 70, height: 52), picture).isCopy)
            let saved = try Image(decoding: picture.encodedAsJPEG(quality: 40))
            #expect(try Self.match(saved, picture).isCopy)
            var lighter = picture
            lighter.pixels = picture.pixels.map { UInt8(min(255, Float($0) * 0.7 + 50)) }
            #expect(try Self.match(lighter, picture).isCopy)

            let part = try Self.match(Self.cropped(picture, 8, 5, 104, 80), picture)
            #expect(part.isCopy && part.likeness > 0.97)
            #expect(abs(part.part.left - 8 / 120) < 0.02 && abs(part.part.bottom - 85 / 90) < 0.02, "\(part)")
            // The whole is no part of its part.
            #expect(try Self.match(picture, Self.cropped(picture, 20, 20, 80, 60)).likeness < 0.93)

            let turned = Self.turnedLeft(picture)
            #expect(try Self.match(turned, picture, .init(quarters: 1, isMirrored: false)).isCopy)
            #expect(try Self.match(picture, turned, .init(quarters: 3, isMirrored: false)).isCopy)
            #expect(try !Self.match(turned, picture).isCopy)
        }
    }

    @Test func othersAreNot() throws {
        for seed in 1...6 as ClosedRange<UInt64> {
            let (one, other) = (Self.picture(seed), Self.picture(seed + 10))
            for turn in PictureSketch.Turn.all { #expect(try !Self.match(one, other, turn).isCopy) }
        }
    }

    @Test func turnsAndTheirInverses() throws {
        let sketch = try #require(PictureSketch(Self.picture(3)))
        #expect(Set(PictureSketch.Turn.all).count == 8)
        let whole = sketch.coarse(.whole)
        #expect(abs(whole.reduce(0) { $0 + $1 * $1 } - 1) < 1e-4 && abs(whole.reduce(0, +)) < 1e-3)
        for turn in PictureSketch.Turn.all {
            let back = sketch.turned(turn).turned(turn.inverse).coarse(.whole)
            #expect(zip(back, whole).allSatisfy { abs($0 - $1) < 1e-4 }, "\(turn)")
            // Turned before or after it was made small.
            let (before, after) = (sketch.turned(turn).coarse(.whole), sketch.coarse(.whole, turn))
            #expect(zip(before, after).allSatisfy { abs($0 - $1) < 1e-4 }, "\(turn)")
        }
    }

    @Test func aBlankPictureHasNoSketch() {
        let pixels = [UInt8](repeating: 77, count: 400)
        #expect(PictureSketch(Image(width: 20, height: 20, channels: 1, trusted: pixels)) == nil)
    }
}
