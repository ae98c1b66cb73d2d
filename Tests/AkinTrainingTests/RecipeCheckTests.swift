import AkinImages
import AkinNetworks
import AkinTraining
import AkinVectorSearch
import Testing

/// Recipes that are made in Swift: their defaults, and what is refused.
@Suite struct RecipeCheckTests {
    private static let plain = Recipe(
        preprocessing: .init(trusted: 8, width: 8), backbone: [.flatten, .dense(units: 4)])

    /// What is said of a recipe, changed.
    private func message(_ change: (inout Recipe) -> Void) -> String? {
        var recipe = Self.plain
        change(&recipe)
        do throws(RecipeError) {
            try recipe.check()
            return nil
        } catch { return error.description }
    }

    @Test func defaultsAreThoseOfFiles() throws {
        let text = "data: {folder: /pictures}\npreprocessing: {size: 8}\nbackbone: [flatten, dense: 4]\n"
        var made = Self.plain
        made.path = "r/recipe.yaml"
        made.name = "r"
        made.data.folder = "/pictures"
        func read(_ more: String) throws -> Recipe { try Recipe(text: text + more, path: "r/recipe.yaml") }
        #expect(try read("") == made)
        for kind in LossSpecification.Kind.allCases where kind != .prototypical {
            made.training = .init(loss: .usual(kind))
            #expect(try read("training: {loss: \(kind.rawValue)}") == made)
        }
        for (name, optimizer) in [("sgd", .sgd()), ("adadelta", .adadelta()), ("adamw", .adamw())]
            as [(String, OptimizerSpecification)]
        {
            made.training = .init(optimizer: optimizer)
            #expect(try read("training: {optimizer: \(name)}") == made)
        }
        made.training = .init(
            batches: .pairs(count: 9), schedule: .cosine(), augmentation: .init(), validation: .init())
        #expect(
            try read(
                "training: {batch: {pairs: 9}, schedule: {cosine: {}}, augmentation: {}, validation: {}}")
                == made)
        made.training = .init()
        made.backbone = [
            .conv2d(filters: 2, kernel: 3), .maxPooling2d(window: 2), .batchNormalization(), .flatten,
            .residual(layers: [.dense(units: 8)]),
        ]
        #expect(
            try Recipe(
                text: text.replacing(
                    "[flatten, dense: 4]",
                    with: "[conv2d: {filters: 2, kernel: 3}, max-pooling2d: 2, batch-normalization, flatten, "
                        + "residual: [dense: 8]]"), path: "r/recipe.yaml") == made)
    }

    @Test func whatIsReadIsInOrder() throws {
        #expect(message { _ in } == nil)
        let recipe = try Recipe.small(
            training: """
                loss: multi-similarity, margin: 0.2, batch: {classes: 4, images: 8}, optimizer: {adam: {beta1: 0.5}},
                schedule: {step: {factor: 0.5, epochs: 3}}, validation: {labels: [a, b/*]},
                augmentation: {scale: [0.8, 1.2]}, seed: 9
                """)
        try recipe.check()
        // A seed from outside may be any.
        #expect(message { $0.training.seed = .max } == nil)
    }

    @Test func valuesOutOfRange() {
        #expect(
            message { $0.training.epochs = 0 }
                == "the recipe: training.epochs is 0; give a whole number, 1 to 1000000")
        #expect(
            message { $0.preprocessing.width = 5000 }?.hasPrefix("the recipe: preprocessing.size is ") == true
        )
        #expect(
            message { $0.training.batches = .classes(1, images: 4) }
                == "the recipe: training.batch.classes is 1; give a whole number, 2 to 4096")
        #expect(
            message { $0.training.batches = .classes(4096, images: 4096) }?.hasPrefix(
                "the recipe: training.batch is classes(4096, images: 4096); give a whole number, 2 to 8192, or "
            )
                == true)
        #expect(
            message { $0.training.pairs = .proportion(positive: 0, negative: 0) }
                == "the recipe: training.pairs is proportion(positive: 0, negative: 0); "
                + "give at least one positive or negative, or all")
        #expect(
            message { $0.training.optimizer = .sgd(momentum: 1) }
                == "the recipe: training.optimizer.momentum is 1.0; give at least 0 and less than 1")
        #expect(
            message { $0.training.learningRate = .nan }
                == "the recipe: training.learning-rate is nan; give a number above 0")
        #expect(
            message { $0.training.schedule = .step(factor: 2, epochs: 3) }
                == "the recipe: training.schedule.factor is 2.0; give more than 0, at most 1")
        #expect(
            message { $0.training.clipNorm = 0 }
                == "the recipe: training.clip-norm is 0.0; give a number above 0")
        #expect(
            message { $0.training.validation = .init(every: 0) }
                == "the recipe: training.validation.every is 0; give a whole number, 1 to 1000000")
        #expect(
            message { $0.data.imagesPerClass = -1 }
                == "the recipe: data.images-per-class is -1; give a whole number, 1 or more")
        #expect(
            message { $0.evaluation.ways = 1 }
                == "the recipe: evaluation.ways is 1; give a whole number, 2 to 10000")
        #expect(message { $0.name = "" } == "the recipe: name is ; give a text")
    }

    @Test func absurdAugmentations() {
        func message(_ change: (inout Augmentation) -> Void) -> String? {
            self.message { change(&$0.training.augmentation) }
        }
        #expect(
            message { $0.rotation = -3 }
                == "the recipe: training.augmentation.rotation is -3.0; give a number, 0 to 180")
        let absurd: [(inout Augmentation) -> Void] = [
            { $0.rotation = 181 }, { $0.rotation = .nan }, { $0.scale = .init(0, 1) },
            { $0.scale = .init(1.2, 0.8) }, { $0.scale = .init(.nan, 1) }, { $0.scale = .init(1, .infinity) },
            { $0.shear = 90 },
            { $0.shift = 2 }, { $0.brightness = -1 }, { $0.contrast = 2 }, { $0.noise = .nan },
            { $0.erasing = 2 }, { $0.elastic = .infinity },
        ]
        for change in absurd { #expect(message(change) != nil) }
    }

    @Test func whatDoesNotGoTogether() {
        #expect(message { $0.data.format = .idx } == "the recipe: the key data.images is missing; add it")
        #expect(
            message { $0.data = .init(format: .idx, images: ["i"], labels: ["l", "m"]) }
                == "the recipe: data.labels is [\"l\", \"m\"]; give as many files as images has: 1")
        #expect(
            message { $0.data.manifest = "list.csv" }
                == "the recipe: data.manifest means nothing with format folder; leave it out or give another format"
        )
        #expect(
            message { $0.data = .init(images: ["x"], test: .init()) }?.hasSuffix(
                "give images, the sub-folder with the classes, or a share") == true)
        #expect(
            message { $0.data = .init(images: ["x"], test: .init(images: ["y"], share: 0.2)) }
                == "the recipe: data.test.share is 0.2; give either a share or images")
        #expect(
            message { $0.training = .init(loss: .init(.triplet, scale: 3)) }
                == "the recipe: training.scale means nothing with loss triplet; leave it out or take loss "
                + "normalised-softmax")
        #expect(
            message { $0.training = .init(loss: .init(.triplet), pairs: .all) }?.hasPrefix(
                "the recipe: training.pairs means nothing with loss triplet") == true)
        #expect(
            message { $0.training = .init(loss: .init(.triplet), batches: .pairs(count: 8)) }
                == "the recipe: training.batch is pairs(count: 8, positive: 0.5, withinGroup: false); "
                + "give how many images, or classes and images: loss triplet compares no pairs")
        #expect(
            message { $0.training = .init(loss: .init(.prototypical)) }
                == "the recipe: training.batch is shuffled(size: 256); "
                + "give episodes, such as {ways: 20, shots: 1, queries: 5}: loss prototypical learns from them"
        )
        #expect(
            message { $0.training.validation = .init(labels: ["a"], share: 0.2) }
                == "the recipe: training.validation.share is 0.2; give either labels or a share")
        #expect(
            message { $0.evaluation = .init(procedure: .test, retrain: true) }
                == "the recipe: evaluation.retrain is true; "
                + "give false, or the protocol leave-one-out: no other trains anew")
        #expect(
            message { $0.index.metric = .learnedL1 }
                == "the recipe: the metric learned-l1 is learned by the loss binary-cross-entropy only; "
                + "take that loss, or another metric")
        #expect(
            message {
                $0.index.metric = .learnedL1
                $0.training.loss = .init(.binaryCrossEntropy)
            } == nil)
    }

    @Test func aTrainingThatMakesNoSenseDoesNotBegin() throws {
        var recipe = Recipe(
            preprocessing: DrawnSymbols.preprocessing, backbone: [.flatten, .dense(units: 4)])
        recipe.training.validation = .init(every: 0)
        let images = DrawnSymbols(4, seed: 1).images
        let error = try #require(throws: TrainingError.self) { try Trainer(recipe, data: images) }
        #expect("\(error)".hasPrefix("the recipe: training.validation.every is 0"))
        // What its layers ask for is told by the network.
        recipe = Recipe(preprocessing: DrawnSymbols.preprocessing, backbone: [.flatten, .dense(units: 0)])
        #expect(throws: TrainingError.self) { try Trainer(recipe, data: images) }
    }

    @Test func trainsWithoutAFile() throws {
        let recipe = Recipe(
            name: "symbols", preprocessing: DrawnSymbols.preprocessing,
            backbone: [
                .conv2d(filters: 8, kernel: 3, activation: .relu), .maxPooling2d(window: 2),
                .dropout(rate: 0.1),
                .flatten, .dense(units: 16, activation: .sigmoid),
            ],
            training: .init(batches: .shuffled(size: 16), epochs: 3, learningRate: 0.005))
        let images = DrawnSymbols(10, seed: 1).images
        let trainer = try Trainer(recipe, data: images)
        #expect(try trainer.run())
        #expect(trainer.checkpoint.name == "symbols" && trainer.checkpoint.dimension == 16)
        // To the bit what the file gives.
        var read = try Recipe.small(training: "batch: 16, epochs: 3, learning-rate: 0.005")
        (read.name, read.path, read.data) = (recipe.name, recipe.path, recipe.data)
        #expect(read == recipe)
        let other = try Trainer(read, data: images)
        try other.run()
        #expect(other.checkpoint.bytes == trainer.checkpoint.bytes)
    }
}
