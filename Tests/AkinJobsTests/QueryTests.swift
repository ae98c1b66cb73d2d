import Akin
import Foundation
import Synchronization
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
                "input", "source", "label", "verdict", "calibrated", "confidence", "margin", "ranking",
                "neighbours",
            ])
    }

    @Test func answersComeAsTheyAreFound() throws {
        _ = try write("cook", 7)
        let broken = try workshop.folder.write("queries/broken.png", "no picture")
        var query = Query([workshop.folder.path + "/queries"], in: place)
        query.classifier = .nearestNeighbours(k: 100)
        query.sheet = OutputFile(workshop.folder.path + "/sheet.html")
        let recorder = Recorder()
        var labels: [String] = []
        let summary = try query.run(recorder.monitor) { labels += $0.compactMap(\.answer?.label) }
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

    /// One reply for each input, in their order, as they were given: twice the same, one that is not there, a folder, a link.
    @Test func oneReplyForEachInput() throws {
        let good = try write("cook", 7)
        let folder = workshop.folder.path + "/queries"
        try workshop.folder.write("queries/broken.png", "no picture")
        try workshop.folder.write("empty/readme.txt", "no picture either")
        try FileManager.default.createSymbolicLink(
            atPath: workshop.folder.path + "/link", withDestinationPath: good)
        let inputs = [
            good, good, "nowhere.png", folder + "/./cook7.png", workshop.folder.path + "/link", "",
            folder + "/",
        ]
        var replies: [QueryReply] = []
        let summary = try Query(inputs + [workshop.folder.path + "/empty"], in: place).run(Monitor()) {
            replies += $0
        }
        let names = replies.map { reply in
            switch reply {
            case .answer(let answer): "\(answer.input) \(answer.label)"
            case .failure(let failure): "\(failure.input)!"
            }
        }
        #expect(
            names == [
                "\(good) cook", "\(good) cook", "nowhere.png!", "\(folder)/./cook7.png cook",
                "\(workshop.folder.path)/link cook", "!", "\(folder)/broken.png!", "\(folder)/cook7.png cook",
                "\(workshop.folder.path)/empty!",
            ])
        #expect(summary.answered == 5 && summary.skipped.count == 4)
        #expect(replies[1].answer?.source.path == good)
    }

    /// Gives one picture so many times, each when that before it has been answered.
    private final class Turns: Sendable {
        private let left: Mutex<Int>
        private let answered = DispatchSemaphore(value: 0)

        init(_ count: Int) {
            left = Mutex(count)
            answered.signal()
        }

        func next(_ picture: String) -> [String] {
            answered.wait()
            return left.withLock { left in
                left -= 1
                return left >= 0 ? [picture] : []
            }
        }

        func go() { answered.signal() }
    }

    /// By the index as it is then.
    @Test func aStreamIsAnsweredAtOnce() throws {
        let (picture, turns) = (try write("dean", 5), Turns(3))
        let place = IndexPlace.open(try EmbeddingIndex(opening: workshop.index))
        let query = Query(
            about: .stream { _ in turns.next(picture) }, in: place, classifier: .nearestNeighbours(k: 1))
        var labels: [String] = []
        try query.run(Monitor()) { replies in
            labels += replies.compactMap(\.answer?.label)
            if labels.count == 1 {
                try workshop.draw("dean", 0..<1)
                try AddPictures([workshop.pictures], to: place).run(Monitor())
            }
            turns.go()
        }
        #expect(labels.count == 3 && labels[0] != "dean" && labels[1...] == ["dean", "dean"])
    }

    /// What somebody else finds out about the index meanwhile counts at once.
    @Test func aStreamHeedsACalibration() throws {
        let (picture, turns) = (try write("cook", 7), Turns(2))
        let place = IndexPlace.open(try EmbeddingIndex(opening: workshop.index))
        let query = Query(about: .stream { _ in turns.next(picture) }, in: place)
        var confidences: [Float] = []
        try query.run(Monitor()) { replies in
            confidences += replies.compactMap(\.answer?.confidence)
            if confidences.count == 1 { try CalibrateIndex(place).run(Monitor()) }
            turns.go()
        }
        let plain = try Query([picture], in: place).run(Monitor()).answers[0].confidence
        #expect(confidences.count == 2 && confidences[1] == plain && confidences[0] != plain)
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
