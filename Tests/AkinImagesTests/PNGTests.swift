import AkinImages
import AkinTensors
import TestSupport
import Testing

@Suite struct PNGTests {
    /// What the standard says a sample is worth, laid in exact arithmetic over white, or over black where the picture on
    /// white has one colour and on black has not.
    private func expected(_ png: PNGWriter) -> (channels: Int, values: [Double]) {
        let (white, black) = (expected(png, on: 1), expected(png, on: 0))
        func shows(_ values: [Double]) -> Bool { Set(values.map { $0.rounded() }).count > 1 }
        let isGrey = white.channels == 1
        return isGrey && !shows(white.values) && shows(black.values) ? black : white
    }

    private func expected(_ png: PNGWriter, on ground: Double) -> (channels: Int, values: [Double]) {
        let most = Double(1 << png.depth) - 1
        let count = png.colour.samples
        func two(_ offset: Int) -> Int {
            Int(png.transparency![offset]) << 8 | Int(png.transparency![offset + 1])
        }
        var values: [Double] = []
        for pixel in 0..<(png.width * png.height) {
            let samples = Array(png.samples[(pixel * count)..<((pixel + 1) * count)])
            var colour = samples.map { Double($0) / most }
            var alpha = 1.0
            switch png.colour {
            case .greyAlpha, .rgba: alpha = colour.removeLast()
            case .palette:
                colour = (0..<3).map { Double(png.palette[samples[0] * 3 + $0]) / 255 }
                if let transparency = png.transparency, samples[0] < transparency.count {
                    alpha = Double(transparency[samples[0]]) / 255
                }
            case .grey: if png.transparency != nil, two(0) == samples[0] { alpha = 0 }
            case .rgb: if png.transparency != nil, (0..<3).map({ two(2 * $0) }) == samples { alpha = 0 }
            }
            values += colour.map { ($0 * alpha + ground * (1 - alpha)) * 255 }
        }
        return (values.count / (png.width * png.height), values)
    }

    private func check(_ png: PNGWriter, _ comment: Comment) throws {
        let image = try Image(decoding: png.encoded())
        let (channels, values) = expected(png)
        try #require(
            (image.width, image.height, image.channels) == (png.width, png.height, channels), comment)
        let worst = zip(image.pixels, values).map { abs(Double($0) - $1) }.max()!
        #expect(worst <= 1, comment)
        // Nothing is lost where nothing has to be.
        if png.depth <= 8, png.transparency == nil, png.colour != .rgba, png.colour != .greyAlpha {
            #expect(worst <= 0.5, comment)
        }
    }

    @Test(arguments: PNGWriter.Colour.allCases)
    func decodesEveryKindAsTheStandardSays(_ colour: PNGWriter.Colour) throws {
        var generator = SeededGenerator(seed: 11, UInt64(colour.rawValue))
        for depth in colour.depths {
            for (width, height) in [(1, 1), (3, 2), (8, 8), (13, 9), (33, 17)] {
                for interlaced in [false, true] {
                    var png = PNGWriter.random(
                        width: width, height: height, colour: colour, depth: depth, using: &generator)
                    png.interlaced = interlaced
                    try check(png, "\(colour) \(depth) bits, \(width) x \(height), interlaced \(interlaced)")
                    switch colour {
                    case .grey, .rgb:
                        // The first pixel's colour is the transparent one.
                        png.transparency = png.samples.prefix(colour.samples).flatMap {
                            [UInt8($0 >> 8), UInt8($0 & 255)]
                        }
                    case .palette:
                        png.transparency = (0..<(1 << depth)).map { _ in
                            .random(in: 0...255, using: &generator)
                        }
                    default: continue
                    }
                    try check(png, "\(colour) \(depth) bits with tRNS, interlaced \(interlaced)")
                }
            }
        }
    }

    @Test func whatIsEncodedComesBack() throws {
        var generator = SeededGenerator(seed: 12)
        for (width, height) in [(1, 1), (28, 28), (300, 7)] {
            for channels in [1, 3] {
                let image = Image.noise(width: width, height: height, channels: channels, using: &generator)
                #expect(try Image(decoding: image.encodedAsPNG()) == image)
            }
        }
    }

    @Test func aHugeSizeIsRefusedBeforeAnythingIsAllocated() {
        func refusal(_ width: Int, _ height: Int, fitting target: (Int, Int)? = nil) -> String {
            do {
                _ = try Image(decoding: PNGWriter.claiming(width: width, height: height), fitting: target)
            } catch { return "\(error)" }
            return "decoded"
        }
        #expect(
            refusal(60000, 60000).hasPrefix(
                "60000 x 60000 pixels need 3.4 GiB of memory, more than the memory limit of 2 GiB"))
        #expect(refusal(0x7FFF_FFFF, 0x7FFF_FFFF).contains("more than the memory limit"))
        // A row alone is too much.
        #expect(refusal(0x7FFF_FFFF, 0x7FFF_FFFF, fitting: (8, 8)).contains("more than the memory limit"))
        #expect(refusal(60000, 60000, fitting: (8, 8)).contains("Not enough image data"))
        #expect(throws: ImageError.zeroSize(.png)) {
            try Image(decoding: PNGWriter.claiming(width: 0, height: 5))
        }
    }

    @Test func theLimitCanBeSet() throws {
        let png = Image.gradient(width: 2000, height: 1000, channels: 1).encodedAsPNG()
        let error = #expect(throws: ImageError.self) {
            try Image(decoding: png, limits: DecodingLimits(memory: 2_000_000))
        }
        guard case .tooLarge(2000, 1000, let needed, 2_000_000)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(needed < 2_400_000)
        #expect(try Image(decoding: png, limits: DecodingLimits(memory: needed)).width == 2000)
    }

    /// Where all rows are there, the checksum of the last chunk and the end may be missing (16 bytes).
    @Test func onlyTheEndMayBeMissing() throws {
        var generator = SeededGenerator(seed: 13)
        let image = Image.noise(width: 9, height: 9, channels: 3, using: &generator)
        var interlaced = PNGWriter.random(width: 9, height: 7, colour: .rgb, depth: 8, using: &generator)
        interlaced.interlaced = true
        for png in [image.encodedAsPNG(), interlaced.encoded()] {
            let whole = try Image(decoding: png)
            for count in 8..<png.count {
                let cut = Array(png[..<count])
                if count >= png.count - 16 {
                    #expect(try Image(decoding: cut) == whole, "\(count) of \(png.count) bytes")
                } else {
                    #expect(throws: ImageError.truncated(.png), "\(count) of \(png.count) bytes") {
                        try Image(decoding: cut)
                    }
                }
            }
        }
    }

    @Test func sixteenBitsStay() throws {
        var generator = SeededGenerator(seed: 14)
        for colour in [PNGWriter.Colour.grey, .rgb] {
            for interlaced in [false, true] {
                var png = PNGWriter.random(width: 7, height: 5, colour: colour, depth: 16, using: &generator)
                png.interlaced = interlaced
                let image = try Image(decoding: png.encoded())
                #expect(image.samples == .sixteen(png.samples.map { UInt16($0) }))
                #expect(image.pixels == png.samples.map { UInt8((Double($0) / 257).rounded()) })
            }
        }
    }

    @Test func compressedTextsAreNotUnfolded() throws {
        var png = PNGWriter(width: 2, height: 1, colour: .grey, depth: 8, samples: [7, 9])
        png.extra = [("zTXt", Array("Comment\0\0".utf8) + [1, 2, 3]), ("iCCP", [0, 0, 0])]
        #expect(try Image(decoding: png.encoded()).pixels == [7, 9])
    }
}
