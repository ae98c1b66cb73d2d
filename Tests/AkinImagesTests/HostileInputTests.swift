import AkinBasics
import AkinImages
import AkinTensors
import Foundation
import TestSupport
import Testing

@Suite struct HostileInputTests {
    @Test func theContentTellsTheFormat() throws {
        func message(_ bytes: [UInt8]) -> String {
            do {
                _ = try Image(decoding: bytes)
                return "decoded"
            } catch { return "\(error)" }
        }
        #expect(message([]) == "the file is empty (0 bytes); copy it again")
        let advice = "; convert it to JPEG, PNG or TIFF"
        #expect(message(Array("Dear Sir,\n".utf8)) == "not a picture that can be read but text" + advice)
        #expect(message(Array("GIF89a".utf8) + [0, 1]).contains("GIF file is truncated"))
        #expect(message(Array("II*\0".utf8)).contains("TIFF file is truncated"))
        #expect(message(Array("P4 8 1\n".utf8) + [0]) == "decoded")
        #expect(message([0, 1, 2]).contains("data of an unknown kind"))
    }

    /// What makes pictures of a file is said with its name.
    @Test(arguments: [
        ("%PDF-1.7\n", "a PDF document; 'pdftoppm -r 300 -png FILE NAME' makes a picture of each page"),
        ("\0\0\0\u{0C}JXL \r\n", "a JPEG XL picture; 'djxl FILE PICTURE.png' converts it"),
        (
            "%!PS-Adobe-3.0",
            "a PostScript document; 'gs -sDEVICE=png16m -r300 -o NAME-%d.png FILE' makes a picture of each page"
        ),
        (
            "II*\0\u{10}\0\0\0CR\u{02}\0",
            "a camera's raw file; 'dcraw_emu -T FILE' of LibRaw makes a TIFF of it"
        ),
        ("FUJIFILMCCD-RAW 0201", "a camera's raw file; 'dcraw_emu -T FILE' of LibRaw makes a TIFF of it"),
        ("8BPS\0\u{01}", "a Photoshop document; 'convert FILE[0] PICTURE.png' of ImageMagick converts it"),
        ("<?xml version=\"1.0\"?>\n<svg ", "an SVG drawing; 'rsvg-convert -o PICTURE.png FILE' converts it"),
        ("<!DOCTYPE html>\n<html>", "a web page; download the picture itself"),
        (
            "version https://git-lfs.github.com/spec/v1",
            "a Git LFS pointer; 'git lfs pull' gets the file itself"
        ),
        ("\0\0\0\u{20}ftypisom", "a film; 'ffmpeg -i FILE NAME-%04d.png' makes pictures of it"),
        ("PK\u{03}\u{04}", "a ZIP archive; unpack it"),
        ("\0\0\0\0\0\0", "nothing but zeros; copy it again"),
        ("BMW and others", "text; convert it to JPEG, PNG or TIFF"),
        ("P5x", "text; convert it to JPEG, PNG or TIFF"),
    ])
    func whatItIsAndWhatToDo(_ text: String, _ message: String) {
        let error = #expect(throws: ImageError.self) { try Image(decoding: Array(text.utf8)) }
        #expect(error.map { "\($0)" } == "not a picture that can be read but " + message)
    }

