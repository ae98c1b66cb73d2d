import Akin
import Foundation
import TestSupport
import Testing

/// Evaluations, as a program does them that is not `akin`.
@Suite struct EvaluationJobsTests {
    private let workshop: Workshop
    private var folder: String { workshop.folder.path }

    init() throws {
        workshop = try Workshop()
        for label in ["abbot", "bishop", "cook"] { try workshop.draw(label, 0..<4) }
    }

    @Test func leavesOneOut() throws {
        try workshop.makeIndex()
        let recorder = Recorder()
        let report = try EvaluateLeaveOneOut(workshop.place, classifier: .nearestNeighbours(k: 100))
            .run(recorder.monitor)
        #expect(report.items == 12)
        #expect(recorder.notes.count == 1 && recorder.notes[0].hasPrefix("k is 100"))
        #expect(report.sheet().html.contains("<h2>Mistakes</h2>"))
        #expect(
            "\(try #require(throws: (any Error).self) { try EvaluateLeaveOneOut(workshop.place, byGroup: true).run(Monitor()) })"
                .hasPrefix("no image has a group"))
    }

    @Test func asksAboutPicturesHeldOut() throws {
        try workshop.makeIndex()
        for label in ["abbot", "cook"] {
            try workshop.folder.write(
                "held/\(label)/9.png", Workshop.picture(of: label, 9).encodedAsPNG())
        }
        try workshop.folder.write("held/cook/broken.png", "no picture")
        let recorder = Recorder()
        let result = try EvaluateHeldOut(
            workshop.place, on: [folder + "/held"], classifier: .nearestNeighbours(k: 1)
        ).run(recorder.monitor)
        #expect(result.report.items == 2 && result.report.errors == 0)
        #expect(result.skipped.count == 1 && result.answers.map(\.label) == ["abbot", "cook"])
        #expect(try keys(of: result) == keys(of: result.report))
        #expect(recorder.titles == ["embedding"])
        #expect(result.sheet().html.contains("<img"))
        #expect(
            try interruption(EvaluateHeldOut(workshop.place, on: [folder + "/held"]), after: 1)
                == .wroteNothing)

        try workshop.folder.write("none/cook/broken.png", "no picture")
        let error = try #require(throws: JobError.self) {
            try EvaluateHeldOut(workshop.place, on: [folder + "/none"]).run(Monitor())
        }
        guard case .noUsablePicture(1, let first) = error else { throw error }
        #expect(first.source.path == folder + "/none/cook/broken.png")
    }

    /// By a checkpoint, by an index, and by a backbone that is no checkpoint.
    @Test func episodesAndPairsOfAnyBackbone() throws {
        try workshop.makeIndex()
        let models = [
            try MeasuredBackbone(at: workshop.backbone), try MeasuredBackbone(at: workshop.index),
            try MeasuredBackbone(PixelBackbone()),
        ]
        for model in models {
            let settings = Episodes.Settings(ways: 3, shots: 1, count: 20, withinGroup: false, seed: 1)
            let episodes = try EvaluateEpisodes(model, on: workshop.pictures, settings).run(Monitor())
            #expect(episodes.report.accuracy == 1 && episodes.report.metric == .l2)
            let pairs = try EvaluatePairs(model, on: workshop.pictures, count: 36).run(Monitor())
            #expect(pairs.report.pairs == 36 && pairs.report.auroc > 0.9)
            #expect(try keys(of: pairs) == keys(of: pairs.report))
        }
        let learned = try MeasuredBackbone(PixelBackbone(isLearned: true), metric: .learnedL1)
        #expect(try EvaluatePairs(learned, on: workshop.pictures).run(Monitor()).report.metric == .learnedL1)
        #expect(throws: JobError.noLearnedMetric(backbone: "pixels")) {
            try MeasuredBackbone(PixelBackbone(), metric: .learnedL1)
        }
        #expect(throws: HeadError.self) {
            try MeasuredBackbone(at: workshop.backbone, metric: .learnedL1)
        }
    }

    @Test func runs() throws {
        var answers = ""
        for (i, label) in ["abbot", "bishop", "cook"].enumerated() {
            for (file, number) in [("training/class0\(i + 1)", 40), ("test/item0\(3 - i)", 50)] {
                try workshop.folder.write(
                    "runs/run01/\(file).png", Workshop.picture(of: label, number).encodedAsPNG())
            }
            answers += "run01/test/item0\(3 - i).png run01/training/class0\(i + 1).png\n"
        }
        try workshop.folder.write("runs/run01/class_labels.txt", answers)
        let result = try EvaluateRuns(try MeasuredBackbone(PixelBackbone()), on: folder + "/runs")
            .run(Monitor())
        #expect(result.report.items == 3 && result.report.errors == 0)
    }
}
