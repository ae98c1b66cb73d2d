import AkinImages
import AkinTensors
import Foundation
import TestSupport
import Testing

/// Ground and strokes are told apart, whichever is the lighter.
@Suite struct GroundTests {
    private static let preprocessings: [Preprocessing] = [
        Preprocessing(trusted: 48, width: 48, scaling: .paper),
        Preprocessing(trusted: 30, width: 64, invert: true, scaling: .paper),
        Preprocessing(trusted: 64, width: 40, channels: .rgb, placement: .stretch, scaling: .paper),
        Preprocessing(trusted: 310, width: 300, placement: .canvas, scaling: .paper, background: 128),
        Preprocessing(trusted: 28, width: 28, ground: .either),
        Preprocessing(trusted: 28, width: 28, scaling: .standardise, ground: .either),
    ]

    /// That both ways round come to the same bits, and that these are those of the dark strokes.
    private func expectSame(
        _ darkOnLight: Image, _ comment: Comment, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        for preprocessing in Self.preprocessings {
            var plain = preprocessing
            plain.ground = .light
            let expected = plain.input(from: darkOnLight)
            #expect(
                preprocessing.input(from: darkOnLight) == expected, comment, sourceLocation: sourceLocation)
            #expect(
                preprocessing.input(from: darkOnLight.negative) == expected, comment,
                sourceLocation: sourceLocation)
        }
    }

    @Test(arguments: DrawnStrokes.shapes) func strokesOfEitherShadeGiveTheSameInput(shape: String) {
        for (side, thickness) in [(84, 4.0), (84, 1.5), (84, 14), (300, 3), (20, 2)] {
            for (ground, ink, noise) in [(255, 0, 0), (230, 40, 12), (150, 90, 8), (60, 10, 3)] {
                let picture = DrawnStrokes.picture(
                    of: shape, side + ground, side: side, thickness: thickness, ground: ground, ink: ink,
                    noise: noise)
                expectSame(picture, "\(side) \(thickness) \(ground) \(ink)")
            }
        }
    }

    /// Brown ink on yellow paper, and its negative.
    @Test func coloursAreTurnedToo() {
        for shape in DrawnStrokes.shapes {
            let grey = DrawnStrokes.picture(of: shape, 1, ground: 240, ink: 30, noise: 5)
            let pixels = grey.pixels.flatMap { [$0, UInt8(Double($0) * 0.9), UInt8(Double($0) * 0.6)] }
            expectSame(Image(width: 84, height: 84, channels: 3, trusted: pixels), "\(shape)")
        }
    }

    /// A bold sign covers more than its ground, which is what is at the border: it is not turned.
    @Test func theBorderCountsToo() {
        func expectUnchanged(_ image: Image) {
            for preprocessing in Self.preprocessings {
                var plain = preprocessing
                plain.ground = .light
                #expect(preprocessing.input(from: image) == plain.input(from: image))
            }
        }
        let pixels = (0..<60 * 60).map { place in
            let (x, y) = (place % 60, place / 60)
            return 5..<55 ~= x && 5..<55 ~= y ? 20 : 235 as UInt8
        }
        expectUnchanged(Image(width: 60, height: 60, channels: 1, trusted: pixels))
        // And lines that run through it, as those of staves do.
        let crossed = pixels.enumerated().map { $0.offset / 60 % 12 == 3 ? 30 : $0.element }
        expectUnchanged(Image(width: 60, height: 60, channels: 1, trusted: crossed))
    }

    /// A hair on a large sheet.
    @Test func littleInkIsEnough() {
        let pixels = (0..<400 * 400).map { $0 % 400 == 200 && 100..<160 ~= $0 / 400 ? 0 : 255 as UInt8 }
        expectSame(Image(width: 400, height: 400, channels: 1, trusted: pixels), "a hair")
    }

    /// On a canvas that cuts a picture off, what is seen of it decides.
    @Test func whatCannotBeSeenDoesNotCount() {
        let inside = DrawnStrokes.picture(of: "cross", 1, ground: 255, ink: 0)
        var pixels = [UInt8](repeating: 0, count: 300 * 300)
        for y in 0..<84 {
            for x in 0..<84 { pixels[(y + 108) * 300 + x + 108] = inside.pixels[y * 84 + x] }
        }
        let whole = Image(width: 300, height: 300, channels: 1, trusted: pixels)
        let canvas = Preprocessing(trusted: 84, width: 84, placement: .canvas, scaling: .paper)
        #expect(canvas.input(from: whole) == canvas.input(from: inside))
        #expect(canvas.input(from: whole.negative) == canvas.input(from: inside))
    }

    /// Neither ground nor strokes: whatever is decided, it must not trap, nor turn blank pages round.
    @Test func whatHasNoGroundIsLeftAsItIs() {
        var generator = SeededGenerator(seed: 3)
        for (width, height) in [(1, 1), (1, 90), (90, 1), (2, 2), (31, 17)] {
            for channels in [1, 3] {
                let noise = Image.noise(width: width, height: height, channels: channels, using: &generator)
                let blank = Image(
                    width: width, height: height, channels: channels,
                    trusted: Array(repeating: 40, count: width * height * channels))
                #expect(blank.isBlank && (width * height < 3 || !noise.isBlank))
                for preprocessing in Self.preprocessings {
                    #expect(preprocessing.input(from: noise).allSatisfy { $0.isFinite })
                    var plain = preprocessing
                    plain.ground = .light
                    #expect(preprocessing.input(from: blank) == plain.input(from: blank))
                }
            }
        }
    }

    /// Checkpoints from before there was a choice have no word of it, and keep their hashes.
    @Test func aLightGroundIsNotMentioned() throws {
        let old = """
            {"background":255,"channels":"grey","height":96,"invert":true,"placement":"fit","scaling":"paper","width":96}
            """
        let read = try JSONDecoder().decode(Preprocessing.self, from: Data(old.utf8))
        #expect(read.ground == .light && read.scaling == .paper)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        #expect(String(decoding: try encoder.encode(read), as: UTF8.self) == old)
        for preprocessing in Self.preprocessings {
            #expect(
                try JSONDecoder().decode(Preprocessing.self, from: encoder.encode(preprocessing))
                    == preprocessing)
        }
        #expect(Preprocessing(trusted: 1, width: 1).ground == .light)
        #expect(Preprocessing(trusted: 1, width: 1, scaling: .paper).ground == .either)
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(
                Preprocessing.self, from: Data(old.replacing("{", with: #"{"ground":"green","#).utf8))
        }
    }
}
