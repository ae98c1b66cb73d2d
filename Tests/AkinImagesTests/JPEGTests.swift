import AkinImages
import AkinTensors
import TestSupport
import Testing

@Suite struct JPEGTests {
    private func fixture(_ name: String) throws -> Image {
        try Image(contentsOf: Fixtures.path("images/" + name))
    }

    /// Against the pixels that Pillow decodes, or for inks what they were before encoding.
    @Test(arguments: [
        ("baseline", "ppm", 2), ("progressive", "ppm", 2), ("restarts", "ppm", 2), ("grey", "pgm", 2),
        ("grey-progressive", "pgm", 2), ("cmyk-adobe", "ppm", 4), ("cmyk-plain", "ppm", 4),
        ("ycck", "ppm", 4),
    ])
    func decodesEveryKind(_ name: String, _ twin: String, _ tolerance: Int) throws {
        let difference = try fixture(name + ".jpg").largestDifference(from: fixture(name + "." + twin))
        #expect(try #require(difference) <= tolerance)
    }

    @Test(arguments: 1...8)
    func appliesTheOrientation(_ orientation: Int) throws {
        let name = "orientation-\(orientation)"
        #expect(try #require(fixture(name + ".jpg").largestDifference(from: fixture(name + ".pgm"))) <= 2)
        // Scaled decoding takes the target as it will be seen: 19 x 29 pixels where the axes are exchanged.
        let bytes = try Fixtures.bytes("images/" + name + ".jpg")
        let half = try Image(decoding: bytes, fitting: orientation >= 5 ? (10, 15) : (15, 10))
        #expect((half.width, half.height) == (orientation >= 5 ? (10, 15) : (15, 10)))
    }

    @Test func appliesThePNGOrientation() throws {
        #expect(try fixture("orientation-6.png") == fixture("orientation-6-png.pgm"))
    }

    @Test func whatIsEncodedComesBackNearly() throws {
        for channels in [1, 3] {
            for (width, height) in [(1, 1), (28, 28), (301, 67)] {
                let image = Image.gradient(width: width, height: height, channels: channels)
                let decoded = try Image(decoding: image.encodedAsJPEG(quality: 98))
                #expect(try #require(decoded.largestDifference(from: image)) <= 12)
            }
        }
    }

    @Test func decodesAtTheSmallestScaleThatIsLargeEnough() throws {
        let jpeg = Image.gradient(width: 400, height: 240, channels: 3).encodedAsJPEG()
        func size(_ width: Int, _ height: Int) throws -> [Int] {
            let image = try Image(decoding: jpeg, fitting: (width, height))
            return [image.width, image.height]
        }
        #expect(try size(50, 30) == [50, 30])
        #expect(try size(51, 30) == [100, 60])
        #expect(try size(28, 31) == [100, 60])
        #expect(try size(201, 30) == [250, 150])
        #expect(try size(251, 10) == [400, 240])
        #expect(try size(4000, 10) == [400, 240])
    }

    @Test func aScaledPictureIsNearlyTheReducedOne() throws {
        let image = Image.gradient(width: 400, height: 240, channels: 3)
        let jpeg = image.encodedAsJPEG(quality: 95)
        let scaled = try Image(decoding: jpeg, fitting: (40, 24)).resized(width: 40, height: 24)
        #expect(try #require(scaled.largestDifference(from: image.resized(width: 40, height: 24))) <= 6)
    }

    @Test(arguments: ["baseline", "progressive", "grey", "restarts"])
    func everyTruncationIsAnError(_ name: String) throws {
        let jpeg = try Fixtures.bytes("images/\(name).jpg")
        for count in 3..<jpeg.count {
            #expect(throws: ImageError.truncated(.jpeg), "\(count) of \(jpeg.count) bytes") {
                try Image(decoding: Array(jpeg[..<count]))
            }
        }
    }

    @Test func aFileCutInTheMiddleAndClosedIsTruncatedToo() throws {
        let jpeg = try Fixtures.bytes("images/baseline.jpg")
        #expect(throws: ImageError.truncated(.jpeg)) {
            try Image(decoding: Array(jpeg[..<(jpeg.count - 120)]) + [0xFF, 0xD9])
        }
    }

    @Test func strayBytesBehindTheEndAreAllowed() throws {
        let jpeg = try Fixtures.bytes("images/baseline.jpg")
        #expect(try Image(decoding: jpeg + [1, 2, 3]) == Image(decoding: jpeg))
    }

    @Test func tooManyPixelsAreRefused() throws {
        let jpeg = try Fixtures.bytes("images/baseline.jpg")
        #expect(throws: ImageError.tooLarge(width: 29, height: 19, limit: 100)) {
            try Image(decoding: jpeg, fitting: (4, 4), limits: DecodingLimits(pixels: 100))
        }
    }
}
