import AkinNetworks
import AkinTensors
import AkinTraining
import Testing

/// The loss and accuracy of pictures held out, epoch by epoch.
@Suite struct HeldOutMeasureTests {
    /// Nothing that training does to a picture and holding out does not.
    private static let plain = """
              - conv2d: {filters: 4, kernel: 3, activation: relu, kernel-l2: 0.01}
              - max-pooling2d: 2
              - flatten
              - dense: {units: 8, activation: sigmoid}
        """

    private func records(
        _ recipe: Recipe, _ images: PreparedImages, heldOut: PreparedImages?
    ) throws -> (records: [EpochRecord], checkpoint: Checkpoint) {
        let trainer = try Trainer(recipe, data: images, heldOut: heldOut)
        var records: [EpochRecord] = []
        try trainer.run {
            if let record = $0.finished { records.append(record) }
            return true
        }
        return (records, trainer.checkpoint)
    }

    /// Of the pictures that it trains on, in one batch and with weights that hardly move, training measures the same.
    @Test(arguments: [
        "pairs: all", "pairs: all, classification: 0.5", "loss: contrastive-squared, pairs: all",
        "loss: half-contrastive, pairs: {positive: 1, negative: 3}, classification: 0.25",
        "loss: triplet, triplets-per-image: 2", "loss: external-memory, triplets-per-image: 2",
        "loss: cross-entropy", "loss: supervised-contrastive", "loss: multi-similarity",
        "loss: normalised-softmax", "loss: binary-cross-entropy, pairs: all",
        "loss: prototypical, batch: {ways: 4, shots: 2, queries: 3}",
        "batch: {pairs: 20}", "batch: {classes: 4, images: 5}, pairs: all",
    ])
    func isWhatTrainingMeasures(_ training: String) throws {
        let images = DrawnSymbols(6, seed: 1).images
        let recipe = try Recipe.small(
            training: "epochs: 2, optimizer: sgd, learning-rate: 1.0e-9, \(training)", backbone: Self.plain)
        let (records, _) = try records(recipe, images, heldOut: images)
        for record in records {
            let held = try #require(record.heldOut)
            // Later epochs and drawn batches have other pairs; the first epoch is the one that is measured.
            if record.epoch == 1 {
                // What is remembered, it remembers at the end of the epoch.
                let tolerance: Float = recipe.training.loss.kind == .externalMemory ? 0.01 : 1e-4
                #expect(abs(held.loss - record.loss) < tolerance * max(1, record.loss), "\(held) \(record)")
                #expect(abs(held.pairAccuracy - record.pairAccuracy) < 0.01)
                #expect(held.classAccuracy == record.classAccuracy)
            }
            #expect(record.newClasses == nil)
            let loss = recipe.training.loss
            #expect((record.classAccuracy != nil) == (loss.kind == .crossEntropy || loss.classification > 0))
        }
        // Always the same batches.
        #expect(
            training.contains("memory") || abs(records[0].heldOut!.loss - records[1].heldOut!.loss) < 1e-5)
    }

    @Test func changesNothingElse() throws {
        let images = DrawnSymbols(6, seed: 1).images
        let recipe = try Recipe.small(training: "epochs: 3, batch: 10, classification: 0.5")
        let with = try records(recipe, images, heldOut: DrawnSymbols(3, seed: 2).images)
        let without = try records(recipe, images, heldOut: nil)
        #expect(with.checkpoint.bytes == without.checkpoint.bytes)
        #expect(without.records.allSatisfy { $0.heldOut == nil && $0.newClasses == nil })
        #expect(with.records.allSatisfy { $0.heldOut != nil })
    }

    /// Overfitting to few pictures is what it is for.
    @Test func showsThatPicturesAreLearnedByHeart() throws {
        var images = DrawnSymbols(4, seed: 1)
        var generator = SeededGenerator(seed: 9)
        // Labels without a meaning can be learned by heart only.
        images.labels.shuffle(using: &generator)
        let recipe = try Recipe.small(
            training: "epochs: 150, learning-rate: 0.01, loss: cross-entropy", backbone: Self.plain)
        let last = try #require(
            try records(recipe, images.images, heldOut: DrawnSymbols(10, seed: 3).images).records.last)
        #expect(try #require(last.classAccuracy) > 0.9)
        let heldOut = try #require(last.heldOut)
        #expect(try #require(heldOut.classAccuracy) < 0.6 && heldOut.loss > last.loss + 0.5)
    }

    @Test func classesThatAreNotTrainedOnStandApart() throws {
        let images = DrawnSymbols(6, ofEachOf: 2, seed: 1).images
        let heldOut = DrawnSymbols(5, seed: 2).images
        let recipe = try Recipe.small(training: "epochs: 2, classification: 0.5")
        let record = try #require(try records(recipe, images, heldOut: heldOut).records.last)
        #expect(record.heldOut?.classAccuracy != nil)
        let new = try #require(record.newClasses)
        #expect(new.classAccuracy == nil && new.loss > 0 && 0...1 ~= new.pairAccuracy)
        // Their classes have no place in what this loss has learned.
        let softmax = try Recipe.small(training: "epochs: 1, loss: normalised-softmax")
        #expect(try records(softmax, images, heldOut: heldOut).records.last?.newClasses == nil)
    }

    @Test func tooFewPicturesAreRefusedBeforeTraining() throws {
        let images = DrawnSymbols(6, seed: 1).images
        let one = DrawnSymbols(1, ofEachOf: 1, seed: 2).images
        let error = #expect(throws: TrainingError.self) {
            try Trainer(Recipe.small(training: "batch: {pairs: 8}"), data: images, heldOut: one)
        }
        #expect(error?.description.contains("the 1 held-out pictures to measure: ") == true)
    }

    @Test func aRecipeWithoutHeldOutPicturesIsRefused() throws {
        let error = #expect(throws: RecipeError.self) {
            try Recipe.small(training: "held-out-pictures: 100")
        }
        #expect(error?.description.contains("data.test") == true, "\(error!)")
    }
}
