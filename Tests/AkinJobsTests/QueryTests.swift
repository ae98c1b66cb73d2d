import Akin
import Foundation
import TestSupport
import Testing

/// Asking an index, as a program does it that is not `akin`.
@Suite struct QueryTests {
    private let workshop: Workshop
    private var place: IndexPlace { workshop.place }

    init() throws {
        workshop = try Workshop()
        for label in ["abbot", "bishop", "cook"] { try workshop.draw(label, 0..<4) }
        try workshop.makeIndex()
    }

    private func write(_ label: String, _ number: Int) throws -> String {
        try workshop.folder.write(
            "queries/\(label)\(number).png", Workshop.picture(of: label, number).encodedAsPNG())
    }

    @Test func inThreeLines() throws {
        let pictures = [try write("cook", 7), try write("abbot", 7)]
        let result = try Query(pictures, in: place).run(Monitor())
        #expect(result.answers.map(\.label) == ["cook", "abbot"])
        #expect(result.answers.map(\.source.path) == pictures && result.skipped.isEmpty)
        #expect(
            try keys(of: result.answers[0]) == [
                "source", "label", "verdict", "confidence", "margin", "ranking", "neighbours",
            ])
    }

    @Test func answersComeAsTheyAreFound() throws {
        _ = try write("cook", 7)
        let broken = try workshop.folder.write("queries/broken.png", "no picture")
        var query = Query([workshop.folder.path + "/queries"], in: place)
        query.classifier = .nearestNeighbours(k: 100)
        query.sheet = workshop.folder.path + "/sheet.html"
        let recorder = Recorder()
        var labels: [String] = []
        let summary = try query.run(recorder.monitor) { labels += $0.map(\.label) }
        #expect(labels.count == 1 && summary.answered == 1)
        #expect(summary.skipped.map(\.source.path) == [broken])
        #expect(recorder.titles == ["answering"])
        #expect(
            recorder.notes == ["k is 100, but there are only 12 items; all of them vote"]
                || recorder.notes.first?.hasPrefix("k is 100") == true)
        #expect(
            try String(contentsOfFile: workshop.folder.path + "/sheet.html", encoding: .utf8).contains("<img")
        )
    }

    /// An error of whoever takes the answers ends it.
    @Test func stopsWhereNobodyListens() throws {
        struct Full: Error {}
        let query = Query([try write("cook", 7)], in: place)
        #expect(throws: Full.self) { try query.run(Monitor()) { _ in throw Full() } }
    }

    @Test func vectorsAmongSomeItems() throws {
        let other = IndexPlace.folder(workshop.folder.path + "/vectors")
        let file = try workshop.writeVectors("v.npy", rows: 300, dimension: 4)
        try ImportItems([file], into: other).run(Monitor())
        var query = Query(about: .vectors(file), in: other)
        query.scope.excluding = Exclusion(ids: [1])
        query.listing = 1
        query.classifier = .nearestNeighbours(k: 1)
        let result = try query.run(Monitor())
        #expect(result.answers.count == 300)
        #expect(result.answers[0].source == Source("\(file)#0"))
        #expect(result.answers[0].neighbours.map(\.id) == [2])
        #expect(result.answers[5].neighbours.map(\.id) == [6])
    }

    @Test func whatTheIndexHasNotIsSaid() throws {
        func refused(_ scope: ItemScope) throws -> JobError {
            try #require(throws: JobError.self) {
                try Query(about: .pictures([try write("cook", 7)]), in: place, scope: scope).run(Monitor())
            }
        }
        #expect(
            try refused(ItemScope(filter: ItemFilter(labels: ["cock"])))
                == .unknownLabel("cock", nearest: "cook"))
        #expect(
            try refused(ItemScope(filter: ItemFilter(groups: ["page 1"])))
                == .unknownGroup("page 1", nearest: nil))
    }
}
