import AkinEmbedding
import AkinImages
import AkinNetworks
import AkinTensors
import AkinTraining
import Testing

@Suite struct TrainerTests {
    private static func trained(
        _ recipe: Recipe, _ images: PreparedImages, threads: Int = 2
    ) throws -> (checkpoint: Checkpoint, records: [EpochRecord]) {
        let trainer = try Trainer(recipe, data: images, pool: ThreadPool(threads: threads))
        var records: [EpochRecord] = []
        #expect(
            try trainer.run {
                if let record = $0.finished { records.append(record) }
                return true
            })
        return (trainer.checkpoint, records)
    }

    @Test(arguments: ["pairs: all", "pairs: {positive: 1, negative: 2}", "pairs: all, classification: 0"])
    func learnsToTellSymbols(_ pairs: String) throws {
        let known = DrawnSymbols(8, seed: 1)
        let unseen = DrawnSymbols(10, seed: 2)
        let recipe = try Recipe.small(training: "epochs: 25, batch: 16, learning-rate: 0.005, \(pairs)")
        let (checkpoint, records) = try Self.trained(recipe, known.images)
        #expect(records.map(\.epoch) == Array(1...25))
        #expect(records.last!.loss < 0.5 * records.first!.loss)
        #expect(records.last!.pairAccuracy > 0.9)

        let embedder = Embedder(checkpoint)
        let references = try embedder.embeddings(of: known.inputs, count: known.labels.count)
        let queries = try embedder.embeddings(of: unseen.inputs, count: unseen.labels.count)
        let right = unseen.labels.indices.count { query in
            let nearest = known.labels.indices.min {
                distance(queries[query], references[$0]) < distance(queries[query], references[$1])
            }!
            return known.labels[nearest] == unseen.labels[query]
        }
        #expect(right >= 38, "of 40")
    }

    private func distance(_ a: some Sequence<Float>, _ b: some Sequence<Float>) -> Float {
        zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }

    @Test(arguments: ["pairs: all", "pairs: {positive: 1, negative: 2}"])
    func theSameBitsWithAnyThreads(_ pairs: String) throws {
        let images = DrawnSymbols(9, seed: 3).images
        let recipe = try Recipe.small(training: "epochs: 3, batch: 20, seed: 4, \(pairs)")
        let one = try Self.trained(recipe, images, threads: 1).checkpoint
        for threads in [2, 3] {
            #expect(try Self.trained(recipe, images, threads: threads).checkpoint.bytes == one.bytes)
        }
        var other = recipe
        other.training.seed = 5
        #expect(try Self.trained(other, images).checkpoint.hash != one.hash)
    }

    @Test func refusesDataThatTeachNothing() throws {
        func message(_ symbols: DrawnSymbols, _ recipe: Recipe? = nil) throws -> String? {
            let recipe = try recipe ?? Recipe.small()
            do throws(TrainingError) {
                _ = try Trainer(recipe, data: symbols.images)
                return nil
            } catch { return error.description }
        }
        #expect(
            try message(DrawnSymbols(0, seed: 1))
                == "there are 0 readable images to train on; give at least two images of each of two classes")
        #expect(
            try message(DrawnSymbols(1, ofEachOf: 1, seed: 1))?.hasPrefix("there are 1 readable images")
                == true)
        #expect(
            try message(DrawnSymbols(5, ofEachOf: 1, seed: 1))
                == "all images to train on are of one class, bar; put each class into a folder of its own, at least two"
        )
        #expect(
            try message(DrawnSymbols(1, seed: 1))
                == "drawn/recipe.yaml: no class has two images, so that there are no positives; give at least one class two images"
        )
        #expect(try message(DrawnSymbols(1, seed: 1), .small(training: "loss: cross-entropy")) == nil)
        let symbols = DrawnSymbols(2, seed: 1)
        #expect(
            try message(symbols, .small(backbone: "  - conv2d: {filters: 2, kernel: 13}\n  - flatten"))
                == "drawn/recipe.yaml: conv2d_1: its input is only 12 x 12 x 1, smaller than its window 13 x 13; "
                + "use a larger image, a smaller window, or padding same in the convolutions")
        #expect(
            try message(symbols, .small(backbone: "  - dense: 3"))
                == "drawn/recipe.yaml: dense_1: its input is 12 x 12 x 1, not a vector; put a flatten layer before it"
        )
        #expect(try message(symbols) == nil)
    }

    @Test func refusesWhatDoesNotFitInMemory() throws {
        let symbols = DrawnSymbols(2, seed: 1)
        func message(_ backbone: String) throws -> String? {
            let recipe = try Recipe.small(backbone: backbone)
            do throws(TrainingError) {
                _ = try Trainer(recipe, data: symbols.images)
                return nil
            } catch { return error.description }
        }
        let wide = "  - conv2d: {filters: 65536, kernel: 255, padding: same}\n"
        #expect(
            try message(String(repeating: wide, count: 2) + "  - flatten")
                == "drawn/recipe.yaml: the layers have more than 536870912 weights; use fewer filters or units"
        )
        #expect(
            try message(String(repeating: wide, count: 900) + "  - flatten")?.contains("more than") == true
        )
        let deep =
            "  - conv2d: {filters: 65536, kernel: 1}\n" + String(repeating: "  - sigmoid\n", count: 900)
        // 901 outputs of 144 x 65536 floats for each image.
        let error = try message(deep + "  - global-average-pooling2d")
        #expect(
            error?.hasPrefix("drawn/recipe.yaml: a batch of 8 needs 273 GB of memory") == true,
            "\(error ?? "none")")
    }

    @Test func aBatchMayBeLargerThanTheData() throws {
        let images = DrawnSymbols(2, seed: 1).images
        let (_, records) = try Self.trained(try Recipe.small(training: "batch: 4096, epochs: 2"), images)
        #expect(records.count == 2)
    }

    /// Of five images and batches of two, one stands alone and without a pair.
    @Test func aBatchOfOneHasNoLoss() throws {
        let whole = DrawnSymbols(3, ofEachOf: 2, seed: 1)
        let (checkpoint, records) = try Self.trained(
            try Recipe.small(training: "batch: 2, epochs: 2, pairs: all"), whole.images.only([0, 1, 2, 3, 4]))
        #expect(records.allSatisfy { $0.loss.isFinite } && checkpoint.details.epochs == 2)
    }

    @Test(arguments: [
        "  - conv2d: {filters: 8, kernel: 3, activation: relu}\n  - max-pooling2d: 2\n  - flatten\n  - dense: {units: 16, activation: sigmoid}",
        "  - flatten\n  - dense: {units: 16, activation: relu}\n  - dense: {units: 16, activation: relu}",
        "  - flatten\n  - dense: 16", "  - flatten\n  - dense: 16\n  - softmax",
    ])
    func stopsWhereTheLossIsNotANumber(_ backbone: String) throws {
        for pairs in ["all", "{positive: 0, negative: 2}"] {
            for classification in [0, 0.125] {
                let recipe = try Recipe.small(
                    training: "learning-rate: 3e38, epochs: 20, batch: 4, pairs: \(pairs), "
                        + "classification: \(classification)", backbone: backbone)
                let trainer = try Trainer(recipe, data: DrawnSymbols(4, seed: 1).images)
                do {
                    try trainer.run()
                    // If it went through, its checkpoint has to be good.
                    _ = try Checkpoint(bytes: trainer.checkpoint.bytes)
                } catch let error as TrainingError {
                    guard case .notANumber(let epoch, _, _, let rate, _, _) = error else { throw error }
                    #expect(epoch >= 1 && rate == 3e38)
                    #expect(error.description.contains("try a lower learning-rate than 3e+38"))
                }
            }
        }
    }

    /// The loss and the penalty are numbers, their sum is none.
    @Test func stopsWhereLossAndPenaltyTogetherAreNotANumber() throws {
        let recipe = try Recipe.small(
            training: "epochs: 2, classification: 1e38",
            backbone: "  - flatten\n  - dense: {units: 4, kernel-l2: 1e37}")
        let trainer = try Trainer(recipe, data: DrawnSymbols(4, seed: 1).images)
        let error = try #require(#expect(throws: TrainingError.self) { try trainer.run() })
        guard case .notANumber(_, 1, let what, _, _, _) = error else { throw error }
        #expect(what == "the loss and the penalties together")
    }

    @Test func tellsHowItGoes() throws {
        let images = DrawnSymbols(5, seed: 1).images
        let trainer = try Trainer(try Recipe.small(training: "batch: 7, epochs: 2"), data: images)
        var seen: [String] = []
        try trainer.run {
            seen.append("\($0.epoch)/\($0.epochs) \($0.step)/\($0.steps) \($0.finished?.epoch ?? 0)")
            #expect($0.loss.isFinite && 0...1 ~= $0.pairAccuracy)
            return true
        }
        #expect(
            seen == ["1/2 1/3 0", "1/2 2/3 0", "1/2 3/3 1", "2/2 1/3 0", "2/2 2/3 0", "2/2 3/3 2"])
        #expect(trainer.epoch == 2 && trainer.checkpoint.details.epochs == 2)
        #expect(trainer.checkpoint.details.labels == images.labels)
    }
}
