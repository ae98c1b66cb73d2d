import Foundation
import TestSupport
import Testing

/// `akin map` as a person types it.
@Suite struct MapCommandTests {
    private let workshop: Workshop
    private var index: String { workshop.index }
    private var output: String { workshop.folder.path + "/my map.html" }

    init() throws {
        workshop = try Workshop()
        for label in ["abbot", "bishop", "cook"] { try workshop.draw(label, 0..<5) }
        try workshop.makeIndex()
    }

    @Test func writesAPage() throws {
        let map = try AkinProgram.run("map", index, "--output", output)
        #expect(
            map.code == 0
                && map.output.hasPrefix("15 items of 3 classes\nplaced by t-sne, perplexity 4.7; trust"))
        #expect(map.output.hasSuffix("(1 is best, 0.5 is chance)\nmap: \(output)\n"))
        #expect(try String(contentsOfFile: output, encoding: .utf8).hasSuffix("</html>\n"))
        let plain = try AkinProgram.run(
            "map", index, "--output", output, "--method", "pca", "--only-label", "cook", "--force")
        #expect(plain.output.hasPrefix("5 items of 1 class\nplaced by pca, which shows "))
    }

    @Test func speaksJSON() throws {
        let map = try AkinProgram.run("map", index, "--json", "--seed", "7").json()
        let points = try #require(map["points"] as? [[String: Any]])
        #expect(points.count == 15 && points.allSatisfy { $0["x"] is Double && $0["y"] is Double })
        #expect(points.allSatisfy { $0["label"] is String && $0["source"] is String && $0["id"] is Int })
        #expect(map["method"] as? String == "t-sne" && map["seed"] as? Int == 7 && map["file"] == nil)
        #expect(
            map["trustworthiness"] is Double && map["perplexity"] is Double
                && map["metric"] as? String == "l2")
        let written = try AkinProgram.run("map", index, "--json", "--output", output).json()
        #expect(written["file"] as? String == output && FileManager.default.fileExists(atPath: output))
    }

    /// The same to the last digit.
    @Test func threadsDoNotMatter() throws {
        let vectors = try workshop.folder.write(
            "vectors.tsv",
            Array(
                (0..<1200).map { row in
                    (0..<4).map { "\(Float((row * ($0 + 3) * 7919) % 1009) / 100)" }.joined(separator: "\t")
                }.joined(separator: "\n").utf8))
        let large = workshop.folder.path + "/large"
        let imported = try AkinProgram.run("index", "import", large, vectors, "--backbone-name", "drawn")
        #expect(imported.code == 0, "\(imported.errors)")
        let maps = try ["1", "2", "3"].map {
            try AkinProgram.run("map", large, "--json", environment: ["AKIN_THREADS": $0]).output
        }
        #expect(maps[0].contains("\"points\"") && Set(maps).count == 1)
    }

    @Test func wrongUsageIsExplained() throws {
        try AkinProgram.run("map", index, "--perplexity", "0.5").expectWrongUsage("--perplexity must be")
        try AkinProgram.run("map", index, "--perplexity", "nan").expectWrongUsage("--perplexity")
        try AkinProgram.run("map", index, "--perplexity", "5", "--method", "pca").expectWrongUsage(
            "--perplexity is")
        try AkinProgram.run("map", index, "--method", "umap").expectWrongUsage("--method")
        try AkinProgram.run("map", index, "--output", "").expectWrongUsage("A path is empty")
        try AkinProgram.run("map", workshop.pictures).expectFailure("")
        try AkinProgram.run("map", index, "--output", "map.pdf").expectFailure(
            "the ending of 'map.pdf' tells no format")
        try AkinProgram.run("map", index, "--output", index + "/x.html").expectFailure(
            "'\(index)/x.html' lies in the folder")
        try AkinProgram.run("map", index, "--only-label", "cok").expectFailure(
            "there is no label 'cok' in the index; did you mean 'cook'")
        let empty = workshop.folder.path + "/empty"
        _ = try AkinProgram.run("index", "create", empty, "--backbone", workshop.backbone)
        try AkinProgram.run("map", empty).expectFailure(
            "the index '\(empty)' has no items; add some with 'akin index add'")
    }

    @Test(.enabled(if: SmallDisk.available, "\(SmallDisk.advice)")) func aFullDiskHoldsNoPage() throws {
        let disk = try SmallDisk(megabytes: 1)
        defer { extendLifetime(disk) }
        disk.fill()
        let map = try AkinProgram.run("map", index, "--output", disk.path + "/map.html")
        #expect(map.code == 1 && map.errors.contains("No space left on device"))
    }
}