    /// Digital negatives and other raw files that begin like a TIFF file.
    @Test func rawFilesAreToldFromTIFF() {
        func entry(_ tag: Int, _ type: UInt8, _ value: UInt8) -> [UInt8] {
            [UInt8(tag & 255), UInt8(tag >> 8), type, 0, 1, 0, 0, 0, value, 0, 0, 0]
        }
        func message(_ entries: [[UInt8]]) -> String {
            let file =
                Array("II*\0".utf8) + [8, 0, 0, 0, UInt8(entries.count), 0] + entries.flatMap { $0 } + [
                    0, 0, 0, 0,
                ]
            do { _ = try Image(decoding: file) } catch { return "\(error)" }
            return "decoded"
        }
        #expect(message([entry(0xC612, 1, 1)]).contains("camera's raw file"))
        #expect(
            message([entry(0xFE, 4, 1), entry(0x10F, 2, 1), entry(0x14A, 4, 1)]).contains("camera's raw file")
        )
        #expect(!message([entry(0xFE, 4, 0), entry(0x10F, 2, 1)]).contains("camera's raw file"))
    }

    @Test func aFileThatIsNoneIsNamed() throws {
        let temporary = try TemporaryFolder()
        let folder = temporary.path
        #expect(throws: ImageError.file(path: folder, .notAFile(kind: "a folder"))) {
            try Image(contentsOf: folder)
        }
        #expect(throws: ImageError.file(path: folder + "/none.png", .missing)) {
            try Image(contentsOf: folder + "/none.png")
        }
        let pipe = folder + "/pipe.png"
        #expect(mkfifo(pipe, 0o644) == 0)
        #expect(throws: ImageError.file(path: pipe, .notAFile(kind: "a named pipe"))) {
            try Image(contentsOf: pipe)
        }
        let link = folder + "/link.png"
        #expect(symlink("nowhere", link) == 0)
        #expect(throws: ImageError.file(path: link, .danglingLink)) { try Image(contentsOf: link) }
        // A sparse file larger than any picture within the limit.
        let large = try temporary.write("large.ppm", "P6 ")
        #expect(truncate(large, 1 << 40) == 0)
        #expect(throws: ImageError.self) { try Image(contentsOf: large) }
    }

    @Test func randomBytesNeverTrap() {
        for seed in 0..<2000 as Range<UInt64> {
            var generator = SeededGenerator(seed: 21, seed)
            var bytes = (0..<Int.random(in: 0...200, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            let beginnings: [[UInt8]] = [
                [], [0xFF, 0xD8, 0xFF], PNGWriter.signature, Array("P5 ".utf8), Array("P6 3 3 255 ".utf8),
                Array("P1 ".utf8), Array("P2 3 3 9 ".utf8), Array("P4 9 9 ".utf8),
                Array("P7\nWIDTH 2\n".utf8),
                Array("BM".utf8), Array("BM".utf8) + [UInt8](repeating: 0, count: 12) + [40, 0, 0, 0],
            ]
            bytes = beginnings[Int(seed) % beginnings.count] + bytes
            _ = try? Image(decoding: bytes, limits: DecodingLimits(memory: 8_000_000))
        }
    }

    /// Files of every format with bytes changed, put in, taken out and cut off.
    @Test func mutatedFilesNeverTrap() throws {
        var generator = SeededGenerator(seed: 22)
        var files: [[UInt8]] = try [
            "baseline.jpg", "progressive.jpg", "restarts.jpg", "cmyk-adobe.jpg", "ycck.jpg",
            "orientation-6.jpg",
            "orientation-6.png",
        ].map { try Fixtures.bytes("images/" + $0) }
        for colour in PNGWriter.Colour.allCases {
            var png = PNGWriter.random(
                width: 7, height: 9, colour: colour, depth: colour.depths[0], using: &generator)
            png.interlaced = colour.rawValue % 4 == 2
            files.append(png.encoded())
        }
        files.append(Image.noise(width: 12, height: 5, channels: 3, using: &generator).encodedAsPNG())
        files.append(Image.gradient(width: 9, height: 4, channels: 3).encodedAsPNM())
        files += [
            Array("P1 4 2 0101 1010".utf8), Array("P2 3 2 300 1 2 3 4 5 300".utf8),
            Array("P4 9 2\n".utf8) + [1, 2, 3, 4],
            Array("P7\nWIDTH 2\nHEIGHT 2\nDEPTH 2\nMAXVAL 999\nTUPLTYPE GRAYSCALE_ALPHA\nENDHDR\n".utf8)
                + [UInt8](0..<16),
        ]
        for header in [12, 40, 124] {
            let palette = (0..<16).map { [UInt8($0), UInt8($0 * 9), 7] }
            let rows = BMPWriter.rows([[1, 2, 3, 4, 5], [6, 7, 8, 9, 0]], bits: 4)
            files.append(
                BMPWriter(header: header, width: 5, height: 2, bits: 4, palette: palette, data: rows)
                    .encoded())
            guard header > 12 else { continue }
            files.append(
                BMPWriter(
                    header: header, width: 5, height: 2, bits: 4, compression: 2, palette: palette,
                    data: [5, 0x12, 0, 0, 0, 5, 0x45, 0x67, 0x80, 0, 0, 2, 1, 0, 0, 1]
                ).encoded())
            files.append(
                BMPWriter(
                    header: header, width: 2, height: -2, bits: 32, compression: 6,
                    masks: [0x3FF0_0000, 0xFFC00, 0x3FF, 0xC000_0000],
                    data: BMPWriter.rows([[0x1234_5678, 0x4321_8765], [0, 0xFFFF_FFFF]], bits: 32)
                ).encoded())
        }

        var decoded = 0
        for round in 0..<600 as Range<UInt64> {
            for (number, file) in files.enumerated() {
                var generator = SeededGenerator(seed: 23, round, UInt64(number))
                var bytes = file
                for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
                    let place = Int.random(in: 0..<bytes.count, using: &generator)
                    switch Int.random(in: 0..<8, using: &generator) {
                    case 0: bytes.remove(at: place)
                    case 1: bytes.insert(.random(in: 0...255, using: &generator), at: place)
                    case 2: bytes.removeSubrange(place...)
                    case 3: bytes[place] = 0xFF
                    default: bytes[place] = .random(in: 0...255, using: &generator)
                    }
                }
                if (round + UInt64(number)) % 2 == 0 { Self.repairChecksums(&bytes) }
                var limits = DecodingLimits(memory: 8_000_000)
                if let image = try? Image(decoding: bytes, fitting: (8, 8), limits: limits) {
                    decoded += 1
                    #expect(image.pixels.count == image.width * image.height * image.channels)
                }
                // As if it were too large to be kept whole.
                limits.wholePixels = 0
                _ = try? Image(decoding: bytes, fitting: (2, 2), limits: limits)
            }
        }
        #expect(decoded > 0)
    }

    /// Makes the chunks' checksums right again, so that what lies behind them is reached.
    private static func repairChecksums(_ bytes: inout [UInt8]) {
        guard bytes.starts(with: PNGWriter.signature) else { return }
        var position = 8
        while position + 12 <= bytes.count {
            let length = bytes[position..<(position + 4)].reduce(0) { $0 << 8 | Int($1) }
            guard length <= bytes.count - position - 12 else { return }
            let end = position + 12 + length
            let name = String(decoding: bytes[(position + 4)..<(position + 8)], as: UTF8.self)
            let chunk = PNGWriter.chunk(name, Array(bytes[(position + 8)..<(end - 4)]))
            if chunk.count == end - position { bytes.replaceSubrange(position..<end, with: chunk) }
            position = end
        }
    }
}
