import Foundation
import TestSupport
import Testing

/// `akin index export|import` and `akin query --vectors`, as a user runs them.
@Suite struct ExchangeCommandTests {
    private let workshop: Workshop
    private var folder: TemporaryFolder { workshop.folder }
    private var index: String { folder.path + "/words" }

    init() throws { workshop = try Workshop() }

    private func importWords(_ more: String...) throws -> ProgramResult {
        let vectors = try folder.write("v.tsv", "1\t0\n0\t1\n0.9\t0.1\n")
        let items = try folder.write("i.csv", "label,source,score\ncat,a,1\ndog,b,2\ncat,c,3\n")
        return try AkinProgram.run(["index", "import", index, vectors, items] + more)
    }

    @Test func makesAnIndexOfAnyEmbeddings() throws {
        try importWords("--metric", "learned-l1").expectWrongUsage("comes with a checkpoint")
        let made = try importWords("--metric", "cosine", "--backbone-name", "counts", "--json")
        #expect(made.code == 0 && made.errors == "akin: note: columns that were left out: score\n")
        let report = try made.json()
        #expect(report["added"] as? Int == 3 && report["created"] as? Bool == true)
        #expect(report["index"] as? String == index)
        #expect(report["ignored_columns"] as? [String] == ["score"])
        #expect(try #require(report["items_per_second"] as? Double) > 0)
        let stats = try AkinProgram.run("index", "stats", index, "--json").json()
        #expect(stats["items"] as? Int == 3 && stats["dimension"] as? Int == 2)
        #expect(stats["metric"] as? String == "cosine")
        #expect(try AkinProgram.run("index", "stats", index).output.contains("counts ("))

        // Again: the same name vouches for them, and another metric does not fit.
        let again = try importWords("--backbone-name", "counts")
        #expect(again.output.hasPrefix("3 unchanged ("))
        try importWords("--metric", "l1").expectFailure("the metric of '\(index)' is cosine, not l1")
        try importWords().expectFailure("\(folder.path)/v.tsv does not say which backbone")
        try importWords("--backbone-name", "other").expectFailure("embeddings of backbone 'other'")
        #expect(try importWords("--same-backbone", "--label", "pet").output.hasPrefix("3 updated ("))
        try importWords("--label", "").expectWrongUsage("at least one letter")
        try importWords("--metric", "learned-l1").expectFailure(
            "the metric of '\(index)' is cosine, not learned-l1")
    }

