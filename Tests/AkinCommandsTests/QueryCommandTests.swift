import AkinImages
import Foundation
import TestSupport
import Testing

/// `akin query` and `akin evaluate`, as a user runs them.
@Suite struct QueryCommandTests {
    private let workshop: Workshop
    private var index: String { workshop.index }

    init() throws {
        workshop = try Workshop()
        for label in ["abbot", "bishop", "cook"] { try workshop.draw(label, 0..<4) }
        try workshop.makeIndex()
    }

    private func write(_ label: String, _ number: Int) throws -> String {
        try workshop.folder.write(
            "queries/\(label)\(number).png", Workshop.picture(of: label, number).encodedAsPNG())
    }

    @Test(arguments: [
        ["nearest-neighbours", "-k", "3"], ["average-class-distance"], ["ridge"], ["discriminant"],
        ["discriminant:ledoit-wolf"],
        ["support-vectors", "--kernel", "linear"], ["support-vectors"], ["random-forest", "--trees", "25"],
    ])
    func answersInJSON(classifier: [String]) throws {
        let labels = ["cook", "abbot", "bishop"]
        let images = try labels.map { try write($0, 77) }
        let outcome = try AkinProgram.run(
            ["query", index] + images + ["--json", "--classifier"] + classifier)
        #expect(outcome.code == 0 && outcome.errors == "")
        let answers = try outcome.jsonLines()
        #expect(answers.map { $0["source"] as? String } == images)
        #expect(answers.map { $0["label"] as? String } == labels)
        for answer in answers {
            #expect(answer["verdict"] as? String == "known")
            #expect((0...1).contains(try #require(answer["confidence"] as? Double)))
            let neighbours = try #require(answer["neighbours"] as? [[String: Any]])
            #expect(neighbours.count == (classifier.contains("-k") ? 3 : 5))
            #expect(neighbours[0]["label"] as? String == answer["label"] as? String)
            #expect(neighbours.allSatisfy { $0["id"] is Int && $0["source"] is String })
            let distances = try neighbours.map { try #require($0["distance"] as? Double) }
            #expect(distances == distances.sorted())
        }
    }

    /// Where each item is left out by itself, nothing is said of folds.
    @Test func supportVectorsAreMeasuredByFolds() throws {
        func report(_ arguments: String...) throws -> ProgramResult {
            try AkinProgram.run(["evaluate", "leave-one-out", index, "--classifier"] + arguments)
        }
        let folds = try report("support-vectors", "--json").json()
        #expect(folds["stratified_folds"] as? Int == 10 && folds["items"] as? Int == 12)
        #expect(folds["classifier"] as? String == "support-vectors (radial)")
        let text = try report("support-vectors", "--kernel", "polynomial").output
        #expect(text.hasPrefix("10 stratified folds"))
        #expect(text.contains("support-vectors (polynomial), metric l2; 10 folds of whole items"))
        for name in ["ridge", "discriminant"] {
            let alone = try report(name, "--json").json()
            #expect(alone["stratified_folds"] == nil && alone["classifier"] as? String == name)
            #expect(try report(name).output.hasPrefix("Leave-one-out"))
        }
    }

    /// The file that standard output is may have something in it already, and gets the answers too.
    @Test func aSheetOnStandardOutput() throws {
        let log = workshop.folder.path + "/log"
        let shell = try Subprocess(
            URL(filePath: "/bin/sh"),
            [
                "-c", "echo first > \"$3\"; exec \"$0\" query \"$1\" \"$2\" --sheet /dev/stdout >> \"$3\"",
                AkinProgram.url.path, index, try write("cook", 7), log,
            ]
        ).wait()
        #expect(shell.code == 0, "\(shell.errors)")
        let text = try String(contentsOfFile: log, encoding: .utf8)
        #expect(text.hasPrefix("first\n") && text.contains("</html>") && text.contains("cook7.png"))
    }

    @Test func whatTheIndexHasNotIsSaid() throws {
        let image = try write("cook", 7)
        try AkinProgram.run("query", index, image, "--only-label", "cock").expectFailure(
            "there is no label 'cock' in the index; did you mean 'cook'?")
        try AkinProgram.run("query", index, image, "--only-group", "page 1").expectFailure(
            "no item of the index has the group 'page 1'")
        // A script that leaves out each page in turn need not know which are in the index.
        let none = try AkinProgram.run("query", index, image, "--exclude-group", "page 1", "--exclude", "99")
        #expect(none.code == 0)
        let joined = try AkinProgram.run("query", index, image, "-k1", "--only-label", "cook", "--json")
            .json()
        #expect(joined["label"] as? String == "cook" && (joined["neighbours"] as? [Any])?.count == 1)
        var all = ["query", index, image]
        for id in 1...12 { all += ["--exclude", "\(id)"] }
        try AkinProgram.run(all).expectFailure("no item of the index is left to compare with")
    }

    @Test func aNewClassIsAnsweredAtOnce() throws {
        let image = try write("dean", 5)
        #expect(
            try AkinProgram.run("query", index, image, "-k", "1", "--json").json()["label"] as? String
                != "dean")
        try workshop.draw("dean", 0..<1)
        #expect(
            try AkinProgram.run("index", "add", index, workshop.pictures).output.hasPrefix(
                "1 added, 12 unchanged"))
        #expect(
            try AkinProgram.run("query", index, image, "-k", "1", "--json").json()["label"] as? String
                == "dean")
    }

    @Test func heldOutFoldersAreCountedApart() throws {
        func folder(_ name: String, _ labels: [String]) throws -> String {
            for label in labels {
                for number in 50..<53 {
                    try workshop.folder.write(
                        "\(name)/\(label)/\(number).png", Workshop.picture(of: label, number).encodedAsPNG())
                }
            }
            return "\(workshop.folder.path)/\(name)"
        }
        let folders = [try folder("old", ["abbot", "bishop", "cook"]), try folder("new", ["dean"])]
        let sheet = workshop.folder.path + "/sheet.html"
        let report = try AkinProgram.run(
            ["evaluate", "held-out", index] + folders + ["-k", "1", "--json", "--sheet", sheet]
        ).json()
        #expect(report["items"] as? Int == 12 && report["errors"] as? Int == 3)
        #expect(report["absent"] as? [String] == ["dean"])
        let parts = try #require(report["parts"] as? [[String: Any]])
        #expect(parts.map { $0["name"] as? String } == folders)
        #expect(parts.map { $0["items"] as? Int } == [9, 3])
        #expect(parts.map { $0["errors"] as? Int } == [0, 3])
        #expect(
            try String(contentsOfFile: sheet, encoding: .utf8).contains("/old: 9 of 9 right: 100.0&nbsp;%"))

        let text = try AkinProgram.run(["evaluate", "held-out", index] + folders + ["-k", "1"]).output
        #expect(text.contains("\n  \(folders[1]): 0 of 3 right: 0.0 %"))
        let one = try AkinProgram.run("evaluate", "held-out", index, folders[0], "--json").json()
        #expect(one["parts"] == nil && one["items"] as? Int == 9)
    }

    @Test func speaksToPeopleAndWritesASheet() throws {
        let image = try write("abbot", 9)
        let sheet = workshop.folder.path + "/sheet.html"
        let outcome = try AkinProgram.run("query", index, image, "-k", "2", "--sheet", sheet, "--details")
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.count == 4)
        #expect(lines[0] == "\(image): abbot (100 %)")
        #expect(lines[1].prefix { $0 != "a" }.drop { "0. ".contains($0) }.filter(\.isNumber).count == 3)
        let short = try AkinProgram.run("query", index, image).output
        #expect(short.hasPrefix("abbot ") && short.hasSuffix(" %  \(image)\n"))
        #expect(lines[1].hasPrefix("    ") && lines[1].contains("abbot  \(workshop.pictures)/abbot/"))
        #expect(lines[3] == "sheet: \(sheet)")
        let html = try String(contentsOfFile: sheet, encoding: .utf8)
        #expect(html.contains("data:image/png;base64,") && html.contains("abbot"))
    }

    @Test func theSheetSaysWhatTheTerminalSays() throws {
        for number in 30..<40 { _ = try write(["abbot", "bishop", "cook"][number % 3], number) }
        _ = try workshop.folder.write("queries/bad.png", "no picture")
        let sheet = workshop.folder.path + "/sheet.html"
        let outcome = try AkinProgram.run(
            "query", index, workshop.folder.path + "/queries", "--sheet", sheet, "--sort", "confidence")
        let html = try String(contentsOfFile: sheet, encoding: .utf8).replacing("&nbsp;", with: " ")
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.count == 13, "\(outcome.output)")
        #expect(lines[11].hasPrefix("11 pictures: ") && html.contains("<strong>\(lines[11])</strong>"))
        #expect(html.contains("\"leastSureFirst\":true"))
        for number in 30..<40 { #expect(html.contains("\(number).png\"")) }
        for line in lines.prefix(11) {
            let words = line.split(separator: " ").map(String.init)
            #expect(html.contains(words[0]) && html.contains(words.last ?? "?"), "\(line)")
        }
        #expect(html.contains("akin query \(index) ") && html.contains("--sort confidence"))
    }

    /// Of what comes on standard input there is no file to look at.
    @Test func aPictureOnStandardInputIsShown() throws {
        let sheet = workshop.folder.path + "/sheet.html"
        let shell = try Subprocess(
            URL(filePath: "/bin/sh"),
            [
                "-c", "exec \"$0\" query \"$1\" - --sheet \"$3\" < \"$2\"", AkinProgram.url.path, index,
                try write("cook", 7), sheet,
            ]
        ).wait()
        #expect(shell.code == 0, "\(shell.errors)")
        let html = try String(contentsOfFile: sheet, encoding: .utf8)
        #expect(html.components(separatedBy: "<img data-p").count - 1 == 6)
        #expect(!html.contains("picture missing"))
    }

    @Test func goesOnPastUnreadableImages() throws {
        let good = try write("abbot", 3)
        let bad = try workshop.folder.write("queries/bad.png", "no picture")
        let outcome = try AkinProgram.run("query", index, workshop.folder.path + "/queries", "--json")
        #expect(outcome.code == 0)
        let replies = try outcome.jsonLines()
        #expect(replies.map { $0["source"] as? String } == [good, bad])
        #expect(replies[0]["label"] as? String == "abbot" && replies[0]["error"] == nil)
        #expect(replies[1]["error"] is String && replies[1]["label"] == nil)
        #expect(outcome.errors.hasPrefix("akin: skipped 1 image:\n  \(bad): "))
        let strict = try AkinProgram.run("query", index, good, bad, "--strict", "--json")
        let lines = try strict.jsonLines()
        #expect(strict.code == 1 && lines.count == 3)
        #expect((lines.last?["error"] as? [String: String])?["kind"] == "skipped")
        let none = try AkinProgram.run("query", index, bad, "nowhere.png")
        #expect(none.code == 1 && none.errors.hasPrefix("akin: error: none of 2 images can be used"))
        #expect(none.output.contains("2 pictures: 2 not read"))
    }

    @Test func tellsOfMoreNeighboursThanItems() throws {
        let outcome = try AkinProgram.run("query", index, try write("abbot", 3), "-k", "50", "--json")
        #expect(outcome.code == 0)
        #expect(
            outcome.errors
                == "akin: note: k is 50, but there are only 12 items to compare with: all of them vote\n")
        #expect((try outcome.json()["neighbours"] as? [Any])?.count == 12)
    }

    @Test func anEmptyIndexHasNoAnswers() throws {
        let empty = workshop.folder.path + "/empty index"
        #expect(try AkinProgram.run("index", "create", empty, "--backbone", workshop.backbone).code == 0)
        try AkinProgram.run("query", empty, try write("abbot", 3)).expectFailure("the index has no items")
        try AkinProgram.run("evaluate", "leave-one-out", empty).expectFailure(
            "leave-one-out needs at least 2 items")
    }

    @Test func wrongUsage() throws {
        let image = try write("abbot", 3)
        try AkinProgram.run("query", workshop.pictures, image).expectFailure(
            "'\(workshop.pictures)' is no index")
        try AkinProgram.run("query", index, image, "-k", "0").expectWrongUsage(
            "the number of neighbours is 0")
        try AkinProgram.run("query", index, image, "-k", "many").expectWrongUsage("many")
        try AkinProgram.run("query", index, image, "--classifier", "nearest-neighbors")
            .expectWrongUsage("did you mean 'nearest-neighbours'?")
        try AkinProgram.run("query", index, image, "--clasifier", "x").expectWrongUsage(
            "Did you mean '--classifier'?")
        try AkinProgram.run("query", index).expectWrongUsage("<images>")
        try AkinProgram.run("query", index, image, "--files-from", "-").expectWrongUsage(
            "Give only one of pictures, --files-from and --vectors")
        try AkinProgram.run("query", index, image, "-0").expectWrongUsage("-0 is about --files-from")
        try AkinProgram.run("query", index, "-", "-").expectWrongUsage("one standard input")
        try AkinProgram.run("query", index, image, "--json", "--details").expectWrongUsage(
            "leave out --details")
        try AkinProgram.run("query", index, "--files-from", "nowhere.txt").expectFailure(
            "nowhere.txt: there is no")
        try AkinProgram.run("query", index, "--files-from", workshop.pictures).expectFailure(
            "\(workshop.pictures): a folder, not a file")
        try AkinProgram.run("qeury", index).expectWrongUsage("Did you mean 'akin query'?")
        try AkinProgram.run("index", "ad", index).expectWrongUsage("Did you mean 'akin index add'?")
        try AkinProgram.run("evaluate", "nonsense").expectWrongUsage("'akin evaluate' has leave-one-out")
    }

    @Test func leavesOneOut() throws {
        // A class of one: it cannot be answered rightly, and is named.
        try workshop.draw("dean", 0..<1)
        #expect(try AkinProgram.run("index", "add", index, workshop.pictures).code == 0)
        let sheet = workshop.folder.path + "/mistakes.html"
        let outcome = try AkinProgram.run(
            "evaluate", "leave-one-out", index, "-k", "1", "--json", "--sheet", sheet)
        #expect(outcome.code == 0 && outcome.errors == "")
        let report = try outcome.json()
        #expect(report["items"] as? Int == 13)
        #expect(report["errors"] as? Int == 1)
        #expect(try abs(#require(report["accuracy"] as? Double) - 12 / 13) < 1e-9)
        let interval = try #require(report["interval"] as? [Double])
        #expect(interval.count == 2 && interval[0] < 12 / 13 && 12 / 13 < interval[1])
        let classes = try #require(report["classes"] as? [[String: Any]])
        #expect(classes.map { $0["label"] as? String } == ["abbot", "bishop", "cook", "dean"])
        #expect(classes.map { $0["items"] as? Int } == [4, 4, 4, 1])
        #expect(classes.map { $0["errors"] as? Int } == [0, 0, 0, 1])
        let mistakes = try #require(report["mistakes"] as? [[String: Any]])
        #expect(mistakes.count == 1)
        #expect(mistakes[0]["source"] as? String == workshop.pictures + "/dean/0.png")
        #expect(mistakes[0]["label"] as? String == "dean")
        #expect(mistakes[0]["predicted"] is String && mistakes[0]["nearest"] is String)
        #expect(mistakes[0]["distance"] is Double)
        #expect(try String(contentsOfFile: sheet, encoding: .utf8).contains("<img"))

        let text = try AkinProgram.run("evaluate", "leave-one-out", index, "-k", "1").output
        #expect(text.contains("12 of 13 right: 92.3 %") && text.contains("a single item"))
        try AkinProgram.run("evaluate", "leave-one-out", index, "--group").expectFailure(
            "no image has a group")
        let many = try AkinProgram.run("evaluate", "leave-one-out", index, "-k", "100")
        #expect(many.code == 0 && many.errors.contains("note: k is 100, but there are only 12 items"))
    }

    @Test func leavesAGroupOut() throws {
        let index = workshop.folder.path + "/grouped"
        #expect(try AkinProgram.run("index", "create", index, "--backbone", workshop.backbone).code == 0)
        var manifest = "path,label,group\n"
        for label in ["abbot", "bishop"] {
            for number in 0..<4 {
                manifest += "pictures/\(label)/\(number).png,\(label),page \(number / 2)\n"
            }
        }
        let file = try workshop.folder.write("manifest.csv", manifest)
        #expect(try AkinProgram.run("index", "add", index, file).code == 0)
        let report = try AkinProgram.run("evaluate", "leave-one-out", index, "-k", "1", "--group", "--json")
            .json()
        #expect(
            report["items"] as? Int == 8 && report["errors"] as? Int == 0
                && report["by_group"] as? Bool == true)
    }
}
