import AkinBasics
import AkinImages
import AkinIndexing
import Foundation
import TestSupport
import Testing

/// `akin learn` as a person types it.
@Suite struct LearnCommandTests {
    private let workshop: Workshop
    private var pictures: String { workshop.pictures }
    private var index: String { workshop.index }

    init() throws {
        workshop = try Workshop()
        for label in ["abbot", "bishop", "cook"] { try workshop.draw(label, 0..<5) }
    }

    private func learn(_ arguments: String...) throws -> ProgramResult {
        try AkinProgram.run(
            ["learn", pictures, "--output", index, "--backbone", "pixels", "--backbone", "hog"] + arguments)
    }

    @Test func saysWhatItFound() throws {
        let learned = try learn()
        #expect(learned.code == 0, "\(learned.errors)")
        for line in [
            "tried on 15 pictures of 3 classes:", "chosen: discriminant on ",
            "to expect on new pictures: 100.0 % (95 %",
            "to expect of a class added later, with as many pictures: 100.0 % right",
            "\(index): 15 items of 3 classes, in ",
        ] { #expect(learned.output.contains(line), "\(learned.output)") }
        #expect(try AkinProgram.run("index", "stats", index).output.contains("asked by    discriminant"))
        let asked = try workshop.folder.write("q.png", Workshop.picture(of: "cook", 40).encodedAsPNG())
        let answer = try AkinProgram.run("query", index, asked)
        #expect(answer.output.hasPrefix("cook  ") && answer.output.hasSuffix(" %  \(asked)\n"))
        let others = try AkinProgram.run(
            "query", index, asked, "--classifier", "nearest-neighbours", "-k", "1")
        #expect(others.output.hasSuffix("100 %  \(asked)\n"))
    }

    @Test func speaksJSON() throws {
        let result = try learn("--json", "--time", "20s").json()
        let chosen = try #require(result["chosen"] as? [String: Any])
        #expect((chosen["classifier"] as? [String: Any])?["name"] as? String == "discriminant")
        #expect(result["expected"] as? Double == 1 && result["index"] as? String == index)
        #expect((result["interval"] as? [Double])?.count == 2)
        let tried = try #require(result["tried"] as? [[String: Any]])
        #expect(tried.count > 4 && tried.allSatisfy { $0["accuracy"] is Double && $0["backbone"] is String })
    }

    @Test func wrongUsageIsExplained() throws {
        for time in ["0", "-3s", "5 minutes", "1e9", "nan", ""] {
            let result = try AkinProgram.run("learn", pictures, "--time", time)
            #expect(result.code == 64 && result.errors.contains("--time"), "\(time): \(result.errors)")
        }
        try AkinProgram.run("learn", pictures, "--output", index, "--backbone", "hgo")
            .expectFailure("there is no backbone 'hgo'")
        try AkinProgram.run("learn", pictures + "/nothing", "--output", index)
            .expectFailure("'\(pictures)/nothing'")
        try AkinProgram.run("learn", pictures + "/abbot", "--output", index).expectFailure("")
        #expect(!Folder.isThere(index))
        let file = try workshop.folder.write("file", "mine")
        try AkinProgram.run("learn", pictures, "--output", file).expectFailure(
            "there is something at '\(file)'")
        #expect(try learn().code == 0)
        try learn().expectFailure("'\(index)' is an index already")
    }

    @Test func writesAPage() throws {
        let page = try workshop.folder.write("a page.html", "old")
        let recipe = workshop.folder.path + "/it's.yaml"
        let learned = try learn("--report", page, "--recipe", recipe, "--force")
        #expect(learned.code == 0, "\(learned.errors)")
        #expect(learned.output.contains("\nreport: \(page)\n"))
        let html = try String(contentsOfFile: page, encoding: .utf8)
        for text in [
            "<pre>akin query \(index) picture.jpg</pre>",
            "akin run &#39;\(workshop.folder.path)/it&#39;\\&#39;&#39;s.yaml&#39;",
            "100.0&nbsp;%", "</html>",
        ] { #expect(html.contains(text), "\(text)") }
        try Folder.remove(index)
        #expect(try learn("--json", "--report", page, "--force").json()["index"] as? String == index)
    }

    @Test func makesTheFoldersOnTheWayToItsIndex() throws {
        let place = workshop.folder.path + "/new/deep/"
        let learned = try AkinProgram.run("learn", pictures, "--output", place, "--backbone", "pixels")
        #expect(learned.code == 0, "\(learned.errors)")
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: workshop.folder.path + "/new") == ["deep"])
        #expect(try EmbeddingIndex(opening: place, readOnly: true).count == 15)
    }

