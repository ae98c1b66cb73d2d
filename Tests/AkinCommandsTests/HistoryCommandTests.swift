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
        #expect(list.split(separator: "\n").count == 2 && list.contains("3 relabelled"))

        let undone = try AkinProgram.run("index", "undo", index)
        #expect(undone.output == "taken back: relabel 3 items to 'prior' (3 relabelled)\n", "\(undone)")
        let stats = try AkinProgram.run("index", "stats", index, "--json").json()
        #expect(stats["labels"] as? [String: Int] == ["abbot": 3, "bishop": 3])
        #expect(try AkinProgram.run("index", "undo", index, "--json").json()["verb"] as? String == "add")
        try AkinProgram.run("index", "undo", index).expectFailure("the history of '\(index)' holds no change")
        #expect(try AkinProgram.run("index", "history", index).output == "")
        try AkinProgram.run("index", "history", index, "--keep=-1").expectWrongUsage("0 changes or more")
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
        #expect(try AkinProgram.run("index", "history", index, "--keep", "0").output == "")
    }

    @Test func isCompacted() throws {
        #expect(try AkinProgram.run("index", "history", index, "--keep", "0").code == 0)
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
        #expect(text.hasPrefix("6 items embedded again by 'small'\nleave-one-out before: "), "\(text)")

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
