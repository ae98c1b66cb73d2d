import AkinBasics
import AkinImages
import Foundation
import TestSupport
import Testing

/// `--dry-run`: what a command would do is told, and nothing is done.
@Suite struct TrialCommandTests {
    private let workshop: Workshop
    private var index: String { workshop.index }
    private var pictures: String { workshop.pictures }

    init() throws {
        workshop = try Workshop()
        for label in ["abbot", "bishop"] { try workshop.draw(label, 0..<3) }
        try workshop.makeIndex()
    }

    private func list() throws -> String { try AkinProgram.run("index", "list", index, "--json").output }

    /// A folder with all that can be the matter with one.
    private func change() throws {
        try workshop.draw("cook", 0..<2)
        try workshop.draw("abbott", 7..<8)
        try workshop.folder.write("pictures/abbot/1.png", Workshop.picture(of: "abbot", 99).encodedAsPNG())
        try workshop.folder.write("pictures/abbot/broken.png", "no picture")
        try workshop.folder.write("pictures/notes.txt", "text")
        try FileManager.default.moveItem(
            atPath: pictures + "/bishop/1.png", toPath: pictures + "/cook/moved.png")
        try FileManager.default.removeItem(atPath: pictures + "/bishop/2.png")
        #expect(try AkinProgram.run("index", "relabel", index, "--id", "1", "--to", "dean").code == 0)
    }

