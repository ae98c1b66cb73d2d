import AkinStorage
import AkinTensors
import Foundation
import TestSupport
import Testing

/// `akin index build|verify` and how `akin query` searches, as a user runs them.
@Suite struct GraphCommandTests {
    private let workshop: Workshop
    private var folder: TemporaryFolder { workshop.folder }
    private var index: String { folder.path + "/points" }

    init() throws {
        workshop = try Workshop()
        let points = (0..<300).map { "\(($0 * 37) % 300)\t\($0 % 7)" }.joined(separator: "\n")
        let items = (0..<300).map {
            "\($0 % 3 == 0 ? "third" : "other"),p\($0),\($0 % 2 == 0 ? "even" : "odd")"
        }
        let vectors = try folder.write("v.tsv", points + "\n")
        let list = try folder.write(
            "i.csv", "label,source,group\n" + items.joined(separator: "\n") + "\n")
        let made = try AkinProgram.run("index", "import", index, vectors, list, "--backbone-name", "points")
        #expect(made.code == 0, "\(made.errors)")
    }

    private func ask(_ more: String...) throws -> [[String: Any]] { try ask(more: more) }

    @Test func buildsAndDrops() throws {
        #expect(try AkinProgram.run("index", "stats", index).output.contains("none: every item is looked at"))
        let built = try AkinProgram.run("index", "build", index, "--links", "8", "--json").json()
        let graph = try #require(built["graph"] as? [String: Any])
        #expect(graph["items"] as? Int == 300 && graph["links"] as? Int == 8 && built["items"] as? Int == 300)
        #expect(
            try AkinProgram.run("index", "stats", index).output.contains("300 items, 0 beside it, 0 removed"))
        #expect(graph["codes"] as? String == "i8")
        #expect(try AkinProgram.run("index", "build", index).output.hasPrefix("graph of 300 items built in"))
        #expect(try AkinProgram.run("index", "build", index, "--codes", "bf16").code == 0)
        #expect(try AkinProgram.run("index", "stats", index).output.contains("seed 1, bf16 codes"))
        #expect(try AkinProgram.run("index", "build", index, "--drop").output.hasPrefix("no graph any more"))
        #expect(try AkinProgram.run("index", "stats", index, "--json").json()["graph"] == nil)
        try AkinProgram.run("index", "build", index, "--links", "1").expectWrongUsage(
            "--links must be 2 to 256")
        #expect(try AkinProgram.run("index", "build", index, "--codes", "i4").code == 64)
        try AkinProgram.run("index", "build", folder.path).expectFailure("'\(folder.path)' is no index")
    }

    @Test func searchesAsItIsTold() throws {
        for isBuilt in [false, true] {
            if isBuilt { #expect(try AkinProgram.run("index", "build", index).code == 0) }
            for more in [[], ["--exact"], ["--ef", "50"]] {
                let found = try ask(more: more)
                #expect(found[0]["source"] as? String == "p1" && found[0]["distance"] as? Double == 0)
            }
            #expect(try ask("--exclude", "2").allSatisfy { $0["source"] as? String != "p1" })
            let even = try ask("--exclude-group", "odd").compactMap { $0["source"] as? String }
            #expect(even.count == 3 && even.allSatisfy { (Int($0.dropFirst()) ?? 1) % 2 == 0 })
            let thirds = try ask("--only-label", "third", "--only-group", "odd").compactMap {
                $0["source"] as? String
            }
            #expect(thirds.count == 3)
            #expect(thirds.allSatisfy { (Int($0.dropFirst()) ?? 0) % 6 == 3 })
        }
        try AkinProgram.run("query", index, "--vectors", "x.tsv", "--exact", "--ef", "3")
            .expectWrongUsage("Give either --exact or --ef.")
    }

    private func ask(more: [String]) throws -> [[String: Any]] {
        let question = try folder.write("q.tsv", "37\t1\n")
        let answers = try AkinProgram.run(
            ["query", index, "--vectors", question, "-k", "3", "--json"] + more
        )
        .jsonLines()
        return try #require(answers[0]["neighbours"] as? [[String: Any]])
    }

    @Test func verifies() throws {
        #expect(try AkinProgram.run("index", "verify", index).output == "300 items, nothing wrong\n")
        #expect(try AkinProgram.run("index", "build", index).code == 0)
        let report = try AkinProgram.run("index", "verify", index, "--json").json()
        #expect(report["items"] as? Int == 300 && (report["faults"] as? [String])?.isEmpty == true)
        #expect(try #require(report["recall"] as? Double) > 0.95)

        // A byte of the graph's links, which its checksum tells.
        try damage("links", 60)
        let damaged = try AkinProgram.run("index", "verify", index)
        #expect(damaged.code == 1 && damaged.output.contains("fault: block"))
        #expect(damaged.errors.contains("akin index verify --repair"))
        let repaired = try AkinProgram.run("index", "verify", index, "--repair")
        #expect(repaired.code == 0 && repaired.output.contains("mended: graph: built again"))
        #expect(try AkinProgram.run("index", "verify", index).code == 0)
    }

    /// Changes a byte of a table's first block.
    private func damage(_ name: String, _ place: Int) throws {
        let environment = try Environment(at: index)
        let table: Table<UInt64, [UInt8]> = try #require(try environment.table(name))
        try environment.write { transaction in
            var bytes = Array(try #require(try table.bytes(of: 0, in: transaction)))
            bytes[place] ^= 0x55
            try table.set(bytes, for: 0, in: transaction)
        }
    }

    @Test func statsTellTheSearchTime() throws {
        let without = try AkinProgram.run("index", "stats", index)
        #expect(without.output.contains("ms a query by looking at every item") && without.errors == "")
        #expect(!without.output.contains("by the graph"))
        #expect(try AkinProgram.run("index", "build", index).code == 0)
        #expect(
            try AkinProgram.run("index", "stats", index).output.contains(
                "by the graph, keeping 50 candidates"))
        let stats = try AkinProgram.run("index", "stats", index, "--json").json()
        let search = try #require(stats["search"] as? [String: Any])
        #expect(try #require(search["exact_milliseconds"] as? Double) > 0)
        #expect(try #require(search["graph_milliseconds"] as? Double) > 0)
        #expect((stats["graph"] as? [String: Any])?["width"] as? Int == 50 && stats["graph_damage"] == nil)
    }

    /// Vectors of 8 normally distributed components, the first `zeros` of them zero, and as many answers as questions.
    private func drawnIndex(_ count: Int, zeros: Int) throws -> (index: String, questions: String) {
        var generator = SeededGenerator(seed: 1)
        func lines(_ count: Int, zeros: Int) -> String {
            (0..<count).map { row in
                (0..<8).map { _ in "\(row < zeros ? 0 : generator.normals().0)" }.joined(separator: "\t")
                    + "\n"
            }.joined()
        }
        let vectors = try folder.write("drawn.tsv", lines(count, zeros: zeros))
        let questions = try folder.write("questions.tsv", lines(40, zeros: 0))
        let index = folder.path + "/drawn"
        let made = try AkinProgram.run("index", "import", index, vectors, "--backbone-name", "drawn")
        #expect(made.code == 0, "\(made.errors)")
        return (index, questions)
    }

    private func neighbours(_ index: String, _ questions: String, _ more: String...) throws -> [[Int]] {
        try AkinProgram.run(["query", index, "--vectors", questions, "-k", "10", "--json"] + more).jsonLines()
            .map { ($0["neighbours"] as? [[String: Any]] ?? []).compactMap { $0["id"] as? Int } }
    }

    @Test func equalVectorsDoNotBreakTheGraph() throws {
        let (index, questions) = try drawnIndex(2900, zeros: 870)
        #expect(try AkinProgram.run("index", "build", index).errors == "")
        let exact = try neighbours(index, questions, "--exact")
        let found = try neighbours(index, questions)
        let hits = zip(exact, found).reduce(0) { $0 + Set($1.0).intersection($1.1).count }
        #expect(hits >= 396, "\(hits) of 400")
        let report = try AkinProgram.run("index", "verify", index, "--json")
        let json = try report.json()
        #expect(report.code == 0 && json["suffices"] as? Bool == true && json["exact"] as? Bool == false)
    }

    /// It is built, but every item is looked at, as all three commands say.
    @Test func aGraphThatMissesNeighboursIsToldOf() throws {
        let (index, questions) = try drawnIndex(4000, zeros: 0)
        let built = try AkinProgram.run("index", "build", index, "--links", "2", "--candidates", "1")
        #expect(built.code == 0 && built.errors.contains("every item is looked at"))
        let stats = try AkinProgram.run("index", "stats", index)
        #expect(stats.code == 0 && stats.output.contains("every item is looked at instead"))
        #expect(try neighbours(index, questions) == neighbours(index, questions, "--exact"))
        let report = try AkinProgram.run("index", "verify", index)
        #expect(report.code == 1 && report.output.contains("so every item is looked at instead"))
        #expect(report.errors.contains("akin index build"))
        let json = try AkinProgram.run("index", "verify", index, "--json").json()
        #expect(json["suffices"] as? Bool == false && json["exact"] as? Bool == true)
        #expect((json["faults"] as? [String])?.isEmpty == true)
        #expect(try AkinProgram.run("index", "build", index).errors == "")
        #expect(try AkinProgram.run("index", "verify", index).code == 0)
    }

    @Test(arguments: [20, 20_000]) func aDamagedGraphIsToldOf(place: Int) throws {
        #expect(try AkinProgram.run("index", "build", index).code == 0)
        try damage("codes", place)
        let damage = place == 20 ? "block 0 of its codes" : "its codes"
        let stats = try AkinProgram.run("index", "stats", index)
        #expect(stats.code == 0 && stats.output.contains("damaged: \(damage) cannot be read"))
        #expect(stats.output.contains("akin index verify --repair"))
        let json = try AkinProgram.run("index", "stats", index, "--json").json()
        #expect(json["graph_damage"] as? String == damage && json["items"] as? Int == 300)
        #expect((json["search"] as? [String: Any])?["graph_milliseconds"] == nil)
        #expect(try ask(more: ["--exact"])[0]["source"] as? String == "p1")
        guard place == 20 else { return }
        let question = try folder.write("q.tsv", "37\t1\n")
        try AkinProgram.run("query", index, "--vectors", question)
            .expectFailure(
                "the graph of the index '\(index)' is damaged: block 0 of its codes cannot be read; 'akin")
    }
}
