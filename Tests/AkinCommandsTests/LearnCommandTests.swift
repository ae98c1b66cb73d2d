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
            "tried on 15 pictures of 3 classes:", "chosen: ridge on ",
            "to expect on new pictures: 100.0 % (95 %",
            "to expect of a class added later, with as many pictures: 100.0 % right",
            "\(index): 15 items of 3 classes, in ",
        ] { #expect(learned.output.contains(line), "\(learned.output)") }
        #expect(try AkinProgram.run("index", "stats", index).output.contains("asked by   ridge"))
        let asked = try workshop.folder.write("q.png", Workshop.picture(of: "cook", 40).encodedAsPNG())
        let answer = try AkinProgram.run("query", index, asked)
        #expect(answer.output.hasPrefix("\(asked): cook ("))
        let others = try AkinProgram.run(
            "query", index, asked, "--classifier", "nearest-neighbours", "-k", "1")
        #expect(others.output.hasPrefix("\(asked): cook (100 %"))
    }

    @Test func speaksJSON() throws {
        let result = try learn("--json", "--time", "20s").json()
        let chosen = try #require(result["chosen"] as? [String: Any])
        #expect((chosen["classifier"] as? [String: Any])?["name"] as? String == "ridge")
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
        #expect(try learn().code == 0)
        try learn().expectFailure("'\(index)' is an index already")
    }

    /// Ctrl-C while backbones are tried: the best so far becomes the index.
    @Test func ctrlCTakesTheBest() throws {
        for label in ["abbot", "bishop", "cook", "dean"] {
            for number in 5..<105 { try workshop.draw(label, number..<number + 1, side: 300) }
        }
        let learning = try AkinProgram.start([
            "learn", pictures, "--output", index, "--backbone", "pixels", "--backbone", "hog", "--backbone",
            "shapes", "--json",
        ])
        usleep(700_000)
        learning.send(signal: SIGINT)
        let outcome = learning.wait()
        if outcome.code == 0 {
            #expect(try EmbeddingIndex(opening: index, readOnly: true).faults().isEmpty)
        } else {
            outcome.expectFailure("interrupted")
            #expect(!Folder.isThere(index))
        }
        #expect(!Folder.isThere(index + ".part"))
    }
}
