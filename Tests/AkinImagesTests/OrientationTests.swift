import AkinImages
import TestSupport
import Testing

/// The carriers of the orientation, as Pillow and OpenCV read them.
@Suite struct OrientationTests {
    /// EXIF data: a TIFF file with one tag or none.
    private func exif(
        _ orientation: Int?, type: Int = 3, isLittle: Bool = true, count: Int = 1
    ) -> [UInt8] {
        func number(_ value: Int, _ bytes: Int) -> [UInt8] {
            let little = (0..<bytes).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
            return isLittle ? little : little.reversed()
        }
        var tags = number(0x010F, 2) + number(2, 2) + number(4, 4) + Array("abc\0".utf8)
        if let orientation {
            let size = [1: 1, 3: 2, 4: 4, 6: 1, 7: 1, 8: 2, 9: 4, 5: 8][type]!
            var value = number(orientation, size)
            if size * count > 4 { value = number(8 + 2 + 24 + 4, 4) }
            value += [UInt8](repeating: 0, count: max(4 - value.count, 0))
            tags += number(0x0112, 2) + number(type, 2) + number(count, 4) + value
        }
        var file = Array((isLittle ? "II" : "MM").utf8) + number(42, 2) + number(8, 4)
        file += number(orientation == nil ? 1 : 2, 2) + tags + number(0, 4)
        if count > 1, let orientation {
            for _ in 0..<count { file += number(orientation, type == 3 ? 2 : 4) }
        }
        return file
    }

    private func segment(_ content: [UInt8], marker: UInt8 = 0xE1) -> [UInt8] {
        let length = content.count + 2
        return [0xFF, marker, UInt8(length >> 8), UInt8(length & 255)] + content
    }

    private func exifSegment(_ content: [UInt8]) -> [UInt8] { segment(Array("Exif\0\0".utf8) + content) }

    private func xmpSegment(_ text: String) -> [UInt8] {
        segment(Array("http://ns.adobe.com/xap/1.0/\0".utf8) + Array(text.utf8))
    }

    /// The orientation that a JPEG file with these bytes behind its first marker is read with: 1, or 6 or 8, where
    /// its sides change, and told apart by its corners.
    private func orientation(_ extra: [UInt8]) throws -> Int {
        let jpeg = try Fixtures.bytes("images/orientation-1.jpg")
        // Without its own EXIF data.
        let start = try #require((2..<jpeg.count).first { jpeg[$0] == 0xFF && jpeg[$0 + 1] == 0xE1 })
        let length = Int(jpeg[start + 2]) << 8 | Int(jpeg[start + 3])
        let bare = Array(jpeg[..<start]) + jpeg[(start + 2 + length)...]
        let image = try Image(decoding: Array(bare[..<2]) + extra + bare[2...])
        return try turn(of: image, from: Image(decoding: bare))
    }

    private func turn(of image: Image, from upright: Image) throws -> Int {
        let (width, height) = (upright.width, upright.height)
        func turned(_ at: (Int, Int) -> (x: Int, y: Int), swapped: Bool) -> [UInt8] {
            let (w, h) = swapped ? (height, width) : (width, height)
            return (0..<h).flatMap { y in
                (0..<w).map { x in upright.pixels[at(x, y).y * width + at(x, y).x] }
            }
        }
        let all = [
            upright.pixels, turned({ (width - 1 - $0, $1) }, swapped: false),
            turned({ (width - 1 - $0, height - 1 - $1) }, swapped: false),
            turned({ ($0, height - 1 - $1) }, swapped: false), turned({ ($1, $0) }, swapped: true),
            turned({ ($1, height - 1 - $0) }, swapped: true),
            turned({ (width - 1 - $1, height - 1 - $0) }, swapped: true),
            turned({ (width - 1 - $1, $0) }, swapped: true),
        ]
        return try #require(all.firstIndex(of: image.pixels)) + 1
    }

    @Test(arguments: 1...8)
    func anyWholeNumber(_ value: Int) throws {
        for type in [1, 3, 4, 6, 7, 8, 9] {
            for isLittle in [true, false] {
                let found = try orientation(exifSegment(exif(value, type: type, isLittle: isLittle)))
                #expect(found == value, "type \(type), \(isLittle)")
            }
        }
        // Three shorts stand elsewhere; the first counts.
        #expect(try orientation(exifSegment(exif(value, count: 3))) == value)
        // A fraction is no whole number.
        #expect(try orientation(exifSegment(exif(value, type: 5))) == 1)
    }

    @Test func anySegment() throws {
        // Another APP1 before it, a second EXIF segment after one that says nothing, stray bytes, fill bytes.
        #expect(try orientation(segment(Array("other\0".utf8)) + exifSegment(exif(6))) == 6)
        #expect(try orientation(exifSegment(exif(nil)) + exifSegment(exif(8))) == 8)
        #expect(try orientation(segment([7], marker: 0xEC) + [0, 1, 2, 3] + exifSegment(exif(5))) == 5)
        #expect(try orientation([0xFF, 0xFF] + exifSegment(exif(3))) == 3)
        // The first of two wins.
        #expect(try orientation(exifSegment(exif(2)) + exifSegment(exif(8))) == 2)
        // Data that go on in a second segment.
        let long = exif(7)
        #expect(try orientation(exifSegment(Array(long[..<20])) + exifSegment(Array(long[20...]))) == 7)
        // A name written twice.
        #expect(try orientation(exifSegment(Array("Exif\0\0".utf8) + exif(4))) == 4)
        // Behind the end of the headers it is no more looked for.
        #expect(try orientation(segment([], marker: 0xEC)) == 1)
    }

