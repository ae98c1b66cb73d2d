import AkinImages
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
        #expect(
            text.hasPrefix("dog  ") && text.contains("q.tsv#0\n")
                && FileManager.default.fileExists(atPath: sheet))

        try AkinProgram.run("query", index, "--vectors", try folder.write("w.tsv", "1\n"))
            .expectFailure("")
        try AkinProgram.run("query", index).expectWrongUsage(
            "Name the pictures to ask about, or else give --files-from or --vectors")
        try AkinProgram.run("query", index, questions, "--vectors", questions)
            .expectWrongUsage("Give only one of pictures, --files-from and --vectors")
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

    /// As `relabel --from` and a manifest do.
    @Test func aLabelThatASpreadsheetHasMadeIsNotImported() throws {
        let vectors = try folder.write("v.tsv", "1\t0\n0\t1\n")
        func imported(_ rows: String) throws -> ProgramResult {
            let items = try folder.write("i.csv", "label,source\n" + rows)
            return try AkinProgram.run(
                "index", "import", index, vectors, items, "--backbone-name", "counts")
        }
        let refusal = "line 3: '7' looks like what a spreadsheet makes of '007'"
        let mixed = try imported("'007,a\n7,b\n")
        #expect(mixed.code == 1 && mixed.errors.contains(refusal), "\(mixed.errors)")
        #expect(!FileManager.default.fileExists(atPath: index))
        #expect(try imported("007,a\nking,b\n").code == 0)
        let changed = try imported("king,c\n7,d\n")
        #expect(changed.code == 1 && changed.errors.contains(refusal), "\(changed.errors)")
        #expect(try imported("king,c\n'7,d\n").code == 0)
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
            "can't write \(file): it is there already; choose another name, or give --force")
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

    /// Out into a spreadsheet and back, whatever separates its fields; what a spreadsheet would change is marked.
    @Test(arguments: [",", ";", "\t"]) func labelsComeBackFromASpreadsheet(separator: String) throws {
        let labels = ["007", "3/4", "1E5", "=1+1", "König; Äbte", "'s-Hertogenbosch", "'007", "plain"]
        for (number, label) in labels.enumerated() {
            let picture = try folder.write(
                "flat/\(number).png", Workshop.picture(of: "abbot", number).encodedAsPNG())
            if number == 0 {
                #expect(
                    try AkinProgram.run("index", "create", workshop.index, "--backbone", workshop.backbone)
                        .code == 0)
            }
            #expect(
                try AkinProgram.run("index", "add", workshop.index, picture, "--label=\(label)").code == 0)
        }
        // A folder may be called so, and a blank cannot be seen in a table.
        try folder.write("kinds/ blank/8.png", Workshop.picture(of: "abbot", 8).encodedAsPNG())
        #expect(try AkinProgram.run("index", "add", workshop.index, folder.path + "/kinds").code == 0)
        let table = folder.path + "/labels.csv"
        try AkinProgram.run("index", "export", workshop.index, table).expectText(
            "9 items written to \(table)\n")
        let text = try String(contentsOfFile: table, encoding: .utf8)
        for cell in [
            "'007", "'3/4", "'1E5", "'=1+1", "\"König; Äbte\"", ",'s-Hertogenbosch", "''007", ",plain,",
        ] {
            #expect(text.contains(cell), "\(text)")
        }
        // As a spreadsheet saves it with other separators: nothing is changed.
        let rows = text.replacing("\"König; Äbte\"", with: "KA").replacing(",", with: separator)
            .replacing("KA", with: "\"König; Äbte\"")
        try folder.write("labels.csv", rows)
        try AkinProgram.run("index", "relabel", workshop.index, "--from", table).expectText(
            "0 items now relabelled, 9 unchanged\n")
        // One corrected; tried first.
        try folder.write("labels.csv", rows.replacing("plain", with: "'4/5"))
        let trial = try AkinProgram.run("index", "relabel", workshop.index, "--from", table, "--dry-run")
        #expect(trial.code == 0 && trial.output.contains("plain  ->  4/5"), "\(trial.output)")
        #expect(trial.output.hasSuffix("1 item would be relabelled, 8 unchanged\n"))
        #expect(trial.errors == "akin: note: a new label: '4/5'\n", "\(trial.errors)")
        #expect(try AkinProgram.run("index", "stats", workshop.index, "--json").output.contains("plain"))
        let made = try AkinProgram.run("index", "relabel", workshop.index, "--from", table, "--json").json()
        #expect(made["relabelled"] as? Int == 1 && made["unchanged"] as? Int == 8)
        #expect((made["changes"] as? [[String: Any]])?.first?["to"] as? String == "4/5")
        // The content is known still, and it is one change.
        #expect(
            try AkinProgram.run("index", "add", workshop.index, folder.path + "/flat/7.png", "--label=4/5")
                .output
                .hasPrefix("1 unchanged"))
        #expect(try AkinProgram.run("index", "undo", workshop.index).code == 0)
        #expect(try AkinProgram.run("index", "stats", workshop.index, "--json").output.contains("plain"))
    }

    /// Nothing is changed where one row is wrong.
    @Test func whatASpreadsheetHasChangedIsRefused() throws {
        for (number, label) in ["007", "3/4", "king"].enumerated() {
            try folder.write("flat/\(number).png", Workshop.picture(of: "abbot", number).encodedAsPNG())
            if number == 0 {
                #expect(
                    try AkinProgram.run("index", "create", workshop.index, "--backbone", workshop.backbone)
                        .code == 0)
            }
            #expect(
                try AkinProgram.run(
                    "index", "add", workshop.index, "\(folder.path)/flat/\(number).png", "--label=\(label)"
                )
                .code == 0)
        }
        func refusal(_ rows: String) throws -> String {
            let table = try folder.write("labels.csv", rows)
            let outcome = try AkinProgram.run("index", "relabel", workshop.index, "--from", table)
            #expect(outcome.code == 1 && outcome.output == "", "\(rows): \(outcome.output)")
            return outcome.errors
        }
        #expect(
            try refusal("id,label\n3,queen\n1,7\n").contains(
                "line 3: '7' looks like what a spreadsheet makes of '007'"))
        for made in ["04.03.2026", "3. Apr", "0.75", "46085"] {
            #expect(try refusal("id,label\n2,\(made)\n").contains("makes of '3/4'"), "\(made)")
        }
        #expect(try refusal("id,label\n3,7\n").contains("makes of '007'"))
        #expect(
            try refusal("id,label\n1,7\n2,4-Mar\n9,a\n").contains(
                "wrong too: lines 3, 4; nothing was changed"))
        #expect(try refusal("id,label\n9,a\n").contains("no item '9'"))
        #expect(try refusal("id,source,label\n1,/nowhere.png,a\n").contains("comes from"))
        #expect(try refusal("id,label\n3,a\n3,b\n").contains("the item is 'a' on line 2 and 'b' here"))
        #expect(try refusal("id,label\n3,\n").contains("line 2: the label is empty"))
        #expect(try refusal("id,name\n3,a\n").contains("must name the column label"))
        #expect(try refusal("").contains("labels.csv"))
        #expect(try refusal("id,label\n3\n").contains("line 2"))
        let names =
            try AkinProgram.run("index", "stats", workshop.index, "--json").json()["labels"] as? [String: Int]
        #expect(names == ["007": 1, "3/4": 1, "king": 1])
        // Meant so, it is taken; by the source as well, and one that is nearly there is asked about.
        try folder.write(
            "labels.csv", "source;label\n;\n\(folder.path)/flat/0.png; kong \n\(folder.path)/flat/2.png;'7\n")
        let taken = try AkinProgram.run(
            "index", "relabel", workshop.index, "--from", folder.path + "/labels.csv")
        #expect(taken.code == 0 && taken.output.hasSuffix("2 items now relabelled, 0 unchanged\n"))
        #expect(taken.errors.contains("'kong' (did you mean 'king'?)"), "\(taken.errors)")
        try AkinProgram.run("index", "relabel", workshop.index, "--from", "x.csv", "--to", "a")
            .expectWrongUsage("--from says")
        try AkinProgram.run("index", "relabel", workshop.index, "--label", "king").expectWrongUsage("--to")
        try AkinProgram.run("index", "relabel", workshop.index, "--to", "king").expectWrongUsage(
            "No items are named")
    }

    @Test func whatWouldBeDoneIsTold() throws {
        try workshop.draw("abbot", 0..<3)
        try workshop.makeIndex()
        for words in [
            ["remove", workshop.index, "--id", "1"],
            ["relabel", workshop.index, "--id", "1", "--to", "abbott"],
        ] {
            let outcome = try AkinProgram.run(["index"] + words + ["--dry-run"])
            #expect(outcome.code == 0 && outcome.output.contains("\n1 item would be "), "\(outcome.output)")
        }
        let stats = try AkinProgram.run("index", "stats", workshop.index, "--json").json()
        #expect(stats["items"] as? Int == 3 && (stats["labels"] as? [String: Int]) == ["abbot": 3])
        try AkinProgram.run("index", "remove", workshop.index, "--id", "9", "--dry-run").expectFailure(
            "there is no item 9")
        let long = String(repeating: "x", count: 2000)
        let tried = try AkinProgram.run(
            "index", "relabel", workshop.index, "--id", "1", "--to", long, "--dry-run")
        let made = try AkinProgram.run("index", "relabel", workshop.index, "--id", "1", "--to", long)
        #expect(tried.code == 1 && tried.errors == made.errors, "\(tried.errors)")
        try AkinProgram.run("index", "remove", workshop.index).expectWrongUsage("No items are named")
    }
}

extension ProgramResult {
    fileprivate func expectText(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(code == 0 && output == text, "\(output)\(errors)", sourceLocation: sourceLocation)
    }
}
