import AkinBasics
import Foundation
import TestSupport
import Testing

/// What the program says of itself, how it helps with names, and how quiet it can be.
@Suite struct ProgramTests {
    @Test func saysItsVersion() throws {
        let version = try AkinProgram.run("--version")
        #expect(version.code == 0 && version.output == "akin \(akinVersion)\n" && version.errors == "")
        #expect(akinVersion.split(separator: ".").count == 3)
        #expect(try AkinProgram.run("index", "list", "nowhere", "--version").output == version.output)
        let long = try AkinProgram.run("--version", "--verbose").output
        for library in [
            "OpenBLAS", "LMDB", "libjpeg-turbo", "libtiff", "LIBSVM", "zlib", "xxHash", "Swift 6.",
        ] {
            #expect(long.contains(library))
        }
        // Each library that must be there tells a version, and a sensible one.
        let lines = long.split(separator: "\n").filter { $0.hasPrefix("  ") }.map { $0.split(separator: " ") }
        for line in lines where !["libheif", "ONNX"].contains(line[0]) {
            #expect(line[1].first?.isNumber == true && line[1].contains("."), "\(line)")
        }
        #expect(lines.count >= 13)
    }

    /// What was written, and what is meant.
    @Test(arguments: [
        ("list", "'akin index list'"), ("add", "'akin index add'"), ("search", "'akin query'"),
        ("classify", "'akin query'"), ("clasify", "'akin query'"), ("lern", "'akin learn'"),
        ("index rename", "'akin index relabel'"), ("index delete", "'akin index remove'"),
        ("index dlete", "'akin index remove'"), ("index query", "'akin query'"),
        ("index lst", "'akin index list'"), ("backbone ls", "'akin backbone list'?"),
        ("Query", "'akin query'"),
    ]) func suggestsWhatWasMeant(words: String, meant: String) throws {
        let words = words.split(separator: " ").map(String.init)
        try AkinProgram.run(words).expectWrongUsage(meant)
        try AkinProgram.run(words + ["a", "b"]).expectWrongUsage(meant)
    }

    @Test func aWordLikeNoneIsToldWhichThereAre() throws {
        try AkinProgram.run("evaluate", "loo").expectWrongUsage("has leave-one-out, ")
        try AkinProgram.run("zzzzzz").expectWrongUsage("'akin' has learn, ")
        try AkinProgram.run("help", "relabel").expectWrongUsage("Did you mean 'akin index relabel'?")
        #expect(try AkinProgram.run("help", "index", "relabel").code == 0)
        try AkinProgram.run("index", "list", "a", "--jsn").expectWrongUsage("Did you mean '--json'?")
        try AkinProgram.run("index", "list", "a", "--label", "-1").expectWrongUsage("write --label=-1.")
    }

    @Test(arguments: ["bash", "zsh", "fish"]) func completionsKnowAllCommands(shell: String) throws {
        let script = try AkinProgram.run("--generate-completion-script", shell)
        #expect(script.code == 0 && script.errors == "")
        let help = try AkinProgram.run("--experimental-dump-help").json()
        func check(_ command: [String: Any]) throws {
            for subcommand in command["subcommands"] as? [[String: Any]] ?? [] {
                #expect(script.output.contains(try #require(subcommand["commandName"] as? String)))
                try check(subcommand)
            }
        }
        try check(try #require(help["command"] as? [String: Any]))
        #expect(script.output.contains("--classifier") && script.output.contains("nearest-neighbours"))
    }

    #if os(Linux)
    /// As a shell asks for them.
    @Test func backbonesAreCompleted() throws {
        let folder = try TemporaryFolder()
        try folder.write("mine.safetensors", "")
        try folder.write("other.txt", "")
        func completions(_ word: String) throws -> [Substring] {
            try AkinProgram.run(
                [
                    "---completion", "backbone", "show", "--", "positional@0", "3", "\(word.utf8.count)",
                    "akin", "backbone",
                    "show",
                    word,
                ], environment: ["SAP_SHELL": "bash", "XDG_DATA_HOME": folder.path]
            ).output.split(separator: "\n")
        }
        #expect(try completions("").contains("shapes") && completions("").contains("hog-grey"))
        #expect(try completions("hog+").contains("hog+shapes"))
        let files = try completions(folder.path + "/")
        #expect(files.contains("\(folder.path)/mine.safetensors"[...]))
        #expect(!files.contains { $0.hasSuffix(".txt") })
    }
    #endif
}

/// `--quiet`, and what is said where nobody watches.
@Suite struct QuietTests {
    private let workshop: Workshop

    init() throws {
        workshop = try Workshop()
        for label in ["abbot", "bishop"] { try workshop.draw(label, 0..<4) }
        try workshop.makeIndex()
    }

    @Test func leavesOnlyAnswersAndErrors() throws {
        let index = workshop.index
        try workshop.draw("cook", 0..<3)
        for words in [
            ["index", "add", index, workshop.pictures], ["index", "sync", index, workshop.pictures],
            ["index", "calibrate", index], ["index", "compact", index], ["index", "verify", index],
            ["index", "undo", index], ["map", index, "--output", workshop.folder.path + "/map.html"],
        ] {
            let outcome = try AkinProgram.run(words + ["--quiet"])
            #expect(outcome.code == 0 && outcome.output == "" && outcome.errors == "", "\(words): \(outcome)")
        }
        let asked = workshop.pictures + "/abbot/1.png"
        let answer = try AkinProgram.run("query", index, asked, "--quiet")
        // What would be done is an answer, too.
        let trial = try AkinProgram.run("index", "remove", index, "--label", "cook", "--dry-run", "--quiet")
        #expect(trial.output.hasSuffix("3 items would be removed, 8 left\n"), "\(trial)")
        #expect(answer.output.split(separator: "\n").count == 1 && answer.output.contains("abbot"))
        #expect(try AkinProgram.run("index", "list", index, "--quiet").output.contains("abbot"))
        // What was asked for as JSON is printed.
        let json = try AkinProgram.run("index", "sync", index, workshop.pictures, "--quiet", "--json").json()
        #expect(json["added"] != nil)
        try AkinProgram.run("index", "list", index, "--quiet", "--verbose").expectWrongUsage("leave out one")
        #expect(try AkinProgram.run("index", "calibrate", index, "--verbose").errors.contains("loops"))
        try AkinProgram.run("index", "list", "nowhere", "--quiet").expectFailure("")
    }

    /// They are no progress, and no note: a file is broken.
    @Test func namesFilesThatCannotBeUsed() throws {
        try workshop.folder.write("pictures/abbot/broken.png", "\u{89}PNG\r\n\u{1A}\n")
        let outcome = try AkinProgram.run("index", "add", workshop.index, workshop.pictures, "--quiet")
        #expect(outcome.code == 0 && outcome.output == "" && outcome.errors.contains("broken.png"))
    }

    @Test func withoutATerminalNothingIsToldOfWhatIsSoonDone() throws {
        try workshop.draw("dean", 0..<20)
        let outcome = try AkinProgram.run("index", "add", workshop.index, workshop.pictures)
        // A note is no progress.
        #expect(
            outcome.code == 0 && outcome.errors.hasPrefix("akin: note: a new label: 'dean'"),
            "\(outcome.errors)")
        #expect(outcome.errors.split(separator: "\n").count == 1)
    }
}
