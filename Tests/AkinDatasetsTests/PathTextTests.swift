import AkinBasics
import AkinDatasets
import AkinImages
import AkinTensors
import Foundation
import TestSupport
import Testing

/// File names that are not UTF-8, as texts and back.
@Suite struct PathTextTests {
    @Test func aNameHasOneText() {
        func text(_ name: String, _ more: UInt8...) -> String { PathText.text(of: Array(name.utf8) + more) }
        #expect(text("König.png") == "König.png")
        #expect(text("K", 0xF6) == #"K\xf6"#)
        #expect(text(#"a\b.png"#) == #"a\b.png"#)
        // A name with these very letters is not that of the byte.
        #expect(text(#"K\xf6"#) == #"K\\xf6"#)
        #expect(text(#"\x"#) == #"\\x"#)
        #expect(text("\\", 0xF6) == #"\\\xf6"#)
        // The first bytes of a character, a character in too many bytes, half of a pair.
        #expect(text("", 0xE2, 0x82) == #"\xe2\x82"#)
        #expect(text("", 0xC0, 0xAF) == #"\xc0\xaf"#)
        #expect(text("", 0xED, 0xA0, 0x80) == #"\xed\xa0\x80"#)
    }

    @Test func everyNameComesBack() {
        let pieces: [[UInt8]] = [
            Array("\\".utf8), Array("x".utf8), Array("f6".utf8), Array("4".utf8), Array("ö".utf8),
            Array("日".utf8), [0xF6], [0x80], [0xC3], [0xFF], Array("a".utf8), Array("/".utf8),
        ]
        var texts: [String: [UInt8]] = [:]
        for seed in 0..<5000 as Range<UInt64> {
            var generator = SeededGenerator(seed: 16, seed)
            let name = (0..<Int.random(in: 0...8, using: &generator)).flatMap { _ in
                pieces.randomElement(using: &generator)!
            }
            let text = PathText.text(of: name)
            #expect(PathText.bytes(of: text) == name, "\(name)")
            #expect(texts.updateValue(name, forKey: text) ?? name == name, "two names for \(text)")
            // Any text leads to a name, and is not to trap.
            _ = PathText.text(of: PathText.bytes(of: String(decoding: name, as: UTF8.self)))
        }
    }

    @Test func aTextThatNoNameHasStandsForItself() {
        for text in [#"C:\xampp\seal.png"#, #"\x4"#, #"a\x41.png"#, #"\xf"#, #"\xg0"#] {
            #expect(PathText.bytes(of: text) == Array(text.utf8))
        }
        #expect(PathText.bytes(of: #"K\xF6"#) == [0x4B, 0xF6])
    }

    @Test func pathsAreWrittenInOneWay() {
        #expect(absolutePath(#"/a/./K\xF6/../\xc3\xb6/b"#) == "/a/ö/b")
        #expect(absolutePath(#"/p/K\xf6nig"#) == #"/p/K\xf6nig"#)
        #expect(absolutePath(#"/p/a\x41"#) == #"/p/a\\x41"#)
    }

    @Test func filesOfAnyNameAreWrittenAndRead() throws {
        let folder = try TemporaryFolder()
        let png = Image.gradient(width: 6, height: 4, channels: 1).encodedAsPNG()
        try Folder.make(folder.path + #"/k\xf6nig/\\x"#)
        let names = [#"/k\xf6nig/1.png"#, #"/k\xf6nig/a\\xf6.png"#, #"/k\xf6nig/\\x/\x80\xff"#]
        for name in names { try OutputFile(folder.path + name, replacing: true).write(png) }
        let dataset = try Dataset(folder: folder.path)
        #expect(dataset.samples.map(\.source.path) == names.map { folder.path + $0 }.sorted(by: bytesPrecede))
        #expect(dataset.labels == [#"k\xf6nig"#] && dataset.skipped.isEmpty)
        for position in 0..<dataset.count { #expect(try dataset.image(at: position).width == 6) }

        // Every way to name a file takes that text.
        let single = try Dataset(files: [folder.path + names[0]], label: "x")
        #expect(single.count == 1 && single.skipped.isEmpty)
        try folder.write("list.csv", "path,label\n\"k\\xf6nig/1.png\",x\nk\\xf6nig/a\\\\xf6.png,y\n")
        let manifest = try Dataset(manifest: folder.path + "/list.csv")
        #expect(manifest.samples.map(\.source.path) == [folder.path + names[0], folder.path + names[1]])
        #expect(throws: FileError.missing) { try FileBytes.check(folder.path + #"/k\xf6nig/2.png"#) }
    }
}
