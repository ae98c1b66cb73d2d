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
        let jpeg = try Image.gradient(width: 400, height: 240, channels: 3).encodedAsJPEG()
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
        let jpeg = try image.encodedAsJPEG(quality: 95)
        let scaled = try Image(decoding: jpeg, fitting: (40, 24)).resized(width: 40, height: 24)
        #expect(try #require(scaled.largestDifference(from: image.resized(width: 40, height: 24))) <= 6)
    }

    /// What lacks its end marker only is whole; nothing else is ever taken for less than it was.
    @Test(arguments: [
        "baseline", "progressive", "grey", "grey-progressive", "restarts", "cmyk-adobe", "ycck",
    ])
    func onlyTheEndMarkerMayBeMissing(_ name: String) throws {
        let jpeg = try Fixtures.bytes("images/\(name).jpg")
        let whole = try Image(decoding: jpeg)
        for count in 3..<jpeg.count {
            let cut = Result { try Image(decoding: Array(jpeg[..<count])) }
            switch cut {
            case .success(let image):
                #expect(image == whole && count >= jpeg.count - 4, "\(count) of \(jpeg.count)")
            case .failure(let error):
                #expect(error as? ImageError == .truncated(.jpeg), "\(count) of \(jpeg.count) bytes")
                #expect(count < jpeg.count - 2)
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

    @Test func aFileAboveTheLimitIsNotRead() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("large.jpg", [UInt8](repeating: 0, count: 3_000_000))
        let error = #expect(throws: ImageError.self) {
            try Image(contentsOf: file, limits: DecodingLimits(memory: 2_000_000))
        }
        #expect(error == .fileTooLarge(bytes: 3_000_000, limit: 2_000_000))
        #expect("\(error!)" == "the file has 2.9 MiB, more than the memory limit of 2 MiB; raise the limit")
    }

    @Test func theLimitIsOnTheScaleThatIsDecoded() throws {
        let jpeg = try Image.gradient(width: 2000, height: 1600, channels: 3).encodedAsJPEG()
        let limits = DecodingLimits(memory: 2_000_000)
        #expect(try Image(decoding: jpeg, fitting: (20, 20), limits: limits).width == 250)
        let error = #expect(throws: ImageError.self) { try Image(decoding: jpeg, limits: limits) }
        guard case .tooLarge(2000, 1600, let needed, 2_000_000)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(needed > 9_600_000 && needed < 10_500_000)
        #expect(
            "\(error!)".contains(
                "2000 x 1600 pixels need 9.6 MiB of memory, more than the memory limit of 2 MiB; scale it down"
            ))
    }

    /// Progressive files take their coefficients as well, whatever the scale.
    @Test func progressiveFilesNeedMore() throws {
        let jpeg = try Fixtures.bytes("images/progressive.jpg")
        #expect(try Image(decoding: jpeg, limits: DecodingLimits(memory: 90_000)).width == 29)
        #expect(throws: ImageError.self) { try Image(decoding: jpeg, limits: DecodingLimits(memory: 72_000)) }
        let baseline = try Fixtures.bytes("images/baseline.jpg")
        #expect(try Image(decoding: baseline, limits: DecodingLimits(memory: 73_000)).width == 29)
    }

    /// What the installed library cannot read is named, with what can.
    @Test func namesVariantsThatAreNotRead() throws {
        func message(_ change: (inout [UInt8], Int) -> Void) throws -> String {
            var jpeg = try Fixtures.bytes("images/baseline.jpg")
            let frame = try #require((2..<jpeg.count).first { jpeg[$0] == 0xFF && jpeg[$0 + 1] == 0xC0 })
            change(&jpeg, frame)
            do { _ = try Image(decoding: jpeg) } catch { return "\(error)" }
            return "decoded"
        }
        let advice = "; 'djpeg -outfile PICTURE.ppm FILE' of libjpeg-turbo 3 converts it"
        #expect(try message { $0[$1 + 4] = 12 } == "the JPEG file cannot be read: 12 bits a sample" + advice)
        #expect(try message { $0[$1 + 1] = 0xC3 } == "the JPEG file cannot be read: lossless" + advice)
        #expect(try message { $0[$1 + 1] = 0xC5 }.contains("cannot be read: Unsupported JPEG process"))
        #expect(try message { $0[$1 + 1] = 0xF7 }.contains("JPEG-LS"))
    }
}