    @Test func xmpCountsWhereEXIFSaysNothing() throws {
        #expect(try orientation(xmpSegment("<x tiff:Orientation=\"6\"/>")) == 6)
        #expect(try orientation(xmpSegment("<x tiff:Orientation='8'/>")) == 8)
        #expect(try orientation(xmpSegment("<tiff:Orientation>3</tiff:Orientation>")) == 3)
        #expect(try orientation(xmpSegment("<tiff:Orientation>9</tiff:Orientation>")) == 1)
        #expect(try orientation(xmpSegment("<tiff:Make>3</tiff:Make>tiff:Orient")) == 1)
        #expect(try orientation(exifSegment(exif(nil)) + xmpSegment("<x tiff:Orientation=\"6\"/>")) == 6)
        #expect(try orientation(exifSegment(exif(2)) + xmpSegment("<x tiff:Orientation=\"6\"/>")) == 2)
        #expect(try orientation(xmpSegment("<x tiff:Orientation=\"6\"/>") + exifSegment(exif(2))) == 2)
        // A value that there is not is none, and as little asked about.
        #expect(try orientation(exifSegment(exif(9)) + xmpSegment("<x tiff:Orientation=\"6\"/>")) == 1)
    }

    @Test func damagedDataAreNone() throws {
        let data = exif(6)
        for count in 0..<data.count {
            let found = try orientation(exifSegment(Array(data[..<count])))
            #expect(found == 1 || found == 6 && count >= 34)
        }
        for place in data.indices {
            for byte: UInt8 in [0, 0x7F, 0xFF] {
                var changed = data
                changed[place] = byte
                _ = try orientation(exifSegment(changed))
            }
        }
    }

    private func png(_ extra: [(name: String, content: [UInt8])]) throws -> Int {
        var png = PNGWriter(width: 3, height: 2, colour: .grey, depth: 8, samples: [1, 2, 3, 4, 5, 6])
        let upright = try Image(decoding: png.encoded())
        png.extra = extra
        return try turn(of: Image(decoding: png.encoded()), from: upright)
    }

    /// As ImageMagick and exiftool write it.
    private func profile(_ name: String, _ content: [UInt8]) -> [UInt8] {
        var text = "\n\(name)\n\(String(repeating: " ", count: 6))\(content.count)\n"
        for (number, byte) in content.enumerated() {
            let digits = String(byte, radix: 16)
            text += (digits.count == 1 ? "0" : "") + digits + (number % 36 == 35 ? "\n" : "")
        }
        return Array(text.utf8) + [10]
    }

    @Test(arguments: 1...8)
    func pngChunks(_ value: Int) throws {
        let keyword = { (text: String) in Array(text.utf8) + [0] }
        let exif = exif(value, type: 4, isLittle: false)
        let named = Array("Exif\0\0".utf8) + exif
        let xmp = Array("<rdf tiff:Orientation=\"\(value)\">".utf8)
        #expect(try png([("eXIf", exif)]) == value)
        #expect(try png([("eXIf", named)]) == value)
        for name in ["exif", "APP1"] {
            for content in [exif, named] {
                let text = profile(name, content)
                let key = keyword("Raw profile type \(name)")
                #expect(try png([("tEXt", key + text)]) == value)
                #expect(try png([("zTXt", key + [0] + PNGWriter.zlibStored(text))]) == value)
                #expect(try png([("iTXt", key + [0, 0, 0, 0] + text)]) == value)
                #expect(
                    try png([("iTXt", key + [1, 0] + Array("en\0\0".utf8) + PNGWriter.zlibStored(text))])
                        == value)
            }
        }
        #expect(try png([("iTXt", keyword("XML:com.adobe.xmp") + [0, 0, 0, 0] + xmp)]) == value)
        let app1 = profile("generic", Array("http://ns.adobe.com/xap/1.0/\0".utf8) + xmp)
        #expect(try png([("tEXt", keyword("Raw profile type APP1") + app1)]) == value)
        #expect(try png([("tEXt", keyword("Raw profile type xmp") + profile("xmp", xmp))]) == value)
        // EXIF before XMP, the chunk before the text.
        #expect(
            try png([
                ("iTXt", keyword("XML:com.adobe.xmp") + [0, 0, 0, 0] + Array("tiff:Orientation=\"5\"".utf8)),
                ("tEXt", keyword("Raw profile type exif") + profile("exif", self.exif(7))), ("eXIf", exif),
            ]) == value)
        // Texts with other names say nothing.
        #expect(try png([("tEXt", keyword("Comment") + profile("exif", exif))]) == 1)
    }

    @Test func damagedPNGTextsAreNone() throws {
        let key = Array("Raw profile type exif\0".utf8)
        let text = profile("exif", exif(6))
        let folded = PNGWriter.zlibStored(text)
        for count in 0..<folded.count {
            #expect(try png([("zTXt", key + [0] + folded[..<count])]) == 1)
        }
        for count in 0..<text.count {
            #expect([1, 6].contains(try png([("tEXt", key + text[..<count])])))
        }
        #expect(try png([("tEXt", key + Array("\nexif\n4\nzzzz".utf8))]) == 1)
        #expect(try png([("zTXt", key + [1] + folded)]) == 1)
        #expect(try png([("iTXt", key)]) == 1)
        #expect(try png([("iTXt", key + [1, 0, 65])]) == 1)
    }
}
