import AkinImages
import AkinTensors
import TestSupport
import Testing

@Suite struct PreprocessingTests {
    private func grey(_ width: Int, _ height: Int, _ pixels: [UInt8]) -> Image {
        Image(width: width, height: height, channels: 1, trusted: pixels)
    }

    @Test(arguments: Preprocessing.Placement.allCases)
    func theRightSizeGoesThroughUnchanged(_ placement: Preprocessing.Placement) {
        var generator = SeededGenerator(seed: 41)
        let image = Image.noise(width: 28, height: 28, channels: 1, using: &generator)
        let input = Preprocessing(trusted: 28, width: 28, placement: placement).input(from: image)
        #expect(input == image.pixels.map { Float($0) / 255 })
        // The same picture stored in colour gives the same bits.
        let colour = Image(
            width: 28, height: 28, channels: 3, trusted: image.pixels.flatMap { [$0, $0, $0] })
        #expect(Preprocessing(trusted: 28, width: 28, placement: placement).input(from: colour) == input)
    }

    @Test func whatNoNetworkTakesIsRefused() throws {
        #expect(try Preprocessing(height: 4096, width: 1).inputCount == 4096)
        for (height, width, shorter) in [(0, 1, 1), (1, 4097, 1), (1, -1, nil), (1, 1, 0)] {
            #expect(throws: ImageError.self) {
                try Preprocessing(height: height, width: width, shorterSide: shorter)
            }
        }
        let pairs: [([Float], [Float])] = [([0], [1]), ([0, 0, 0], [1, 1, 0]), ([0, .nan, 0], [1, 1, 1])]
        for (mean, deviation) in pairs {
            #expect(throws: ImageError.badNormalisation(channels: 3)) {
                try Preprocessing(
                    height: 1, width: 1, channels: .rgb,
                    normalisation: .init(mean: mean, deviation: deviation))
            }
        }
    }

    @Test func convertsBetweenGreyAndColour() {
        let colour = Image(width: 2, height: 1, channels: 3, trusted: [255, 0, 0, 10, 20, 30])
        let grey = Preprocessing(trusted: 1, width: 2).input(from: colour)
        #expect(abs(grey[0] - 0.299) < 1e-6)
        #expect(abs(grey[1] - (2.99 + 11.74 + 3.42) / 255) < 1e-6)
        let rgb = Preprocessing(trusted: 1, width: 2, channels: .rgb)
        #expect(rgb.input(from: self.grey(2, 1, [51, 255])) == [0.2, 0.2, 0.2, 1, 1, 1])
        #expect(rgb.input(from: colour) == colour.pixels.map { Float($0) / 255 })
    }

    @Test func canvasLaysThePictureUnscaledInTheMiddle() {
        let canvas = Preprocessing(trusted: 4, width: 5, placement: .canvas)
        let input = canvas.input(from: grey(2, 1, [0, 51]))
        #expect(
            input == [
                1, 1, 1, 1, 1,
                1, 0, 0.2, 1, 1,
                1, 1, 1, 1, 1,
                1, 1, 1, 1, 1,
            ])
    }

    @Test func canvasCutsALargerPictureInTheMiddle() {
        let canvas = Preprocessing(trusted: 1, width: 3, placement: .canvas)
        // Odd rests: floor((3 - 6) / 2) = -2, so two columns go on the left and one on the right.
        let input = canvas.input(from: grey(6, 3, (0..<18).map { UInt8($0) }))
        #expect(input == [8, 9, 10].map { $0 / 255 })
    }

    /// Width and height must not be exchanged anywhere: seen on pictures that are not square.
    @Test func canvasIsTheNaiveOne() {
        for seed in 0..<60 as Range<UInt64> {
            var generator = SeededGenerator(seed: 42, seed)
            func side() -> Int { Int.random(in: 1...12, using: &generator) }
            let image = Image.noise(width: side(), height: side(), channels: 1, using: &generator)
            let canvas = Preprocessing(
                trusted: side(), width: side(), placement: .canvas, invert: seed % 2 == 0, background: 200)
            let input = canvas.input(from: image)
            let left = Int((Double(canvas.width - image.width) / 2).rounded(.down))
            let top = Int((Double(canvas.height - image.height) / 2).rounded(.down))
            for y in 0..<canvas.height {
                for x in 0..<canvas.width {
                    let (u, v) = (x - left, y - top)
                    let isInside = (0..<image.width).contains(u) && (0..<image.height).contains(v)
                    let value = isInside ? Float(image.pixels[v * image.width + u]) : 200
                    let expected = (canvas.invert ? 255 - value : value) / 255
                    #expect(input[y * canvas.width + x] == expected, "seed \(seed)")
                }
            }
        }
    }

    @Test func fitKeepsProportionsAndPads() {
        let fit = Preprocessing(trusted: 4, width: 4, background: 255)
        let black = grey(8, 4, [UInt8](repeating: 0, count: 32))
        #expect(
            fit.input(from: black) == [
                1, 1, 1, 1,
                0, 0, 0, 0,
                0, 0, 0, 0,
                1, 1, 1, 1,
            ])
        // Enlarged, too, and never thinner than a pixel.
        #expect(fit.input(from: grey(1, 2, [0, 0])).filter { $0 == 0 }.count == 8)
        #expect(
            fit.input(from: grey(1, 1000, [UInt8](repeating: 0, count: 1000))).filter { $0 == 0 }.count == 4)
    }

    @Test func stretchFillsTheCanvas() {
        let stretch = Preprocessing(trusted: 4, width: 4, placement: .stretch)
        #expect(
            stretch.input(from: grey(8, 3, [UInt8](repeating: 0, count: 24)))
                == [Float](repeating: 0, count: 16))
    }

    @Test func invertsAfterPadding() {
        let inverted = Preprocessing(trusted: 1, width: 3, placement: .canvas, invert: true, background: 255)
        #expect(inverted.input(from: grey(1, 1, [0])) == [0, 1, 0])
    }

    @Test func standardises() {
        var generator = SeededGenerator(seed: 43)
        let image = Image.noise(width: 20, height: 30, channels: 3, using: &generator)
        let input = Preprocessing(trusted: 16, width: 16, channels: .rgb, scaling: .standardise).input(
            from: image)
        let mean = input.reduce(0, +) / Float(input.count)
        let variance = input.reduce(0) { $0 + $1 * $1 } / Float(input.count)
        #expect(abs(mean) < 1e-5)
        #expect(abs(variance - 1) < 1e-4)
        let blank = grey(7, 9, [UInt8](repeating: 200, count: 63))
        let zeros = Preprocessing(trusted: 9, width: 7, scaling: .standardise).input(from: blank)
        #expect(zeros.allSatisfy { $0 == 0 })
    }

    @Test func paperOfAnyShadeBecomesWhite() {
        let drawing = (0..<100).map { [1, 2, 3, 50, 51].contains($0) ? 0 : $0 % 7 == 0 ? 100 : 200 as UInt8 }
        let paper = Preprocessing(trusted: 10, width: 12, placement: .canvas, scaling: .paper)
        let input = paper.input(from: grey(10, 10, drawing))
        for (place, value) in drawing.enumerated() {
            let found = input[place / 10 * 12 + place % 10 + 1]
            #expect(abs(found - Float(value) / 200) < 1e-6, "\(place)")
        }
        // The padding is no paper.
        #expect(input[0] == 1 && input[11] == 1)
        // Another paper and another ink.
        let other = paper.input(from: grey(10, 10, drawing.map { 30 + $0 / 2 }))
        #expect(zip(input, other).allSatisfy { abs($0 - $1) < 1e-6 })
        // What is lighter than the paper is cut off.
        var spots = drawing
        spots[8] = 255
        let cut = paper.input(from: grey(10, 10, spots))
        #expect(cut[9] == 1 && cut.min() == 0)
    }

    @Test func colouredPaperBecomesWhite() {
        let pixels = (0..<64).flatMap { $0 % 5 == 0 ? [60, 50, 40] : [210, 190, 140] as [UInt8] }
        let image = Image(width: 8, height: 8, channels: 3, trusted: pixels)
        let input = Preprocessing(trusted: 8, width: 8, channels: .rgb, scaling: .paper).input(from: image)
        #expect(input == (0..<64).flatMap { [Float](repeating: $0 % 5 == 0 ? 0 : 1, count: 3) })
    }

    @Test func aBlankPageStaysLight() {
        var generator = SeededGenerator(seed: 44)
        let noise = (0..<400).map { _ in UInt8.random(in: 180...188, using: &generator) }
        for invert in [false, true] {
            let paper = Preprocessing(trusted: 20, width: 20, invert: invert, scaling: .paper)
            let input = paper.input(from: grey(20, 20, noise))
            #expect(input.allSatisfy { abs($0 - (invert ? 0 : 1)) <= 0.25 })
            #expect(paper.input(from: grey(3, 1, [7, 7, 7])).allSatisfy { $0 == (invert ? 0 : 1) })
        }
    }
}
