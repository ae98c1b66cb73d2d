import Akin
import Foundation
import Synchronization
import TestSupport
import Testing

/// Calibrating an index, as a program does it that is not `akin`.
@Suite struct CalibrateIndexTests {
    private let workshop: Workshop
    private var place: IndexPlace { workshop.place }

    init() throws {
        workshop = try Workshop()
        for label in ["abbot", "bishop", "cook", "dean"] { try workshop.draw(label, 0..<5) }
        try workshop.makeIndex()
    }

    private func picture(_ label: String, _ number: Int) throws -> String {
        try workshop.folder.write(
            "queries/\(label)\(number).png", Workshop.picture(of: label, number).encodedAsPNG())
    }

    /// Bright on its whole left side, as none of the classes is.
    private func stranger() throws -> String {
        let pixels = (0..<400).map { UInt8(($0 % 20 < 10 ? 200 : 30) + $0 % 7) }
        return try workshop.folder.write(
            "queries/stranger.png", Image(width: 20, height: 20, channels: 1, trusted: pixels).encodedAsPNG())
    }

    private func index() throws -> EmbeddingIndex { try EmbeddingIndex(opening: workshop.index) }

    /// Fifteen of twenty voters outvote any class of five; others see every class.
    @Test func addingTellsThatAnotherClassifierWouldBeBetter() throws {
        let notes = Mutex<[Notice]>([])
        let monitor = Monitor(note: { notice in notes.withLock { $0.append(notice) } })
        func added(_ label: String) throws -> [Notice] {
            notes.withLock { $0 = [] }
            try AddPictures([picture(label, 7)], to: place, label: label).run(monitor)
            return notes.withLock { $0 }.filter { if case .betterClassifier = $0 { true } else { false } }
        }
        #expect(try added("cook").isEmpty)
        try index().setClassifier(.nearestNeighbours(k: 18))
        let said = try added("dean")
        guard case .betterClassifier(let better, let right, let current, let rightNow)? = said.first else {
            Issue.record("\(said)")
            return
        }
        #expect(current == .nearestNeighbours(k: 18) && right > 0.9 && rightNow < 0.6 && better != current)
        // It is said, not done.
        #expect(try index().classifier == .nearestNeighbours(k: 18))
        // Nothing new, nothing to say.
        #expect(try added("dean").isEmpty)
    }

    @Test func isKeptHeededAndTakenBack() throws {
        #expect(try index().calibration == nil && index().classifier == nil)
        let recorder = Recorder()
        let result = try CalibrateIndex(place).run(recorder.monitor)
        #expect(recorder.titles == ["leaving each out"])
        #expect(result.tried[0].classifier == result.calibration.classifier && result.tried.count == 5)
        #expect(result.tried[0].accuracy == 1 && result.calibration.items == 20)
        #expect(
            try keys(of: result) == [
                "classifier", "tried", "items", "classes", "strangers_known", "interval", "own_known",
            ])
        let border = try #require(result.calibration.border)
        #expect(border.strangersKnown <= 0.05 && border.ownKnown ?? 0 >= 0.5)
        #expect(try index().calibration == result.calibration)
        #expect(try index().classifier == result.calibration.classifier)
        let change = try #require(try index().history().first)
        #expect(change.verb == .calibrate && change.summary == "\(result.calibration.classifier)")
        #expect(try VerifyIndex(place).run(Monitor()).isSound)
        let described = try DescribeIndex(place).run(Monitor())
        #expect(described.calibration == result.calibration)

        let answers = try Query([picture("cook", 9), stranger()], in: place).run(Monitor())
            .answers
        #expect(answers[0].label == "cook" && answers[0].verdict == .known && answers[0].alternatives == nil)
        #expect(answers[1].verdict == .unknown)
        #expect(answers[0].margin > 0 && answers[0].ranking.first?.label == "cook")

        // Another after it, with a classifier that was asked for.
        let second = try CalibrateIndex(place, classifier: .classMean, strangersKnown: 0.2).run(Monitor())
        #expect(second.tried.map(\.classifier) == [.classMean] && second.calibration.classifier == .classMean)
        #expect(border.askedFor == 0.05)
        // Asked for once, it holds for the next time.
        let third = try CalibrateIndex(place).run(Monitor())
        #expect(third.calibration.border?.askedFor == 0.2)
        try UndoChange(of: place).run(Monitor())
        try UndoChange(of: place).run(Monitor())
        #expect(try index().calibration == result.calibration)
        #expect(try index().classifier == result.calibration.classifier)
        try UndoChange(of: place).run(Monitor())
        #expect(try index().calibration == nil && index().classifier == nil)
        #expect(
            try Query([stranger()], in: place).run(Monitor()).answers[0].verdict != .unknown)
    }

    /// What was found out of other embeddings does not hold for new ones; taken back, it does again.
    @Test func aRebuildForgetsIt() throws {
        let result = try CalibrateIndex(place, classifier: .ridge).run(Monitor())
        try RebuildIndex(place, with: PixelDescriptor(.grey)).run(Monitor())
        #expect(try index().calibration == nil && index().classifier == .ridge)
        try UndoChange(of: place).run(Monitor())
        #expect(try index().calibration == result.calibration && index().classifier == .ridge)
        #expect(try VerifyIndex(place).run(Monitor()).isSound)
    }

    /// Of an index that has grown since, it is said.
    @Test func anIndexThatHasGrown() throws {
        try CalibrateIndex(place).run(Monitor())
        try workshop.draw("earl", 0..<5)
        try AddPictures([workshop.pictures], to: place).run(Monitor())
        let recorder = Recorder()
        try Query([picture("earl", 7)], in: place).run(recorder.monitor)
        #expect(
            recorder.notes.contains { $0.hasPrefix("the index was calibrated when it had 20 items; with 25") }
        )
    }

    /// Calibrated by a program whose classifiers had other rules, it says so and goes on to answer.
    @Test func otherRules() throws {
        try CalibrateIndex(place, classifier: .ridge).run(Monitor())
        let index = try index()
        var record = String(decoding: try #require(try index.calibrationRecord), as: UTF8.self)
        record.replace(#/"revision":\d+/#, with: "\"revision\":1")
        try index.setAnswering(
            classifier: index.classifierRecord ?? [], calibration: Array(record.utf8),
            as: PendingChange(.calibrate, "ridge"))
        #expect(try index.calibration?.isCurrent == false)
        #expect(try index.calibration?.meaning.first == Calibration.ofOtherRules)
        let recorder = Recorder()
        try Query([picture("abbot", 7)], in: place).run(recorder.monitor)
        #expect(recorder.notes.contains { $0.hasPrefix("the index was calibrated by another version") })
        try CalibrateIndex(place, classifier: .ridge).run(Monitor())
        #expect(try self.index().calibration?.isCurrent == true)
    }

    @Test func cancelledItChangesNothing() throws {
        #expect(try interruption(CalibrateIndex(place), after: 2) == .changedNothing)
        #expect(try index().history().count == 1 && index().calibration == nil)
    }

    @Test func oneClass() throws {
        let other = try Workshop()
        try other.draw("abbot", 0..<3)
        try other.makeIndex()
        #expect(throws: JobError.indexOfOneClass(other.index, label: "abbot")) {
            try CalibrateIndex(other.place).run(Monitor())
        }
        try other.draw("bishop", 0..<3)
        try AddPictures([other.pictures], to: other.place).run(Monitor())
        let result = try CalibrateIndex(other.place).run(Monitor())
        #expect(result.calibration.silence == .fewClasses && result.calibration.border == nil)
        #expect(try keys(of: result).contains("no_unknown"))
    }
}
