import AkinBasics
import AkinImages
import TestSupport
import Testing

@Suite struct PNMTests {
    private func decoded(_ header: String, _ values: [UInt8]) throws -> Image {
        try Image(decoding: Array(header.utf8) + values)
    }

    @Test func readsGreyAndColour() throws {
        #expect(try decoded("P5 2 1 255\n", [3, 250]).pixels == [3, 250])
        let colour = try decoded("P6\n# drawn by hand\n1\t2 # a comment\n255\n", [1, 2, 3, 4, 5, 6])
        #expect(colour == Image(width: 1, height: 2, channels: 3, pixels: [1, 2, 3, 4, 5, 6]))
    }

    @Test func scalesOtherLargestValues() throws {
        #expect(try decoded("P5 4 1 3\n", [0, 1, 2, 3]).pixels == [0, 85, 170, 255])
        #expect(try decoded("P5 2 1 100\n", [50, 200]).pixels == [128, 255])
        #expect(try decoded("P5 3 1 65535\n", [0, 0, 0x80, 0x80, 0xFF, 0xFF]).pixels == [0, 128, 255])
        #expect(try decoded("P5 2 1 256\n", [1, 0, 0, 128]).pixels == [255, 128])
    }

    @Test func namesWhatIsWrong() {
        func error(_ header: String, _ values: [UInt8] = []) -> ImageError? {
            do { _ = try decoded(header, values) } catch { return error as? ImageError }
            return nil
        }
        #expect(error("P5 2 2 255\n", [1, 2, 3]) == .truncated(.pnm))
        #expect(error("P6 1 1 255\n", [1, 2]) == .truncated(.pnm))
        #expect(error("P5 1 1 65535\n", [1]) == .truncated(.pnm))
        #expect(error("P5 2 2") == .truncated(.pnm))
        #expect(error("P5 0 2 255\n") == .zeroSize(.pnm))
        #expect(error("P5 2 2 0\n") == .damaged(.pnm, reason: "its largest value is 0, not 1 to 65535"))
        #expect(error("P5 -2 2 255\n") == .damaged(.pnm, reason: "no number where its header needs one"))
        #expect(error("P5 30000 30000 255\n") == .tooLarge(width: 30000, height: 30000, limit: 100_000_000))
        #expect(
            error("P5 99999999999999999999 1 255\n")
                == .damaged(.pnm, reason: "a number too long in its header"))
        #expect(error("P5 999999999 999999999 255\n")?.description.contains("more than the limit") == true)
    }
}
