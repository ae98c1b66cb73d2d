import AkinBasics
import AkinImages
import Foundation
import TestSupport
import Testing

/// A folder of all that people keep in one: whatever becomes of a file, it is counted once.
@Suite struct MixedFolderTests {
    private let workshop: Workshop
    private var files = 0

    init() throws { workshop = try Workshop() }

    private mutating func write(_ name: String, _ bytes: [UInt8]) throws {
        let path = workshop.pictures + "/" + name
        try Folder.make(String(path[..<path.lastIndex(of: "/")!]))
        try OutputFile(path, replacing: true).write(bytes)
        files += 1
    }

    private mutating func fill() throws {
        for (kind, label) in ["abbot", "bishop", #"k\xf6nig"#].enumerated() {
            for number in 0..<6 {
                let picture = Workshop.picture(of: label, number)
                switch number {
                case 0: try write("\(label)/0.jpg", picture.encodedAsJPEG())
                case 1: try write("\(label)/fol. 1r", picture.encodedAsPNG())
                case 2: try write("\(label)/\\x\(kind)\\xe4.bak", picture.encodedAsPNG())
                case 3: try write("\(label)/1300/3.pgm", Array("P5 2 2 255\n\(kind)abc".utf8))
                default: try write("\(label)/\(number).png", picture.encodedAsPNG())
                }
            }
            try write("\(label)/notes.txt", Array("text".utf8))
            try write("\(label)/@eaDir/0.jpg/THUMB.jpg", Workshop.picture(of: label, 0).encodedAsJPEG())
            try write("\(label)/Thumbs.db", [0])
            try write("\(label)/broken.png", Array(Workshop.picture(of: label, 9).encodedAsPNG().prefix(40)))
            try write("\(label)/letter.jpg", Array("Dear Sir".utf8))
            try write("\(label)/copy.png", Workshop.picture(of: label, 4).encodedAsPNG())
        }
        try write("#recycle/a/old.png", Workshop.picture(of: "a", 0).encodedAsPNG())
        try write("drafts/x.png", Workshop.picture(of: "a", 1).encodedAsPNG())
        try write("lists/items.csv", Array("a,b".utf8))
        try write("loose.png", Workshop.picture(of: "a", 2).encodedAsPNG())
        try write(".akinignore", Array("drafts\n".utf8))
    }

    /// What became of the files, added up.
    private func sum(_ report: [String: Any]) throws -> Int {
        let counts = ["added", "updated", "unchanged"].compactMap { report[$0] as? Int }.reduce(0, +)
        let moved = (report["moved"] as? [Any])?.count ?? 0
        let skipped = try #require(report["skipped"] as? [Any]).count
        let ignored = try #require(report["ignored"] as? [[String: Any]])
        return counts + moved + skipped + ignored.reduce(0) { $0 + ($1["count"] as? Int ?? 0) }
    }

    /// The numbers before these words.
    private func sum(_ text: String) -> Int {
        text.prefix { $0 != "(" && $0 != ";" && $0 != "\n" }.split(separator: ",").reduce(0) { sum, part in
            let words = part.split(separator: " ")
            return words.last == "removed" ? sum : sum + (words.first.flatMap { Int($0) } ?? 0)
        }
    }

    @Test mutating func everyFileIsCountedOnce() throws {
        try fill()
        let (index, pictures) = (workshop.index, workshop.pictures)
        #expect(try AkinProgram.run("index", "create", index, "--backbone", workshop.backbone).code == 0)
        let words = try AkinProgram.run("index", "add", index, pictures)
        #expect(words.code == 0 && sum(words.output) == files, "\(words.output)")
        #expect(words.errors.contains("akin: note: no picture in 'lists' (1 .csv) of \(pictures)\n"))
        let again = try AkinProgram.run("index", "add", index, pictures, "--json").json()
        #expect(try sum(again) == files, "\(again)")
        #expect(again["unchanged"] as? Int == 21 && (again["skipped"] as? [Any])?.count == 7)

        // One moves within its class, one to another class, one is gone, a name becomes another.
        let move =
            #"cd "$0" && mv abbot/4.png abbot/44.png && mv abbot/5.png bishop/55.png && rm bishop/4.png && mv k*nig king"#
        #expect(try Subprocess(URL(fileURLWithPath: "/bin/sh"), ["-c", move, pictures]).wait().code == 0)
        files -= 1
        let moved = try AkinProgram.run("index", "sync", index, pictures, "--json").json()
        #expect(try sum(moved) == files, "\(moved)")
        let synced = try AkinProgram.run("index", "sync", index, pictures)
        #expect(synced.code == 0 && sum(synced.output) == files, "\(synced.output)")
        #expect(try AkinProgram.run("index", "stats", index, "--json").json()["items"] as? Int == 20)
        #expect(try AkinProgram.run("index", "add", index, pictures, "--strict").code == 1)
    }
}
