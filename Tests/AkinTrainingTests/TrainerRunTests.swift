import AkinBasics
import AkinEmbedding
import AkinImages
import AkinNetworks
import AkinTensors
import AkinTraining
import AkinVectorSearch
import Foundation
import TestSupport
import Testing

/// Whatever a recipe can ask of a run: the same bits however it runs, nothing allocated, validation, a checkpoint to
/// begin with.
@Suite struct TrainerRunTests {
    /// Recipes that together use every kind of batch, loss, selection and layer.
    static let recipes: [(training: String, backbone: String?)] = [
        (
            "batch: 10, augmentation: {rotation: 10, scale: [0.9, 1.1], shift: 0.1, noise: 0.05, erasing: 0.3}",
            nil
        ),
        ("batch: {pairs: 12, positive: 0.5}, loss: binary-cross-entropy, optimizer: rmsprop", nil),
        ("batch: {pairs: 12, within-group: true}, loss: half-contrastive, class-rotations: true", nil),
        ("batch: 12, loss: triplet, mining: semi-hard, optimizer: nadam, clip-norm: 0.5", convolutional),
        (
            "batch: 12, loss: external-memory, triplets-per-image: 2, schedule: {step: {factor: 0.5, epochs: 2}}",
            nil
        ),
        (
            "batch: {ways: 3, shots: 1, queries: 2}, loss: prototypical, class-rotations: true, optimizer: adamw",
            convolutional
        ),
        (
            "batch: {classes: 4, images: 3}, loss: supervised-contrastive, "
                + "optimizer: {sgd: {momentum: 0.9, nesterov: true}}, schedule: {cosine: {warm-up: 1, floor: 0.01}}",
            convolutional
        ),
        (
            "batch: {classes: 4, images: 3}, loss: multi-similarity, optimizer: adadelta, learning-rate: 1",
            convolutional
        ),
        (
            "batch: 9, loss: normalised-softmax, augmentation: {elastic: 1, flip-horizontal: true}",
            convolutional
        ),
        ("batch: 10, loss: cross-entropy, label-smoothing: 0.1", nil),
        (
            "batch: 10, loss: cross-entropy, mixup: 0.5, augmentation: {shift: 0.1}",
            convolutional
        ),
        ("batch: 10, pairs: {positive: 1, negative: 2}, mining: batch-hard, classification: 0", nil),
        ("batch: 10, loss: contrastive-squared, mining: distance-weighted", simple),
        ("batch: 10, loss: contrastive-logarithmic, pairs: all", simple),
    ]

    private static let convolutional = """
          - conv2d: {filters: 5, kernel: 3, padding: same}
          - batch-normalization
          - relu
          - max-pooling2d: 2
          - residual:
              layers:
                - conv2d: {filters: 6, kernel: 3, padding: same, kernel-l2: 0.001}
                - batch-normalization
              shortcut:
                - conv2d: {filters: 6, kernel: 1}
          - relu
          - global-average-pooling2d
          - dense: {units: 8}
        """

    private let images = DrawnSymbols(6, seed: 9).grouped

    private static let simple = """
          - conv2d: {filters: 4, kernel: 3, activation: gelu}
          - average-pooling2d: 2
          - leaky-relu
          - flatten
          - dense: {units: 8, activation: selu}
          - l2-normalization
        """

    private func recipe(_ which: Int) throws -> Recipe {
        let (training, backbone) = Self.recipes[which]
        return try Recipe.small(training: "epochs: 3, seed: 3, \(training)", backbone: backbone)
    }

    @Test(arguments: recipes.indices) func theSameBitsHoweverItRuns(_ which: Int) throws {
        let (recipe, images) = (try recipe(which), images)
        let straight = try Trainer(recipe, data: images, pool: ThreadPool(threads: 1))
        var steps = 0
        #expect(
            try straight.run { _ in
                steps += 1
                return true
            })
        let expected = straight.lastCheckpoint.bytes

