import AkinBasics
import AkinDatasets
import AkinEmbedding
import AkinImages
import AkinNetworks
import AkinTensors
import AkinTraining
import TestSupport
import Testing

/// Layers that are trained above a frozen part.
@Suite struct FrozenTests {
    private static let losses: [Recipe.Training] = {
        let held = Recipe.Training.Validation(share: 0.5, ways: 2, episodes: 20)
        let kinds: [LossSpecification.Kind] = [
            .contrastive, .triplet, .supervisedContrastive, .normalisedSoftmax, .binaryCrossEntropy,
        ]
        return kinds.map {
            .init(loss: .usual($0), batches: .shuffled(size: 10), epochs: 4, validation: held, seed: 3)
        } + [
            .init(loss: .usual(.crossEntropy), batches: .shuffled(size: 10), epochs: 4, mixup: 0.4, seed: 3),
            .init(
                loss: .usual(.prototypical), batches: .episodes(ways: 3, shots: 2, queries: 2), epochs: 4,
                seed: 3),
        ]
    }()

    /// To the same bits, whatever the loss.
    @Test(arguments: losses) func areTrainedAsOnVectorsMadeBefore(_ training: Recipe.Training) throws {
        let heads = try FrozenHeads(7, seed: 5)
        let above = try Trainer(heads.recipe(training), data: heads.images)
        try above.run()

        let size = Preprocessing(trusted: 1, width: heads.frozen.checkpoint.dimension)
        let plain = try Trainer(
            Recipe(preprocessing: size, backbone: [.flatten] + FrozenHeads.layers, training: training),
            data: PreparedImages(trusted: heads.vectors, labels: heads.symbols.labels, preprocessing: size))
        try plain.run()
        #expect(Array(above.network.values.values) == Array(plain.network.values.values))
        #expect(Array(above.network.statistics.values) == Array(plain.network.statistics.values))

        let (whole, head) = (above.checkpoint, plain.checkpoint)
        #expect(whole.details.epochs == head.details.epochs && whole.learnedL1 == head.learnedL1)
        #expect(above.collapse(of: whole) == plain.collapse(of: head))
        let expected = try Embedder(head).embeddings(of: heads.vectors, count: heads.symbols.labels.count)
        let found = try Embedder(whole).embeddings(
            of: heads.symbols.inputs, count: heads.symbols.labels.count)
        for (a, b) in zip(expected.values, found.values) { #expect(abs(a - b) < 1e-4) }
    }

    @Test func theCheckpointIsOneNetwork() throws {
        let heads = try FrozenHeads(6, seed: 2)
        let frozen = heads.frozen.checkpoint
        let trainer = try Trainer(heads.recipe(.init(epochs: 2)), data: heads.images)
        try trainer.run()
        let checkpoint = try Checkpoint(bytes: trainer.checkpoint.bytes)
        #expect(checkpoint.layers == frozen.layers + FrozenHeads.layers && checkpoint.dimension == 6)
        #expect(checkpoint.preprocessing == frozen.preprocessing && checkpoint.name == "head")
        #expect(checkpoint.details.data == "24 images of 4 classes, above a frozen small")
        #expect(checkpoint.details.licence == "MIT" && checkpoint.details.source == "here")
        // The lower part is what it was.
        let (lower, whole) = (frozen.network(), checkpoint.network())
        #expect(Array(whole.values.values.prefix(lower.values.count)) == Array(lower.values.values))

        // All of it can be trained on.
        let folder = try TemporaryFolder()
        try checkpoint.write(to: OutputFile(folder.path + "/head.safetensors", replacing: true))
        let recipe = try Recipe(
            text: "data: {}\npreprocessing: {size: 12, placement: stretch}\nbackbone: start\n"
                + "training: {start: head.safetensors, epochs: 1}", path: folder.path + "/recipe.yaml")
        let next = try Trainer(recipe, data: heads.images)
        #expect(Array(next.network.values.values.prefix(whole.values.count)) == Array(whole.values.values))
    }

    @Test func viewsAreThoseOfThePictures() throws {
        let heads = try FrozenHeads(2, seed: 4)
        var recipe = heads.recipe(
            .init(augmentation: FrozenHeads.augmentation, classRotations: true, seed: 9))
        let images = heads.images.ready(for: recipe)
        let (size, dimension) = (144, heads.frozen.checkpoint.dimension)
        #expect(images.allInputs == heads.vectors && images.inputCount == dimension)
        let views = try #require(images.views)
        #expect(views.kind.perPicture == 16 && views.values.count == 8 * 15 * dimension)
        let scratch = FloatBuffer(
            count: FrozenHeads.augmentation.scratchCount(height: 12, width: 12, channels: 1))
        for picture in 0..<8 {
            for number in 1..<16 {
                let (from, to) = (FloatBuffer(count: size), FloatBuffer(count: size))
                from.base.update(
                    from: Array(heads.symbols.inputs[picture * size..<(picture + 1) * size]), count: size)
                var generator = SeededGenerator(seed: 9, .view(ofPicture: picture, number: number))
                (number % 4 == 0 ? Augmentation() : FrozenHeads.augmentation).apply(
                    from.base, height: 12, width: 12, channels: 1, quarterTurns: number / 4,
                    generator: &generator, scratch: scratch.base, to: to.base)
                let expected = try Embedder(heads.frozen.checkpoint)
                    .embeddings(of: Array(to.values), count: 1).values
                let place = (picture * 15 + number - 1) * dimension
                #expect(Array(views.values.values[place..<place + dimension]) == expected)
            }
        }
        // Some of them are the same.
        let some = images.only([6, 1])
        let row = 15 * dimension
        #expect(
            Array(some.views!.values.values)
                == Array(views.values.values[6 * row..<7 * row]) + Array(views.values.values[row..<2 * row]))
        #expect(images.isReady(for: recipe) && !heads.images.isReady(for: recipe))
        recipe.training.seed = 10
        #expect(!images.isReady(for: recipe))
        // Without augmentation there is nothing to draw.
        recipe.training.augmentation = Augmentation()
        recipe.training.classRotations = false
        let unchanged = heads.images.ready(for: recipe)
        #expect(unchanged.views?.values.count == 0 && unchanged.allInputs == heads.vectors)
        recipe.training.seed = 9
        #expect(unchanged.isReady(for: recipe))
    }

