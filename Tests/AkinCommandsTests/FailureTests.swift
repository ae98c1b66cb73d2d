import AkinImages
import Foundation
import TestSupport
import Testing

/// How a script learns that a command failed, and how: the exit code, and with `--json` an object.
@Suite struct FailureTests {
    private let workshop: Workshop
    private var index: String { workshop.index }
    private var folder: String { workshop.folder.path }

    init() throws {
        workshop = try Workshop()
        for label in ["abbot", "bishop"] { try workshop.draw(label, 0..<3) }
        try workshop.makeIndex()
    }

    /// The `error` of the only thing that was printed.
    private func error(
        _ arguments: [String], code: Int32 = 1, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> [String: String] {
        let outcome = try AkinProgram.run(arguments + ["--json"])
        #expect(outcome.code == code, "\(outcome.errors)", sourceLocation: sourceLocation)
        let error = try #require(
            try outcome.json()["error"] as? [String: String], sourceLocation: sourceLocation)
        let said = outcome.errors.split(separator: "\n").joined(separator: " ")
        #expect(
            said.contains("akin: error: \(error["message"] ?? "-")"), "\(said)\n\(error)",
            sourceLocation: sourceLocation)
        return error
    }

    @Test func kindsAreToldApart() throws {
        let broken = try workshop.folder.write("broken.png", "no picture")
        let text = try workshop.folder.write("text.yaml", "nonsense: [")
        let there = try workshop.folder.write("there.csv", "mine")
        let one = folder + "/one"
        try workshop.folder.write("one/abbot/1.png", Workshop.picture(of: "abbot", 1).encodedAsPNG())
        let kinds: [([String], String)] = [
            (["index", "stats", folder + "/nowhere"], "not-found"),
            (["index", "stats", workshop.pictures], "not-found"),
            (["index", "add", index, folder + "/nowhere"], "not-found"),
            (["query", index, workshop.pictures, "--only-label", "pope"], "not-found"),
            (["index", "create", folder + "/new", "--backbone", "nothing"], "not-found"),
            (["index", "create", index, "--backbone", workshop.backbone], "exists"),
            (["index", "create", folder + "/new", "--backbone", broken], "unreadable"),
            (["train", text, "--output", folder + "/x.safetensors"], "unreadable"),
            (["query", index, workshop.pictures + "/abbot/1.png", "--csv", there], "exists"),
            (
                ["query", index, workshop.pictures + "/abbot/1.png", "--csv", folder + "/no/x.csv"],
                "unwritable"
            ),
            (["index", "export", index, folder + "/items.png"], "unsuitable"),
            (["report", index, "--output", index + "/page.html"], "in-use"),
            (["index", "history", index, "--show", "99"], "not-found"),
            (["compare", folder + "/nowhere.jsonl"], "not-found"),
            (["learn", one, "--output", folder + "/learned"], "unsuitable"),
        ]
        for (arguments, kind) in kinds {
            #expect(try error(arguments)["kind"] == kind, "\(arguments)")
        }
    }

    @Test func wrongUsageIsOneToo() throws {
        for arguments in [["index", "list"], ["qery"], ["query", index, "x.png", "--neighbours", "0"]] {
            #expect(try error(arguments, code: 64)["kind"] == "usage", "\(arguments)")
        }
        // What stands behind -- is no option.
        let path = try AkinProgram.run("index", "stats", "--", "--json")
        #expect(path.code == 1 && path.output == "")
    }

    /// A document that has been printed says what failed after it, and remains the only one.
    @Test func whatFailsAfterItsResultSaysSoInIt() throws {
        try workshop.folder.write("pictures/abbot/broken.png", "no picture")
        let added = try AkinProgram.run("index", "add", index, workshop.pictures, "--strict", "--json")
        let report = try added.json()
        #expect(added.code == 1 && report["unchanged"] as? Int == 6)
        let error = try #require(report["error"] as? [String: String])
        #expect(error["kind"] == "skipped" && error["message"]?.hasPrefix("1 image was skipped") == true)
        #expect(
            try AkinProgram.run("index", "add", index, workshop.pictures, "--json").json()["error"] == nil)
    }

    /// Each of its lines says what is wrong with its picture; there is no other.
    @Test func linesHaveTheirOwnErrors() throws {
        let outcome = try AkinProgram.run("query", index, folder + "/nowhere.png", "--json", "--strict")
        let lines = try outcome.jsonLines()
        #expect(outcome.code == 1 && lines.count == 1)
        #expect(lines[0]["error"] is String && lines[0]["input"] is String)
    }

    @Test func nobodyIsToldInJSONWithoutAskingForIt() throws {
        try AkinProgram.run("index", "stats", folder + "/nowhere").expectFailure(
            "'\(folder)/nowhere' is no index")
        #expect(try AkinProgram.run("index", "stats", folder + "/nowhere").output == "")
    }

    /// As `head` does, whoever reads may have had enough: that is no error to tell of.
    @Test func aReaderThatLeavesIsNoError() throws {
        let script = "(\"$0\" index list \"$1\"; echo $? >&3) 3>\"$2\" | true; cat \"$2\""
        for _ in 0..<3 {
            let shell = try Subprocess(
                URL(filePath: "/bin/bash"), ["-c", script, AkinProgram.url.path, index, folder + "/code"]
            ).wait()
            #expect(shell.errors == "")
            // The reader may have left after it was done.
            #expect(["0\n", "141\n"].contains(shell.output), "\(shell.output)")
        }
    }

    @Test func nowhereToPrintIsAnError() throws {
        for json in ["", "--json"] {
            let shell = try Subprocess(
                URL(filePath: "/bin/sh"),
                ["-c", "exec \"$0\" index list \"$1\" \(json) >&-", AkinProgram.url.path, index]
            ).wait()
            #expect(shell.code == 1)
            #expect(
                shell.errors.hasPrefix("akin: error: the output could not be written: "), "\(shell.errors)")
        }
    }

    @Test func codesAreInTheHelp() throws {
        let help = try AkinProgram.run("help").output.split(whereSeparator: \.isWhitespace).joined(
            separator: " ")
        for text in ["0 done", "1 failed", "64 wrong usage", "130 interrupted", "'kind'"] {
            #expect(help.contains(text), "\(text)")
        }
    }
}
