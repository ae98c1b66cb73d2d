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
        let advice = "; convert it to JPEG, PNG, PGM or PPM"
        #expect(message(Array("Dear Sir,\n".utf8)) == "not a picture that can be read but text" + advice)
        #expect(message(Array("GIF89a".utf8) + [0, 1]).contains("a GIF picture"))
        #expect(message(Array("II*\0".utf8)).contains("a TIFF picture"))
        #expect(message(Array("P4 8 1\n".utf8) + [0]).contains("another kind than binary PGM"))
        #expect(message([0, 1, 2]).contains("data of an unknown kind"))
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
            ]
            bytes = beginnings[Int(seed % 5)] + bytes
            _ = try? Image(decoding: bytes, limits: DecodingLimits(pixels: 1_000_000))
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
                if repairs(number, files.count) { Self.repairChecksums(&bytes) }
                let limits = DecodingLimits(pixels: 1_000_000)
                if let image = try? Image(decoding: bytes, fitting: (8, 8), limits: limits) {
                    decoded += 1
                    #expect(image.pixels.count == image.width * image.height * image.channels)
                }
            }
        }
        #expect(decoded > 0)
    }

    private func repairs(_ number: Int, _ count: Int) -> Bool { number % 2 == 0 || number == count - 2 }

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