    /// A step takes one of what there is of an image turned so, each as often as the others.
    @Test func batchesDrawAmongTheViews() throws {
        let heads = try FrozenHeads(2, seed: 4)
        let recipe = heads.recipe(
            .init(augmentation: FrozenHeads.augmentation, classRotations: true, seed: 9))
        let images = heads.images.ready(for: recipe)
        let views = try #require(images.views).values.values
        let dimension = images.inputCount
        let inputs = BatchInputs(recipe, data: images, capacity: 32, pool: .shared)
        let numbers = (0..<32).map { Int32($0) }
        var drawn: [Int: Int] = [:]
        for step in 0..<100 {
            numbers.withUnsafeBufferPointer { inputs.gather($0, epoch: 1, step: step) }
            for position in 0..<32 {
                let vector = Array(inputs.buffer.values[position * dimension..<(position + 1) * dimension])
                let (quarter, picture) = position.quotientAndRemainder(dividingBy: 8)
                let number = (0..<4).first { view in
                    let number = quarter * 4 + view
                    let place = (picture * 15 + number - 1) * dimension
                    return vector
                        == (number == 0
                            ? Array(images.allInputs[picture * dimension..<(picture + 1) * dimension])
                            : Array(views[place..<place + dimension]))
                }
                drawn[try #require(number), default: 0] += 1
            }
        }
        for view in 0..<4 { #expect(700...900 ~= drawn[view, default: 0], "\(drawn)") }
    }

    @Test func picturesOfAFolderAreTheSame() throws {
        let folder = try TemporaryFolder()
        var generator = SeededGenerator(seed: 11)
        for label in ["a", "b"] {
            for number in 0..<70 {
                let image = Image.noise(width: 14, height: 13, channels: 1, using: &generator)
                try folder.write("\(label)/\(number).pgm", image.encodedAsPNM())
            }
        }
        try folder.write("a/3.pgm", "not a picture")
        let dataset = try Dataset(folder: folder.path)
        let heads = try FrozenHeads(1, seed: 1)
        let recipe = heads.recipe(.init(augmentation: FrozenHeads.augmentation))
        var told: [Int] = []
        let images = PreparedImages(dataset, for: recipe) { told.append($0.done) }
        #expect(told == [64, 128, 140] && images.skipped.count == 1)
        let whole = PreparedImages(dataset, preprocessing: recipe.preprocessing)
        let expected = whole.ready(for: recipe)
        #expect(images.allInputs == expected.allInputs && images.sources == whole.sources)
        #expect(images.labels == whole.labels && images.contents == whole.contents)
        let (found, wanted) = (try #require(images.views).values, try #require(expected.views).values)
        #expect(Array(found.values.prefix(wanted.count)) == Array(wanted.values))
        struct Enough: Error {}
        #expect(throws: Enough.self) { try PreparedImages(dataset, for: recipe) { _ in throw Enough() } }
        // Without a frozen part they are the pictures.
        let plain = Recipe(preprocessing: recipe.preprocessing, backbone: [.flatten])
        #expect(PreparedImages(dataset, for: plain).allInputs == whole.allInputs)
    }

    private static let full = Recipe.Training(
        batches: .shuffled(size: 10), epochs: 5, augmentation: FrozenHeads.augmentation,
        classRotations: true, validation: .init(share: 0.5, ways: 2, episodes: 20), seed: 3)

    @Test func theSameBitsWithAnyThreads() throws {
        let heads = try FrozenHeads(6, seed: 8)
        func trained(_ threads: Int, seed: UInt64 = 3) throws -> [UInt8] {
            var recipe = heads.recipe(Self.full)
            recipe.training.seed = seed
            let trainer = try Trainer(recipe, data: heads.images, pool: ThreadPool(threads: threads))
            try trainer.run()
            return trainer.checkpoint.bytes
        }
        let one = try trained(1)
        for threads in [2, 3] { #expect(try trained(threads) == one) }
        #expect(try trained(1, seed: 4) != one)
    }

    @Test func takenUpAgainTheyEndInTheSameBits() throws {
        let heads = try FrozenHeads(6, seed: 8)
        let folder = try TemporaryFolder()
        let straight = try Trainer(heads.recipe(Self.full), data: heads.images)
        try straight.run()
        let files = TrainingFiles(checkpoint: folder.path + "/x.safetensors")
        for epoch in 1...4 {
            try Trainer(heads.recipe(Self.full), data: heads.images).run(files: files, resume: epoch > 1) {
                $0.finished?.epoch != epoch
            }
        }
        let other = try FrozenHeads(6, seed: 8, views: 4)
        #expect {
            try Trainer(other.recipe(Self.full), data: heads.images).run(files: files, resume: true)
        } throws: {
            "\($0)".contains("from a run with another recipe: backbone.views was 3 and is 4")
        }
        try Trainer(heads.recipe(Self.full), data: heads.images).run(files: files, resume: true)
        #expect(try Checkpoint(contentsOf: files.checkpoint).bytes == straight.checkpoint.bytes)
    }

    /// What is frozen stays; the layers above learn.
    @Test func learnToTellSymbols() throws {
        let heads = try FrozenHeads(12, seed: 1, views: 6)
        let trainer = try Trainer(
            heads.recipe(
                .init(
                    loss: .usual(.supervisedContrastive), batches: .shuffled(size: 24), epochs: 30,
                    learningRate: 0.01, augmentation: FrozenHeads.augmentation)),
            data: heads.images)
        var records: [EpochRecord] = []
        try trainer.run {
            if let record = $0.finished { records.append(record) }
            return true
        }
        #expect(records.last!.loss < 0.7 * records.first!.loss, "\(records.map(\.loss))")
        #expect(trainer.collapse(of: trainer.checkpoint) == nil)
    }
}
