import AkinBasics
import AkinDatasets
import AkinImages
import AkinTensors
import Foundation
import TestSupport
import Testing

/// Patterns of what is passed over, beside Git's own reading of them.
@Suite struct IgnoreTests {
    private let folder: TemporaryFolder
    private let png = Image.gradient(width: 6, height: 4, channels: 1).encodedAsPNG()

    init() throws { folder = try TemporaryFolder() }

    /// What is left of the files.
    private func taken(_ ignored: String...) throws -> [String] {
        try Dataset(files: [folder.path], label: "x", FolderReading(ignoring: ignored)).samples
            .map { String($0.source.path.dropFirst(folder.path.count + 1)) }
    }

    private func draw(_ names: [String]) throws { for name in names { try folder.write(name, png) } }

    @Test func patternsAreThoseOfGitignore() throws {
        try draw([
            "a/1.png", "a/b/1.png", "a/b/2.png", "b/1.png", "b/x/y/3.png", "1.png", "#1.png", "c d/1.png",
        ])
        #expect(try taken("1.png") == ["#1.png", "a/b/2.png", "b/x/y/3.png"])
        #expect(try taken("/1.png", "# a comment", "", "  ").count == 7)
        #expect(try taken("b/") == ["#1.png", "1.png", "a/1.png", "c d/1.png"])
        #expect(try taken("/b/") == ["#1.png", "1.png", "a/1.png", "a/b/1.png", "a/b/2.png", "c d/1.png"])
        #expect(
            try taken("a/*", "!a/b") == [
                "#1.png", "1.png", "a/b/1.png", "a/b/2.png", "b/1.png", "b/x/y/3.png", "c d/1.png",
            ])
        // A folder that is passed over is not entered.
        #expect(try taken("a/", "!a/1.png") == ["#1.png", "1.png", "b/1.png", "b/x/y/3.png", "c d/1.png"])
        #expect(try taken("b/**/3.png").count == 7 && taken("**/b/*.png").count == 5)
        #expect(try taken(##"\#1.png"##).count == 7 && taken("c\\ d ").count == 7)
        #expect(try taken("[0-1].png") == taken("1.png") && taken("[!1].png") == taken("2.png", "3.png"))
        #expect(try taken("[1.png", "?.pn\\").count == 8)
        #expect(try taken("*", "!*.png", "!/a/") == ["#1.png", "1.png", "a/1.png"])
    }

    @Test func aListCountsFromItsFolder() throws {
        try draw(["a/1.png", "a/b/1.png", "a/b/2.png", "b/2.png"])
        try folder.write("a/.akinignore", "\u{FEFF}/b/1.png\r\n2.png  \r\n")
        try folder.write("a/b/.akinignore", "!2.png\n")
        #expect(try taken() == ["a/1.png", "a/b/2.png", "b/2.png"])
        // What is asked for comes first.
        #expect(try taken("!*.png", "a/1.png") == ["a/b/1.png", "a/b/2.png", "b/2.png"])
        let dataset = try Dataset(folder: folder.path)
        #expect(dataset.ignored == [.init(kind: ".akinignore", count: 2), .init(kind: "/b/1.png", count: 1)])
    }

    /// Without it, what it was to keep out would come in.
    @Test func aListThatCannotBeReadIsAnError() throws {
        try draw(["a/1.png"])
        let list = folder.path + "/a/.akinignore"
        try folder.write("a/.akinignore", [0xFF, 0xFE, 0x31, 0x00])
        #expect(throws: DatasetError.notText(path: list)) { try taken() }
        try folder.write("a/.akinignore", [UInt8](repeating: 0x0A, count: 1 << 20 + 1))
        #expect(throws: DatasetError.self) { try taken() }
    }

    @Test func whatSystemsLeaveCanBeTakenBack() throws {
        try draw(["a/1.png", "a/.hidden/2.png", "a/#recycle/3.png", "lost+found/4.png"])
        #expect(try taken() == ["a/1.png"])
        #expect(try taken("!.*", "!lost+found/") == ["a/.hidden/2.png", "a/1.png", "lost+found/4.png"])
    }

    @Test func namesOfAnyBytesFit() throws {
        try draw(["a/1.png"])
        try OutputFile(folder.path + #"/a/K\xf6nig.png"#, replacing: true).write(png)
        #expect(try taken("K?nig.png") == ["a/1.png"])
        #expect(try taken(#"a/K\xf6*"#) == ["a/1.png"])
        try folder.write("a/.akinignore", [0x4B, 0xF6, 0x2A, 0x0A])
        let dataset = try Dataset(folder: folder.path)
        #expect(dataset.ignored.contains(.init(kind: #"K\xf6*"#, count: 1)) && dataset.count == 1)
    }

    @Test(.timeLimit(.minutes(1))) func manyStarsTakeNoTime() throws {
        let name = String(repeating: "a", count: 200) + ".png"
        try draw(["x/" + name])
        #expect(try taken(String(repeating: "*a", count: 90) + "*b") == ["x/" + name])
        #expect(
            try taken("x/" + String(repeating: "**/", count: 90) + String(repeating: "a*", count: 90) + "b")
                .count == 1)
    }

    /// The same lists and the same files, given to `git check-ignore`.
    @Test func readsListsAsGitDoes() throws {
        func git(_ arguments: [String], _ input: String = "") throws -> Set<String>? {
            let list = try folder.write("../\((folder.path as NSString).lastPathComponent).list", input)
            defer { try? FileManager.default.removeItem(atPath: list) }
            let command = "cd \"$0\" && exec git \"$@\" <\"\(list)\""
            let done = try Subprocess(
                URL(fileURLWithPath: "/bin/sh"), ["-c", command, folder.path] + arguments,
                environment: ["GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"]
            ).wait()
            guard done.code <= 1 else { return nil }
            return Set(done.output.split(separator: "\0").map(String.init))
        }
        guard try git(["init", "-q"]) != nil else {
            print("skipped: there is no git here")
            return
        }
        var files: [String] = []
        for above in ["", "a/", "b/", "a/b/", "a/b/a/", "ab/", "ab/1/"] {
            for name in ["a.png", "b.png", "ab", "1.x", "A", "a*", "[b]", "c d", "!a", "#b"] {
                files.append(above + name)
            }
        }
        files.removeAll { $0 == "ab" }
        try draw(files)
        for seed in 0..<150 as Range<UInt64> {
            var generator = SeededGenerator(seed: 71, seed)
            var lists: [String] = []
            for place in ["", "a/", "ab/"] {
                let list = (0..<Int.random(in: 0...4, using: &generator))
                    .map { _ in Self.pattern(&generator) }.joined(separator: "\n")
                for name in [".gitignore", ".akinignore"] { try folder.write(place + name, list) }
                lists.append(list)
            }
            let ignored = try #require(
                try git(
                    ["check-ignore", "--no-index", "--stdin", "-z"], files.joined(separator: "\0") + "\0"))
            let expected = files.filter { !ignored.contains($0) }
            let own = (try? taken()) ?? []
            #expect(Set(own) == Set(expected), "seed \(seed): \(lists)")
        }
    }

    private static func pattern(_ generator: inout SeededGenerator) -> String {
        let pieces = [
            "a", "b", "ab", "1", ".png", "A", "?", "*", "[ab]", "[!a]", "[^b1]", "[a-c]", "[]b]",
            "[[:alpha:]]",
            "[[:digit:]x]", #"\*"#, #"\["#, " ", #"\ "#, "[", "#", "!", #"\a"#, "[a-]", #"[\]b]"#,
        ]
        var text = ["", "", "", "!", "/", "!/"].randomElement(using: &generator)!
        let names = (0..<Int.random(in: 1...3, using: &generator)).map { _ in
            if Int.random(in: 0..<4, using: &generator) == 0 { return "**" }
            var name = ""
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let piece = pieces.randomElement(using: &generator)!
                // Git reads two stars behind letters in a way of its own.
                if !(name.hasSuffix("*") && piece == "*") { name += piece }
            }
            return name
        }
        text += names.joined(separator: "/")
        return text + ["", "", "/", "  "].randomElement(using: &generator)!
    }
}