        // Taken up after any step, by another number of threads.
        let folder = try TemporaryFolder()
        for stop in Set([1, steps / 3, steps / 2, steps - 1]) where stop > 0 {
            let files = TrainingFiles(checkpoint: "\(folder.path)/\(stop).safetensors")
            var done = 0
            let first = try Trainer(recipe, data: images, pool: ThreadPool(threads: 2)).run(files: files) {
                _ in
                done += 1
                return done < stop
            }
            #expect(!first.finished && files.hasState)
            let second = try Trainer(recipe, data: images, pool: ThreadPool(threads: 3))
            #expect(try second.run(files: files, resume: true).finished)
            #expect(second.lastCheckpoint.bytes == expected, "stopped after \(stop) of \(steps) steps")
        }
    }

    @Test(arguments: recipes.indices) func aStepAllocatesNothingAfterTheFirst(_ which: Int) throws {
        var recipe = try recipe(which)
        recipe.training.stepsPerEpoch = 6
        let trainer = try Trainer(recipe, data: images, pool: ThreadPool(threads: 1))
        var before: Int?
        var counts: [Int] = []
        try trainer.run { progress in
            // Not over the end of an epoch, where a record is made and images are ordered anew.
            if let before, progress.step > 1 { counts.append(allocationsSoFar()! - before) }
            before = progress.step < 6 ? allocationsSoFar() : nil
            return true
        }
        #expect(counts.allSatisfy { $0 == 0 }, "\(counts)")
        #expect(counts.count == (allocationsSoFar() == nil ? 0 : 15))
    }

    @Test func keepsTheBackboneThatWasBestOnUnseenClasses() throws {
        let images = DrawnSymbols(8, seed: 9).images
        var recipe = try Recipe.small(
            training:
                "epochs: 12, batch: 10, learning-rate: 0.01, validation: {labels: [ring, st*], every: 2}")
        let folder = try TemporaryFolder()
        let files = TrainingFiles(checkpoint: "\(folder.path)/x.safetensors")
        let trainer = try Trainer(recipe, data: images)
        #expect(
            trainer.data.labels == ["bar", "diagonal"]
                && trainer.validationData?.labels == ["ring", "stroke"])
        let report = try trainer.run(files: files)
        let records = try files.records()
        #expect(records.map { $0.oneShot != nil } == (1...12).map { $0 % 2 == 0 })
        let best = records.compactMap(\.oneShot).max()!
        #expect(report.validation?.oneShot == best)
        #expect(try Checkpoint(contentsOf: files.checkpoint).details.labels == ["bar", "diagonal"])
        #expect(try Checkpoint(contentsOf: files.last).bytes == trainer.lastCheckpoint.bytes)

        // The same recipe without a rate to learn by is never better than at first.
        recipe.training.learningRate = 1e-30
        recipe.training.validation?.every = 1
        recipe.training.validation?.patience = 3
        let idle = try Trainer(recipe, data: images)
        #expect(try idle.run() && idle.epoch == 4)

        recipe.training.validation?.labels = ["flag*"]
        #expect(throws: TrainingError.noClassToValidate(recipe: recipe.path, pattern: "flag*")) {
            try Trainer(recipe, data: images)
        }
    }

    @Test func beginsWithACheckpoint() throws {
        let drawn = DrawnSymbols(6, seed: 9)
        let images = drawn.images
        let folder = try TemporaryFolder()
        var recipe = try Recipe.small(training: "epochs: 2, batch: 10")
        let first = try Trainer(recipe, data: images)
        try first.run()
        try first.checkpoint.write(to: OutputFile(folder.path + "/first.safetensors", replacing: true))
        recipe.training.start = folder.path + "/first.safetensors"
        recipe.training.seed = 77
        #expect(try Trainer(recipe, data: images).checkpoint.hash == first.checkpoint.hash)

        // A layer without weights in front, as for pictures of another size, changes no weight's name.
        recipe.backbone.insert(.averagePooling2d(window: 1, stride: 1), at: 0)
        let pooled = Embedder(try Trainer(recipe, data: images).checkpoint)
        let (count, before) = (drawn.labels.count, Embedder(first.checkpoint))
        let same = try pooled.embeddings(of: drawn.inputs, count: count)
        #expect(try same == before.embeddings(of: drawn.inputs, count: count))

        recipe.backbone.append(.dense(units: 3, activation: .linear))
        #expect(throws: TrainingError.self) { try Trainer(recipe, data: images) }
        recipe.training.start = folder.path + "/none.safetensors"
        #expect(throws: TrainingError.self) { try Trainer(recipe, data: images) }
    }

    /// What to begin with may be called by a name, as elsewhere.
    @Test func beginsWithABackboneOfAName() throws {
        var recipe = try Recipe.small()
        let images = DrawnSymbols(4, seed: 1).images
        recipe.training.start = "shapes"
        let shapes = try BackboneFolders.standard.file(of: "shapes")
        let other = #expect(throws: TrainingError.self) { try Trainer(recipe, data: images) }
        guard case .otherLayers(shapes, _, _) = other else {
            Issue.record("\(String(describing: other))")
            return
        }
        recipe.training.start = "shaeps"
        let unknown = #expect(throws: TrainingError.self) { try Trainer(recipe, data: images) }
        #expect(
            "\(try #require(unknown))".hasPrefix(
                "drawn/recipe.yaml: training.start: there is no backbone 'shaeps' (there are "))
        #expect("\(unknown!)".hasSuffix("did you mean 'shapes'?"))
    }

    @Test func theCheckpointNamesTheMetricOfTheIndex() throws {
        var recipe = try Recipe.small()
        let images = DrawnSymbols(4, seed: 1).images
        let usual = try Trainer(recipe, data: images).checkpoint
        #expect(usual.details.metric == nil && usual.metric == .l2)
        recipe.index.metric = .cosine
        let named = try Trainer(recipe, data: images).checkpoint
        #expect(named.details.metric == .cosine && named.metric == .cosine && named.hash == usual.hash)
        #expect(try Checkpoint(bytes: named.bytes).metric == .cosine)
    }
}