    /// What an imported item comes from need not be a path, and is named as it stands.
    @Test func itemsAreNamedByTheirSources() throws {
        let vectors = try folder.write("v.tsv", "1\t0\n0\t1\n0.9\t0.1\n0\t2\n3\t3\n")
        let path = folder.path + "/e"
        let items = try folder.write(
            "i.csv", "label,source\ncat,s5\ndog,http://x.org/b/1\ndog,http://x.org/b/2\ncat,\(path)\ncow,e\n")
        #expect(try AkinProgram.run("index", "import", index, vectors, items).code == 0)
        #expect(
            try AkinProgram.run("index", "relabel", index, "s5", "--to", "cow").output == "1 item now 'cow'\n"
        )
        #expect(
            try AkinProgram.run("index", "relabel", index, "http://x.org/b", "--to", "hen").output
                == "2 items now 'hen', a new label\n")
        #expect(
            try AkinProgram.run("index", "remove", index, "http://x.org/b/1").output
                == "1 item removed, 4 left\n")
        // The source itself comes before a path that it could mean.
        #expect(
            try AkinProgram.run("index", "remove", index, "e", path).output == "2 items removed, 2 left\n")
        let left = try AkinProgram.run("index", "list", index, "--json").jsonLines()
        #expect(left.map { $0["source"] as? String } == ["s5", "http://x.org/b/2"])
        try AkinProgram.run("index", "remove", index, "s6").expectFailure(
            "no item of the index comes from 's6'")
    }

    @Test func asksAboutVectors() throws {
        #expect(try importWords().code == 0)
        let questions = try folder.write("q.tsv", "0\t0.8\n1\t0.05\n")
        let answers = try AkinProgram.run("query", index, "--vectors", questions, "-k", "1", "--json")
            .jsonLines()
        #expect(answers.map { $0["source"] as? String } == [questions + "#0", questions + "#1"])
        #expect(answers.map { $0["label"] as? String } == ["dog", "cat"])
        let neighbours = try #require(answers[0]["neighbours"] as? [[String: Any]])
        #expect(neighbours.map { $0["source"] as? String } == ["b"])
        let sheet = folder.path + "/sheet.html"
        let text = try AkinProgram.run("query", index, "--vectors", questions, "-k", "1", "--sheet", sheet)
            .output
        #expect(text.contains("q.tsv#0: dog") && FileManager.default.fileExists(atPath: sheet))

        try AkinProgram.run("query", index, "--vectors", try folder.write("w.tsv", "1\n"))
            .expectFailure("")
        try AkinProgram.run("query", index).expectWrongUsage("Give either <images> or --vectors")
        try AkinProgram.run("query", index, questions, "--vectors", questions)
            .expectWrongUsage("Give either <images> or --vectors")
    }

    @Test func saysThatItHasNoBackbone() throws {
        #expect(try importWords().code == 0)
        try workshop.draw("abbot", 0..<1)
        let picture = workshop.pictures + "/abbot/0.png"
        let reason = "'\(index)' holds no backbone, only embeddings that were imported ('imported')"
        try AkinProgram.run("query", index, picture).expectFailure(reason)
        try AkinProgram.run("index", "add", index, picture, "--label", "a").expectFailure(reason)
        try AkinProgram.run("index", "sync", index, workshop.pictures).expectFailure(reason)
        try AkinProgram.run("evaluate", "held-out", index, workshop.pictures).expectFailure(reason)
        try AkinProgram.run("evaluate", "episodes", index, workshop.pictures).expectFailure(reason)
        #expect(try AkinProgram.run("evaluate", "leave-one-out", index, "-k", "1").code == 0)
    }

    @Test func exportsWhatAnotherIndexImports() throws {
        try workshop.draw("abbot", 0..<3)
        try workshop.draw("bishop", 0..<2)
        try workshop.makeIndex()
        let file = folder.path + "/all.jsonl"
        let exported = try AkinProgram.run("index", "export", workshop.index, file, "--json").json()
        #expect(exported["exported"] as? Int == 5 && exported["dimension"] as? Int == 8)
        #expect(exported["files"] as? [String] == [file])
        try AkinProgram.run("index", "export", workshop.index, file).expectFailure(
            "'\(file)' is there already; choose another name, or give --force")
        let pair = [folder.path + "/v.npy", folder.path + "/i.csv"]
        let text = try AkinProgram.run(["index", "export", workshop.index, "--force"] + pair)
        #expect(text.output == "5 items written to \(pair[0]) and \(pair[1])\n" && text.errors == "")

        #expect(try AkinProgram.run("index", "import", index, file).output.hasPrefix("5 added"))
        // Into the index that they come from: the pictures' own hashes came along, so all is as it was.
        #expect(try AkinProgram.run("index", "import", workshop.index, file).output.hasPrefix("5 unchanged"))
        let lists = try [workshop.index, index].map { try AkinProgram.run("index", "list", $0).output }
        #expect(lists[0] == lists[1])
        // Vectors of another backbone would get answers that mean nothing.
        #expect(try AkinProgram.run("query", index, "--vectors", file, "-k", "1").code == 0)
        let other = folder.path + "/other"
        #expect(
            try AkinProgram.run("index", "import", other, pair[0], pair[1], "--backbone-name", "mine").code
                == 0)
        try AkinProgram.run("query", other, "--vectors", file).expectFailure(
            "embeddings of backbone 'small'")
        try AkinProgram.run("index", "import", index, folder.path + "/no.npy").expectFailure(
            "\(folder.path)/no.npy: there is no such file")
        try AkinProgram.run("index", "import", folder.path + "/new", pair[1]).expectFailure(
            "'\(pair[1])' holds no vectors")
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/new"))
    }
}
