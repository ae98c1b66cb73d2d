import AkinStorage
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
        #expect(try AkinProgram.run("index", "build", index).output.hasPrefix("graph of 300 items built in"))
        #expect(try AkinProgram.run("index", "build", index, "--drop").output.hasPrefix("no graph any more"))
        #expect(try AkinProgram.run("index", "stats", index, "--json").json()["graph"] == nil)
        try AkinProgram.run("index", "build", index, "--links", "1").expectWrongUsage(
            "--links must be 2 to 256")
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
        do {
            let environment = try Environment(at: index)
            let links: Table<UInt64, [UInt8]> = try #require(try environment.table("links"))
            try environment.write { transaction in
                var bytes = Array(try #require(try links.bytes(of: 0, in: transaction)))
                bytes[60] ^= 0x55
                try links.set(bytes, for: 0, in: transaction)
            }
        }
        let damaged = try AkinProgram.run("index", "verify", index)
        #expect(damaged.code == 1 && damaged.output.contains("fault: block"))
        #expect(damaged.errors.contains("akin index verify --repair"))
        let repaired = try AkinProgram.run("index", "verify", index, "--repair")
        #expect(repaired.code == 0 && repaired.output.contains("made again: graph: built again"))
        #expect(try AkinProgram.run("index", "verify", index).code == 0)
    }
}
