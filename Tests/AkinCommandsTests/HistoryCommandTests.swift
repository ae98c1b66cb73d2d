import AkinBasics
import AkinNetworks
import AkinStorage
import Foundation
import TestSupport
import Testing

/// `akin index history|undo|compact|rebuild`, as a user runs them.
@Suite struct HistoryCommandTests {
    private let workshop: Workshop
    private var index: String { workshop.index }

    init() throws {
        workshop = try Workshop()
        try workshop.draw("abbot", 0..<3)
        try workshop.draw("bishop", 0..<3)
        try workshop.makeIndex()
    }

    @Test func changesAreListedAndTakenBack() throws {
        #expect(try AkinProgram.run("index", "relabel", index, "--label", "abbot", "--to", "prior").code == 0)
        let changes = try AkinProgram.run("index", "history", index, "--json").jsonLines()
        #expect(changes.map { $0["verb"] as? String } == ["relabel", "add"])
        #expect(changes.map { $0["number"] as? Int } == [2, 1])
        #expect(changes[0]["relabelled"] as? Int == 3 && changes[1]["added"] as? Int == 6)
        let list = try AkinProgram.run("index", "history", index).output
        let lines = list.split(separator: "\n").map(String.init)
        #expect(lines.count == 4 && lines[0].hasPrefix("2  ") && lines[2].hasPrefix("1  "), "\(list)")
        #expect(lines[1] == "   3 relabelled from 'abbot' to 'prior'", "\(list)")
        #expect(
            lines[3] == "   6 added, all from \(workshop.pictures): 'abbot' 3, 'bishop' 3", "\(list)")

