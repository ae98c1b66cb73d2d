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
        #expect(colour == Image(width: 1, height: 2, channels: 3, trusted: [1, 2, 3, 4, 5, 6]))
    }

    @Test func scalesOtherLargestValues() throws {
        #expect(try decoded("P5 4 1 3\n", [0, 1, 2, 3]).pixels == [0, 85, 170, 255])
        #expect(try decoded("P5 2 1 100\n", [50, 200]).pixels == [128, 255])
        #expect(
            try decoded("P5 3 1 65535\n", [0, 0, 0x80, 0x80, 0xFF, 0xFF]).samples
                == .sixteen([0, 0x8080, 65535]))
        #expect(try decoded("P5 3 1 65535\n", [0, 0, 0x80, 0x80, 0xFF, 0xFF]).pixels == [0, 128, 255])
        #expect(try decoded("P5 2 1 256\n", [1, 0, 0, 128]).samples == .sixteen([65535, 32768]))
    }

    @Test func readsBitmaps() throws {
        // 1 is black; what fills the last byte is nothing.
        #expect(
            try decoded("P4 10 2\n", [0b1010_0000, 0b0111_1111, 0, 0b1000_0000])
                == Image(
                    width: 10, height: 2, channels: 1,
                    trusted: [0, 255, 0, 255, 255, 255, 255, 255, 255, 0] + [UInt8](repeating: 255, count: 8)
                        + [0, 255]))
        // Digits need no blanks between them.
        #expect(try decoded("P1\n# c\n3 2\n10 1\n#x\n011", []).pixels == [0, 255, 0, 255, 0, 0])
        #expect(throws: ImageError.self) { try decoded("P1 2 1 02", []) }
    }

    @Test func readsTexts() throws {
        #expect(try decoded("P2\n3 1 15\n0 # a\n7\t15", []).pixels == [0, 119, 255])
        #expect(
            try decoded("P3 1 2 255 1 2 3 4 5 6 behind it", [])
                == Image(width: 1, height: 2, channels: 3, trusted: [1, 2, 3, 4, 5, 6]))
        #expect(try decoded("P2 2 1 1000 1000 500 ", []).samples == .sixteen([65535, 32768]))
        #expect(try decoded("P2 1 1 10 99", []).pixels == [255])
    }

    @Test func readsPAM() throws {
        func pam(_ depth: Int, _ most: Int, _ type: String, _ values: [UInt8]) throws -> Image {
            try decoded(
                "P7\n# drawn\nWIDTH 2\nHEIGHT 1\nDEPTH \(depth)\nMAXVAL \(most)\n\(type)ENDHDR\n", values)
        }
        #expect(try pam(1, 1, "TUPLTYPE BLACKANDWHITE\n", [0, 1]).pixels == [0, 255])
        #expect(try pam(1, 255, "", [3, 9]).pixels == [3, 9])
        #expect(try pam(3, 255, "TUPLTYPE RGB\n", [1, 2, 3, 4, 5, 6]).pixels == [1, 2, 3, 4, 5, 6])
        #expect(try pam(2, 255, "TUPLTYPE GRAYSCALE_ALPHA\n", [9, 255, 9, 0]).pixels == [9, 255])
        #expect(
            try pam(4, 255, "TUPLTYPE RGB_ALPHA\n", [1, 2, 3, 255, 9, 9, 9, 0]).pixels == [
                1, 2, 3, 255, 255, 255,
            ])
        #expect(
            try pam(2, 65535, "TUPLTYPE GRAYSCALE_ALPHA\n", [1, 0, 255, 255, 9, 9, 0, 0]).samples
                == .sixteen([256, 65535]))
        #expect(throws: ImageError.truncated(.pnm)) { try pam(3, 255, "", [1, 2, 3, 4, 5]) }
        for (depth, type) in [(4, "TUPLTYPE CMYK\n"), (5, "")] {
            let error = #expect(throws: ImageError.self) {
                try pam(depth, 255, type, Array(repeating: 0, count: 10))
            }
            #expect("\(error!)".contains("the PNM file cannot be read: samples of the kind"))
        }
        #expect(throws: ImageError.self) { try decoded("P7\nWIDTH 2\nENDHDR\n", [1, 2]) }
        #expect(throws: ImageError.self) { try decoded("P7\nPICTURE 2\nENDHDR\n", [1, 2]) }
        #expect(throws: ImageError.zeroSize(.pnm)) { try decoded("P7\nDEPTH 1\nMAXVAL 1\nENDHDR\n", [1, 2]) }
        // A thumbnail of another program.
        #expect(throws: ImageError.self) { try decoded("P7 332\n", [1, 2]) }
    }

    @Test func everyTruncationIsAnError() throws {
        for file in ["P1 9 2\n0101010101010 10101", "P2 2 2 255\n1 2 3 4", "P3 1 1 9 1 2 3"] {
            for count in 3..<file.utf8.count {
                #expect(throws: ImageError.truncated(.pnm), "\(file) \(count)") {
                    try decoded(String(file.prefix(count)), [])
                }
            }
        }
        let files = [
            Array("P4 9 2\n".utf8) + [1, 0, 2, 0], Array("P5 2 1 999\n".utf8) + [1, 2, 3, 4],
            Array("P7\nWIDTH 1\nHEIGHT 1\nDEPTH 3\nMAXVAL 9\nENDHDR\n".utf8) + [1, 2, 3],
        ]
        for file in files {
            for count in 3..<file.count {
                #expect(throws: ImageError.truncated(.pnm), "\(count)") {
                    try Image(decoding: Array(file[..<count]))
                }
            }
        }
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
        #expect(error("P5 30000 30000 255\n") == .truncated(.pnm))
        #expect(
            error("P5 60000 60000 255\n")
                == .tooLarge(width: 60000, height: 60000, needed: 3_600_000_000, limit: 2 << 30))
        #expect(
            error("P5 99999999999999999999 1 255\n")
                == .damaged(.pnm, reason: "a number too long in its header"))
        #expect(
            error("P5 999999999 999999999 255\n")?.description.contains("more than the memory limit") == true)
    }
}