    /// All that the trial says is what comes of it then.
    @Test(arguments: ["add", "sync"]) func picturesAreTried(command: String) throws {
        try change()
        let before = try list()
        let database = try Data(contentsOf: URL(fileURLWithPath: index + "/data.mdb"))
        let trial = try AkinProgram.run("index", command, index, pictures, "--dry-run", "--json")
        #expect(trial.code == 0)
        #expect(try Data(contentsOf: URL(fileURLWithPath: index + "/data.mdb")) == database)
        var tried = try trial.json()
        #expect(tried["dry_run"] as? Bool == true)
        let changes = try #require(tried["changes"] as? [[String: Any]])
        var expected = ["added": 3, "updated": 1, "moved": 1]
        if command == "sync" { expected["removed"] = 1 }
        let kinds = changes.map { $0["what"] as? String ?? "" }
        #expect(Dictionary(kinds.map { ($0, 1) }, uniquingKeysWith: +) == expected, "\(changes)")
        let text = try AkinProgram.run("index", command, index, pictures, "--dry-run")
        #expect(text.output.contains("dry run, nothing is changed: 3 added, 1 updated, 1 moved"), "\(text)")
        #expect(
            text.output.contains("  moved  ") && text.output.contains("/bishop/1.png -> "), "\(text.output)")
        #expect(
            text.errors.contains("note: 2 new labels: 'abbott' (did you mean 'abbot'?), 'cook'\n"), "\(text)")
        #expect(text.errors.contains("broken.png"), "\(text.errors)")

        let made = try AkinProgram.run("index", command, index, pictures, "--json")
        var done = try made.json()
        for key in ["images_per_second", "receipt", "dry_run", "changes"] {
            tried[key] = nil
            done[key] = nil
        }
        #expect(tried as NSDictionary == done as NSDictionary)
        #expect(made.errors.contains("note: 2 new labels: 'abbott' (did you mean 'abbot'?), 'cook'\n"))
        // Number, source and label of each item that was told of are what it is now.
        let items = try AkinProgram.run("index", "list", index, "--json").jsonLines()
        for change in changes {
            let found = items.first { $0["id"] as? Int == change["id"] as? Int }
            let isRemoved = change["what"] as? String == "removed"
            #expect((found == nil) == isRemoved, "\(change)")
            guard !isRemoved else { continue }
            #expect(found?["source"] as? String == change["source"] as? String)
            #expect(found?["label"] as? String == change["to"] as? String)
        }
        #expect(try AkinProgram.run("index", "undo", index).code == 0)
        #expect(try list() == before)
        let again = try AkinProgram.run("index", "redo", index, "--dry-run", "--json").json()
        #expect(again["changes"] as? NSArray == changes as NSArray)
    }

    @Test func whatIsWrongIsAsWrongOnTrial() throws {
        for options in [[], ["--dry-run"]] {
            let missing = try AkinProgram.run(["index", "sync", index, "/no/folder"] + options)
            missing.expectFailure("/no/folder")
            let text = try workshop.folder.write("other/text.png", "no picture")
            let one = try AkinProgram.run(["index", "add", index, text, "--label", "x"] + options)
            #expect(one.code == 1 && one.errors.contains("akin: error: '\(text)'"), "\(one)")
            let strict = try AkinProgram.run(
                ["index", "add", index, text, pictures + "/abbot/0.png", "--label", "abbot", "--strict"]
                    + options)
            #expect(strict.code == 1 && strict.errors.contains("1 image was skipped"), "\(strict)")
        }
        let nothing = try AkinProgram.run("index", "sync", index, pictures, "--dry-run")
        #expect(nothing.output == "dry run, nothing is changed: 6 unchanged\n", "\(nothing)")
    }

    @Test func itemsThatWouldBeChangedAreNamed() throws {
        let before = try list()
        let removed = try AkinProgram.run("index", "remove", index, "--label", "abbot", "--dry-run")
        #expect(removed.output.hasPrefix("  1  removed  abbot  \(pictures)/abbot/0.png\n"), "\(removed)")
        #expect(removed.output.hasSuffix("\n3 items would be removed, 3 left\n"))
        let json = try AkinProgram.run("index", "remove", index, "--id", "4", "--dry-run", "--json").json()
        #expect(
            json["removed"] as? Int == 1 && json["items"] as? Int == 5 && json["dry_run"] as? Bool == true)
        #expect((json["changes"] as? [[String: Any]])?.first?["from"] as? String == "bishop")
        let relabelled = try AkinProgram.run(
            "index", "relabel", index, pictures + "/abbot", "--to", "bishop", "--dry-run")
        #expect(relabelled.output.contains("  2  relabelled  abbot -> bishop  "), "\(relabelled.output)")
        #expect(relabelled.output.hasSuffix("\n3 items would be 'bishop'\n"))
        #expect(try list() == before)
    }

    @Test func filtersThatNameNothing() throws {
        let picture = pictures + "/abbot/0.png"
        try AkinProgram.run("index", "list", index, "--label", "abbott").expectFailure(
            "there is no label 'abbott' in the index; did you mean 'abbot'?")
        // One of two that there is is not enough.
        try AkinProgram.run("query", index, picture, "--only-label", "abbot", "--only-label", "x")
            .expectFailure("there is no label 'x' in the index; 'akin index stats' shows all")
        let manifest = try workshop.folder.write(
            "list.csv", "path,label,group\npictures/abbot/0.png,abbot,page 1\n")
        #expect(try AkinProgram.run("index", "add", index, manifest).code == 0)
        try AkinProgram.run("query", index, picture, "--only-group", "page 1", "--only-group", "page 2")
            .expectFailure("no item of the index has the group 'page 2'; did you mean 'page 1'?")
        let left = try AkinProgram.run("query", index, picture, "--exclude-group", "page 2")
        #expect(left.code == 0)
        #expect(
            left.errors.contains(
                "no item of the index has the group 'page 2', and nothing is left out by it (did you mean 'page 1'?)"
            ))
        let excluded = try AkinProgram.run("query", index, picture, "--exclude-group", "page 1")
        #expect(!excluded.errors.contains("group"), "\(excluded.errors)")
    }

    @Test func tablesThatAreNone() throws {
        let book = try workshop.folder.write("labels.xlsx", [0x50, 0x4B, 3, 4, 0, 0, 0xFF])
        try AkinProgram.run("index", "relabel", index, "--from", book).expectFailure(
            "\(book) is a spreadsheet program's own file; save it there as CSV")
        let table = try workshop.folder.write("labels.csv", "id,label\none,abbot\n")
        let wrong = try AkinProgram.run("index", "relabel", index, "--from", table)
        wrong.expectFailure("\(table), line 2: 'one' is no number of an item; ")
        #expect(!wrong.errors.contains("--new-ids"))
    }
}
