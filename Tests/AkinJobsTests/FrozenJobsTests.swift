import Akin
import Foundation
import TestSupport
import Testing

/// Jobs that train layers above a frozen part.
@Suite struct FrozenJobsTests {
    private let workshop: Workshop
    private var folder: String { workshop.folder.path }

    init() throws {
        workshop = try Workshop()
        for label in ["abbot", "bishop", "cook"] { try workshop.draw(label, 0..<6) }
    }

    private func recipe() throws -> Recipe {
        try Recipe(
            contentsOf: try workshop.folder.write(
                "recipe.yaml",
                """
                name: head
                data: {format: folder, folder: pictures, test: {share: 0.34}}
                backbone: {frozen: small.safetensors, layers: [dense: 4], views: 2}
                training: {batch: 12, epochs: 8, learning-rate: 0.01, augmentation: {shift: 0.1}}
                evaluation: {protocol: test, classifiers: [class-mean]}

                """))
    }

    @Test func embedOnceAndTrain() throws {
        let recorder = Recorder()
        let job = TrainBackbone(try recipe())
        let result = try job.run(recorder.monitor)
        #expect(result.report.finished && result.report.images == 12)
        #expect(recorder.titles == ["embedding", "training"])
        let embedding = recorder.updates.filter { $0.title == "embedding" }
        #expect(embedding.map(\.done) == [12] && embedding[0].total == 12)
        // What comes out is a backbone like any other.
        try CreateIndex(at: workshop.index, backbone: Checkpoint(contentsOf: job.output)).run(Monitor())
        try AddPictures([workshop.pictures], to: workshop.place).run(Monitor())
        #expect(try EmbeddingIndex(opening: workshop.index).stats().dimension == 4)
    }

    @Test func areCancelledWhileEmbedding() throws {
        #expect(try interruption(TrainBackbone(try recipe()), after: 1) == .wroteNothing)
        #expect(try !FileManager.default.contentsOfDirectory(atPath: folder).contains { $0.contains("head") })
    }

    @Test func runsAreRepeatedWithOtherViews() throws {
        let recorder = Recorder()
        let result = try RunRecipe(try recipe(), into: folder + "/runs", repeats: 2).run(recorder.monitor)
        #expect(result.runs.count == 2 && result.runs[0].train?.images == 12)
        #expect(recorder.titles.filter { $0 == "embedding" }.count == 2)
        // The second one is that of its seed.
        var second = try recipe()
        second.training.seed += 1
        let alone = try RunRecipe(second, into: folder + "/second").run(Monitor())
        #expect(alone.runs[0].train?.finalLoss == result.runs[1].train?.finalLoss)
        #expect(result.runs[0].train?.finalLoss != result.runs[1].train?.finalLoss)
        // Cancelled between the two, when the second embeds.
        let first = Recorder()
        try RunRecipe(try recipe(), into: folder + "/once").run(first.monitor)
        let job = RunRecipe(try recipe(), into: folder + "/twice", repeats: 2)
        #expect(
            try interruption(job, after: first.updates.count + 1)
                == .repetition(seed: second.training.seed, left: 1))
    }

    @Test func leaveOneOutEmbedsOnce() throws {
        var recipe = try recipe()
        recipe.data.test = nil
        let recorder = Recorder()
        let report = try EvaluateRetraining(recipe, classifier: .nearestNeighbours(k: 1))
            .run(recorder.monitor)
        #expect(report.items == 18 && report.retrained)
        #expect(recorder.titles == ["embedding", "retraining"])
    }
}