        let undone = try AkinProgram.run("index", "undo", index)
        #expect(undone.output == "taken back: relabel 3 items to 'prior' (3 relabelled)\n", "\(undone)")
        let stats = try AkinProgram.run("index", "stats", index, "--json").json()
        #expect(stats["labels"] as? [String: Int] == ["abbot": 3, "bishop": 3])
        try AkinProgram.run("index", "undo", index, "--dry-run").expectFailure("taking back change 1 ")
        try AkinProgram.run("index", "undo", index).expectFailure(
            "taking back change 1 (add \(workshop.pictures)) would leave '\(index)' without an item; if that is meant, say so "
                + "with --empty")
        let emptied = try AkinProgram.run("index", "undo", index, "--empty", "--json").json()
        #expect(emptied["verb"] as? String == "add" && emptied["dry_run"] == nil)
        try AkinProgram.run("index", "undo", index).expectFailure("the history of '\(index)' holds no change")
        let taken = try AkinProgram.run("index", "history", index, "--json").jsonLines()
        #expect(taken.map { $0["number"] as? Int } == [1, 2])
        #expect(taken.allSatisfy { $0["undone"] as? Bool == true })
        #expect(
            try AkinProgram.run("index", "history", index).output.hasPrefix("taken back; 'akin index redo'"))
        try AkinProgram.run("index", "history", index, "--set-limit=-1").expectWrongUsage("0 changes or more")
        // What was meant by it may have been to see so many.
        try AkinProgram.run("index", "history", index, "--keep", "1").expectWrongUsage("--set-limit")
        let forgotten = try AkinProgram.run("index", "history", index, "--set-limit", "1", "--json")
        #expect(try forgotten.jsonLines().map { $0["number"] as? Int } == [1])
        #expect(forgotten.errors == "akin: note: 1 change of the history is forgotten\n")
    }

    @Test func whatWasTakenBackIsDoneAgain() throws {
        try AkinProgram.run("index", "redo", index).expectFailure(
            "nothing was taken back in '\(index)' since change 1")
        #expect(try AkinProgram.run("index", "relabel", index, "--label", "abbot", "--to", "prior").code == 0)
        let list = try AkinProgram.run("index", "list", index, "--json").output
        let tried = try AkinProgram.run("index", "undo", index, "--dry-run")
        let first = "  1  relabelled  prior -> abbot  \(workshop.pictures)/abbot/0.png\n"
        #expect(tried.output.hasPrefix(first), "\(tried.output)")
        #expect(
            tried.output.hasSuffix("\nwould be taken back: relabel 3 items to 'prior' (3 relabelled)\n"))
        let json = try AkinProgram.run("index", "undo", index, "--dry-run", "--json").json()
        #expect(json["dry_run"] as? Bool == true && json["number"] as? Int == 2)
        let items = try #require(json["changes"] as? [[String: Any]])
        #expect(
            items.count == 3 && items[0]["from"] as? String == "prior" && items[0]["to"] as? String == "abbot"
        )
        #expect(try AkinProgram.run("index", "list", index, "--json").output == list)

        #expect(try AkinProgram.run("index", "undo", index).code == 0)
        let shown = try AkinProgram.run("index", "history", index, "--show", "2").output
        #expect(shown.contains("\ntaken back; 'akin index redo' does it again\n"), "\(shown)")
        #expect(shown.contains("\n  1  relabelled  abbot -> prior  "), "\(shown)")
        let again = try AkinProgram.run("index", "redo", index, "--dry-run", "--json").json()
        #expect(again["dry_run"] as? Bool == true && (again["changes"] as? [Any])?.count == 3)
        let redone = try AkinProgram.run("index", "redo", index)
        #expect(redone.output == "done again: relabel 3 items to 'prior' (3 relabelled)\n", "\(redone)")
        #expect(try AkinProgram.run("index", "list", index, "--json").output == list)

        let change = try AkinProgram.run("index", "history", index, "--show", "2", "--json").json()
        #expect(change["verb"] as? String == "relabel" && change["undone"] as? Bool == false)
        let part = try #require((change["parts"] as? [[String: Any]])?.first)
        #expect(part["from"] as? String == "abbot" && part["labels"] as? [String: Int] == ["prior": 3])
        #expect((change["changes"] as? [[String: Any]])?.first?["what"] as? String == "relabelled")
        try AkinProgram.run("index", "history", index, "--show", "9").expectFailure(
            "the history of '\(index)' has no change 9, but 1, 2")

        #expect(try AkinProgram.run("index", "undo", index).code == 0)
        #expect(try AkinProgram.run("index", "remove", index, "--id", "1").code == 0)
        try AkinProgram.run("index", "redo", index).expectFailure(
            "nothing was taken back in '\(index)' since change 3 (remove 1 item)")
    }

    @Test func anImportIsOneChange() throws {
        let vectors = try workshop.folder.write("v.tsv", "1\t2\t3\t4\t5\t6\t7\t8\n")
        let imported = try AkinProgram.run("index", "import", index, vectors, "--same-backbone")
        #expect(imported.output.hasPrefix("1 added"), "\(imported.errors)")
        let changes = try AkinProgram.run("index", "history", index, "--json").jsonLines()
        #expect(changes[0]["verb"] as? String == "import" && changes[0]["added"] as? Int == 1)
        #expect(changes[0]["summary"] as? String == vectors)
        #expect(try AkinProgram.run("index", "undo", index).code == 0)
        #expect(try AkinProgram.run("index", "stats", index, "--json").json()["items"] as? Int == 6)
        #expect(try AkinProgram.run("index", "history", index, "--set-limit", "0").output == "")
    }

    @Test func isCompacted() throws {
        #expect(try AkinProgram.run("index", "history", index, "--set-limit", "0").code == 0)
        let report = try AkinProgram.run("index", "compact", index, "--json").json()
        let (before, after) = (report["bytes_before"] as? Int ?? 0, report["bytes_after"] as? Int ?? 0)
        #expect(after > 0 && after <= before)
        #expect(try AkinProgram.run("index", "compact", index).output.hasSuffix(" now\n"))
        #expect(try AkinProgram.run("index", "stats", index, "--json").json()["items"] as? Int == 6)
    }

    @Test func isCopied() throws {
        let copy = workshop.folder.path + "/copies/first"
        let made = try AkinProgram.run("index", "snapshot", index, copy)
        #expect(made.output.hasPrefix("6 items, ") && made.output.hasSuffix(" in '\(copy)'\n"))
        let again = try AkinProgram.run("index", "snapshot", index, copy)
        #expect(again.code != 0 && again.errors.contains("is an index already"))
        let itself = try AkinProgram.run("index", "snapshot", index, index)
        #expect(itself.code != 0 && itself.errors.contains("is an index already"))
        let report = try AkinProgram.run("index", "snapshot", index, copy + "2", "--json").json()
        #expect(report["items"] as? Int == 6 && report["bytes"] as? Int ?? 0 > 0)
        #expect(try AkinProgram.run("index", "verify", copy).code == 0)
    }

    @Test func getsAnotherBackbone() throws {
        let other = workshop.folder.path + "/other.safetensors"
        try Workshop.checkpoint(seed: 2).write(to: OutputFile(other, replacing: true))
        let report = try AkinProgram.run("index", "rebuild", index, "--backbone", other, "--json").json()
        #expect(report["items"] as? Int == 6)
        for time in ["before", "after"] {
            let accuracy = try #require(report[time] as? [String: Any])
            #expect(accuracy["items"] as? Int == 6 && accuracy["accuracy"] is Double)
        }
        let text = try AkinProgram.run("index", "rebuild", index, "--backbone", workshop.backbone).output
        #expect(
            text.hasPrefix("6 items embedded again by 'small'\nby the nearest of the others, before: "),
            "\(text)")

        try FileManager.default.removeItem(atPath: workshop.pictures + "/abbot/0.png")
        try AkinProgram.run("index", "rebuild", index, "--backbone", other).expectFailure(
            "1 of the index's sources cannot be embedded again")
        let dropped = try AkinProgram.run(
            "index", "rebuild", index, "--backbone", other, "--drop-unreadable", "--json"
        ).json()
        #expect(dropped["items"] as? Int == 5 && (dropped["dropped"] as? [Any])?.count == 1)
    }

    @Test func rebuildingMakesTheGraphAnew() throws {
        let other = workshop.folder.path + "/other.safetensors"
        try Workshop.checkpoint(seed: 2).write(to: OutputFile(other, replacing: true))
        #expect(try AkinProgram.run("index", "build", index, "--links", "5", "--seed", "9").code == 0)
        #expect(try AkinProgram.run("index", "rebuild", index, "--backbone", other).code == 0)
        let stats = try AkinProgram.run("index", "stats", index, "--json").json()
        let graph = try #require(stats["graph"] as? [String: Any])
        #expect(graph["links"] as? Int == 5 && graph["seed"] as? Int == 9 && graph["items"] as? Int == 6)
        #expect(try AkinProgram.run("index", "verify", index).code == 0)
    }

    /// Damaged embeddings, and one of the pictures is gone: the other items can still be saved.
    @Test func damagedVectorsAndAMissingPicture() throws {
        let environment = try Environment(at: index)
        let table: Table<UInt64, [UInt8]> = try #require(try environment.table("vectors"))
        try environment.write { transaction in
            var bytes = Array(try #require(try table.bytes(of: 0, in: transaction)))
            bytes[bytes.count / 2] ^= 0x55
            try table.set(bytes, for: 0, in: transaction)
        }
        try FileManager.default.removeItem(atPath: workshop.pictures + "/abbot/0.png")
        #expect(try AkinProgram.run("index", "verify", index).code == 1)
        try AkinProgram.run("index", "verify", index, "--repair").expectFailure(
            "1 of the index's sources cannot be embedded again")
        let saved = try AkinProgram.run("index", "verify", index, "--repair", "--drop-unreadable")
        #expect(saved.code == 0, "\(saved.errors)")
        #expect(saved.output.contains("removed \(workshop.pictures)/abbot/0.png: "), "\(saved.output)")
        #expect(try AkinProgram.run("index", "verify", index).output == "5 items, nothing wrong\n")
        try AkinProgram.run("index", "verify", index, "--drop-unreadable").expectWrongUsage(
            "goes with --repair")
    }
}
