import AkinImages
import Foundation
import TestSupport
import Testing

/// What networks that others have trained want of a picture.
@Suite struct ForeignInputTests {
    private func json(_ preprocessing: Preprocessing) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        return String(decoding: try encoder.encode(preprocessing), as: UTF8.self)
    }

    private func decoded(_ text: String) throws -> Preprocessing {
        try JSONDecoder().decode(Preprocessing.self, from: Data(text.utf8))
    }

    @Test func whatCameLaterIsNotMentionedWhereItIsAsBefore() throws {
        let before = #"""
            {"background":255,"channels":"grey","height":8,"invert":false,"placement":"fit","scaling":"unit","width":9}
            """#
        #expect(try json(Preprocessing(trusted: 8, width: 9)) == before)
        #expect(try decoded(before) == Preprocessing(trusted: 8, width: 9))
    }

    @Test func comesBackFromJSON() throws {
        let all = Preprocessing(
            trusted: 8, width: 9, channels: .rgb, placement: .crop, interpolation: .bicubic, shorterSide: 10,
            normalisation: .init(mean: [0.1, 0.2, 0.3], deviation: [1, 2, 3]))
        #expect(try decoded(json(all)) == all)
    }

    @Test(arguments: [
        (#""deviation":[1,1,1]"#, #""deviation":[1,0,1]"#), (#""deviation":[1,1,1]"#, #""deviation":[1,1]"#),
        (#""mean":[0,0,0]"#, #""mean":[0]"#), (#""shorterSide":10"#, #""shorterSide":0"#),
        (#""shorterSide":10"#, #""shorterSide":1000000000000"#), (#""mean":[0,0,0],"#, ""),
    ]) func refusesWhatCannotBe(_ right: String, _ wrong: String) throws {
        let all = Preprocessing(
            trusted: 8, width: 9, channels: .rgb, placement: .crop, shorterSide: 10,
            normalisation: .init(mean: [0, 0, 0], deviation: [1, 1, 1]))
        let text = try json(all)
        #expect(text.contains(right))
        #expect(throws: DecodingError.self) { try decoded(text.replacingOccurrences(of: right, with: wrong)) }
    }

    @Test func normalisesEachChannel() {
        let image = Image(width: 2, height: 1, channels: 3, trusted: [255, 0, 51, 0, 255, 102])
        let input = Preprocessing(
            trusted: 1, width: 2, channels: .rgb,
            normalisation: .init(mean: [0.5, 0, 0.25], deviation: [0.5, 2, 1])
        ).input(from: image)
        let expected: [Float] = [1, 0, -0.05, -1, 0.5, 0.15]
        #expect(zip(input, expected).allSatisfy { abs($0 - $1) < 1e-6 })
    }

    /// Every pixel says where it was.
    private func positions(_ width: Int, _ height: Int) -> Image {
        Image(
            width: width, height: height, channels: 3,
            trusted: (0..<height).flatMap { y in (0..<width).flatMap { x in [UInt8(x), UInt8(y), 0] } })
    }

    @Test(arguments: [
        // No scaling: the sizes say what is cut. PyTorch's CenterCrop rounds to the even number.
        (7, 5, 5, 4, 2, 0), (8, 5, 5, 4, 2, 0), (10, 5, 5, 4, 3, 0), (5, 9, 5, 4, 0, 2), (5, 11, 5, 4, 0, 4),
    ]) func cropsTheMiddle(
        _ width: Int, _ height: Int, _ shorter: Int, _ side: Int, _ left: Int, _ top: Int
    ) {
        let input = Preprocessing(
            trusted: side, width: side, channels: .rgb, placement: .crop, shorterSide: shorter
        ).input(from: positions(width, height))
        #expect(input[0] * 255 == Float(left) && input[1] * 255 == Float(top))
        #expect(input[input.count - 3] * 255 == Float(left + side - 1))
        #expect(input[input.count - 2] * 255 == Float(top + side - 1))
    }

    @Test func fillsTheInput() {
        for (width, height) in [(30, 20), (20, 30), (7, 40), (40, 7), (3, 2), (16, 9)] {
            let image = Image(
                width: width, height: height, channels: 1,
                trusted: [UInt8](repeating: 9, count: width * height))
            for (inputWidth, inputHeight) in [(16, 16), (16, 9), (5, 17)] {
                let input = Preprocessing(trusted: inputHeight, width: inputWidth, placement: .crop).input(
                    from: image)
                #expect(input.allSatisfy { abs($0 * 255 - 9) < 1e-3 }, "\(width) x \(height)")
            }
        }
        // Of a long narrow picture no more is made than can be seen.
        let narrow = Image(
            width: 1, height: 200_000, channels: 1, trusted: [UInt8](repeating: 9, count: 200_000))
        let cut = Preprocessing(
            trusted: 8, width: 8, placement: .crop, interpolation: .bicubic, shorterSide: 4096)
        #expect(cut.input(from: narrow).allSatisfy { abs($0 * 255 - 9) < 1e-3 })
        // A shorter side that is less than the input leaves a frame.
        let small = Preprocessing(trusted: 4, width: 4, placement: .crop, background: 255, shorterSide: 2)
        let input = small.input(from: Image(width: 2, height: 2, channels: 1, trusted: [0, 0, 0, 0]))
        #expect(input == [1, 1, 1, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 1, 1, 1])
    }

    @Test func isDecodedAtTwiceItsSize() {
        func target(_ preprocessing: Preprocessing) -> [Int]? {
            preprocessing.decodingTarget.map { [$0.width, $0.height] }
        }
        #expect(target(Preprocessing(trusted: 8, width: 9)) == [9, 8])
        #expect(target(Preprocessing(trusted: 8, width: 9, placement: .crop)) == [18, 16])
        #expect(target(Preprocessing(trusted: 8, width: 9, placement: .crop, shorterSide: 20)) == [40, 40])
        #expect(target(Preprocessing(trusted: 8, width: 9, interpolation: .area)) == [18, 16])
        let normalised = Preprocessing(
            trusted: 8, width: 9, placement: .stretch, normalisation: .init(mean: [0], deviation: [1]))
        #expect(target(normalised) == [18, 16])
        #expect(Preprocessing(trusted: 8, width: 9, placement: .canvas).decodingTarget == nil)
    }

    /// Where it is to be decoded whole that is said; checkpoints from before there was a choice keep their hashes.
    @Test func mayBeDecodedWhole() throws {
        let plain = Preprocessing(trusted: 8, width: 9, placement: .stretch)
        var whole = plain
        whole.decoding = .whole
        #expect(plain.decodingTarget != nil && whole.decodingTarget == nil)
        let (plainText, wholeText) = (try JSONEncoder().encode(plain), try JSONEncoder().encode(whole))
        #expect(!String(decoding: plainText, as: UTF8.self).contains("decoding"))
        #expect(try JSONDecoder().decode(Preprocessing.self, from: plainText) == plain)
        #expect(try JSONDecoder().decode(Preprocessing.self, from: wholeText) == whole)
    }
}
