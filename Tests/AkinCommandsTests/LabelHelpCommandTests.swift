import AkinImages
import Foundation
import TestSupport
import Testing

/// `akin check`, `akin discover`, `akin evaluate shots` and the receipt of `akin index add`, as a user runs them.
@Suite struct LabelHelpCommandTests {
    private let workshop: Workshop
    private var index: String { workshop.index }

    init() throws {
        workshop = try Workshop()
        for label in ["abbot", "bishop", "cook"] { try workshop.draw(label, 0..<5) }
    }

    @Test func check() throws {
        try workshop.folder.write(
            "pictures/cook/wrong.png", Workshop.picture(of: "abbot", 40).encodedAsPNG())
        try workshop.makeIndex()
        let sheet = workshop.folder.path + "/check.html"
        let told = try AkinProgram.run("check", index, "--sheet", sheet)
        #expect(told.code == 0 && told.errors == "", "\(told.errors)")
        #expect(told.output.contains(" of 16 items may be wrong, by ridge"), "\(told.output)")
        #expect(told.output.contains("wrong.png") && told.output.hasSuffix("sheet: \(sheet)\n"))
        let page = try String(contentsOfFile: sheet, encoding: .utf8)
        #expect(page.contains("akin check \(index) --sheet \(sheet)</code>"), "\(page.suffix(800))")
        let json = try AkinProgram.run("check", index, "--json", "--no-pictures").json()
        let suspects = try #require(json["suspects"] as? [[String: Any]])
        #expect((suspects.first?["source"] as? String)?.hasSuffix("wrong.png") == true)
        #expect(suspects.first?["proposed"] as? String == "abbot")
        let item = workshop.pictures + "/abbot/0.png"
        try AkinProgram.run("check", index, "--sheet", item, "--force").expectWrongUsage(
            "'\(item)' is a picture's name")
        try AkinProgram.run("check", index, "--limit=-1").expectWrongUsage("--limit must not be negative")
    }

    @Test func receipt() throws {
        try workshop.makeIndex()
        try workshop.draw("dean", 0..<3)
        let added = try AkinProgram.run("index", "add", index, workshop.pictures)
        #expect(
            added.output.contains("\ndean (new): 3 of 3 right when left out"), "\(added.output)")
        #expect(added.output.contains("no older picture's answer became right or wrong"), "\(added.output)")
    }

    @Test func discover() throws {
        try workshop.makeIndex()
        for number in 10..<14 {
            try workshop.folder.write(
                "scans/\(number).png", Workshop.picture(of: "dean", number).encodedAsPNG())
        }
        let manifest = workshop.folder.path + "/found.csv"
        let told = try AkinProgram.run(
            "discover", index, workshop.folder.path + "/scans", "--output", manifest, "--next", "2")
        #expect(told.code == 0 && told.errors == "", "\(told.errors)")
        #expect(told.output.hasPrefix("4 pictures: ") && told.output.contains("what to label next"))
        #expect(told.output.contains("--add 1=LABEL") && told.output.contains("found.html"), "\(told.output)")
        #expect(try String(contentsOfFile: manifest, encoding: .utf8).contains(",cluster-1\n"))
        let added = try AkinProgram.run("discover", index, manifest, "--add", "1=dean", "--json").json()
        #expect(added["added"] as? Int == 4)
        let again = try AkinProgram.run("discover", index, manifest, "--add", "1=dean")
        #expect(again.output.hasPrefix("4 unchanged"), "\(again.output)")
        #expect(try AkinProgram.run("index", "undo", index).output.hasPrefix("taken back: add"))
        try AkinProgram.run("discover", index, manifest, "--add", "9=x").expectFailure(
            "there is no cluster 9")
        try AkinProgram.run("discover", index, "scans", "--add", "1=x").expectWrongUsage(
            "--add takes the CSV file")
        try AkinProgram.run("discover", index, manifest, "--add", "one=x").expectWrongUsage("one=x")
    }

    @Test func shotsAndAveragedQueries() throws {
        try workshop.makeIndex()
        let curve = workshop.folder.path + "/curve.svg"
        let told = try AkinProgram.run("evaluate", "shots", index, "--draws", "2", "--svg", curve)
        #expect(told.code == 0 && told.output.contains("need no more"), "\(told.output)\(told.errors)")
        let json = try AkinProgram.run("evaluate", "shots", index, "--json").json()
        #expect((json["points"] as? [Any])?.count == 4 && json["draws"] as? Int == 10)
        let picture = workshop.pictures + "/cook/1.png"
        let answer = try AkinProgram.run("query", index, picture, "--augment-query", "--json").json()
        #expect(answer["label"] as? String == "cook")
        try AkinProgram.run("query", index, "--vectors", "v.npy", "--augment-query")
            .expectWrongUsage("--augment-query is about images")
    }
}