    @Test func aPageIsRefusedBeforeTheWork() throws {
        let picture = pictures + "/abbot/0.png"
        let before = try Data(contentsOf: URL(filePath: picture))
        let refused = try learn("--report", picture, "--force")
        refused.expectWrongUsage("'\(picture)' is a picture's name")
        // The usage is that of the command which has found it out.
        #expect(
            refused.errors.contains("\nUsage: akin learn ")
                && refused.errors.hasSuffix("  See 'akin learn --help' for more information.\n"),
            "\(refused.errors)")
        let list = try workshop.folder.write("list.html", "mine")
        try learn("--report", list).expectFailure("can't write \(list): it is there already")
        let nowhere = workshop.folder.path + "/nowhere/page.html"
        try learn("--report", nowhere).expectFailure(
            "can't write \(nowhere): No such file or directory; make the folder")
        try learn("--report", index).expectFailure("'\(index)' is where the index is to be")
        try learn("--report", "x.html", "--recipe", "x.html").expectFailure("'x.html' is to be written twice")
        try learn("--report", "").expectWrongUsage("A path is empty")
        #expect(try Data(contentsOf: URL(filePath: picture)) == before && !Folder.isThere(index))
    }

    /// The index is there; the page is not, nor a part of it.
    @Test(.enabled(if: SmallDisk.available, "\(SmallDisk.advice)")) func aFullDiskHoldsNoPage() throws {
        let disk = try SmallDisk(megabytes: 1)
        defer { extendLifetime(disk) }
        disk.fill()
        let learned = try learn("--report", disk.path + "/page.html")
        #expect(learned.code == 1 && learned.output.contains("chosen: "), "\(learned.errors)")
        #expect(learned.errors.contains("page.html: No space left on device; make room on the disk"))
        #expect(try Folder.entries(disk.path).map(\.name) == ["filler"])
        #expect(try EmbeddingIndex(opening: index, readOnly: true).faults().isEmpty)
        // Nor an index, which is called as it was to be.
        let place = disk.path + "/index"
        let unbuilt = try AkinProgram.run("learn", pictures, "--output", place, "--backbone", "pixels")
        #expect(
            unbuilt.code == 1 && unbuilt.errors.contains("'\(place)': No space left"), "\(unbuilt.errors)")
    }

    /// Ctrl-C while backbones are tried: the best so far becomes the index.
    @Test func ctrlCTakesTheBest() throws {
        for label in ["abbot", "bishop", "cook", "dean"] {
            for number in 5..<105 { try workshop.draw(label, number..<number + 1, side: 300) }
        }
        let page = workshop.folder.path + "/page.html"
        let learning = try AkinProgram.start([
            "learn", pictures, "--output", index, "--backbone", "pixels", "--backbone", "hog", "--backbone",
            "shapes", "--json", "--report", page,
        ])
        usleep(700_000)
        learning.send(signal: SIGINT)
        let outcome = learning.wait()
        if outcome.code == 0 {
            #expect(try EmbeddingIndex(opening: index, readOnly: true).faults().isEmpty)
            #expect(try String(contentsOfFile: page, encoding: .utf8).hasSuffix("</html>\n"))
        } else {
            outcome.expectFailure("interrupted", code: 130)
            #expect(!Folder.isThere(index) && !Folder.isThere(page))
        }
        #expect(!Folder.isThere(index + ".part"))
    }
}
