import AkinDatasets
import AkinImages
import AkinNetworks
import AkinTraining
import AkinVectorSearch
import Foundation
import TestSupport
import Testing

@Suite struct RecipeTests {
    @Test func shippedRecipesRead() throws {
        let folder = repository.appending(path: "Indexes").path
        var count = 0
        for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() {
            for file in try FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(name)")
            where file.hasSuffix(".yaml") {
                let recipe = try Recipe(contentsOf: "\(folder)/\(name)/\(file)")
                #expect(recipe.name.hasPrefix(name), "\(name)/\(file)")
                _ = try Network(recipe.backbone, input: Shape(recipe.preprocessing))
                count += 1
            }
        }
        #expect(count >= 36)
    }

    @Test func everyKeyReachesItsField() throws {
        let recipe = try Recipe(
            text: """
                name: seals
                data:
                  format: manifest
                  folder: pictures
                  manifest: list.csv
                  only: [lion, eagle]
                  images-per-class: 7
                  selection: random
                  test: {split: held-out}
                preprocessing:
                  size: [30, 40]
                  channels: rgb
                  placement: stretch
                  invert: true
                  scaling: standardise
                  background: 17
                backbone:
                  - conv2d: {filters: 6, kernel: [3, 5], stride: [1, 2], padding: same, activation: sigmoid}
                  - max-pooling2d: {window: 3, stride: 2}
                  - relu
                  - dropout: {rate: 0.5}
                  - flatten
                  - dense: {units: 9, activation: softmax}
                training:
                  loss: contrastive
                  margin: 1.5
                  classification: 0.25
                  pairs: {positive: 2, negative: 3}
                  batch: 32
                  epochs: 11
                  optimizer: adam
                  learning-rate: 0.01
                  seed: 5
                index:
                  metric: cosine
                evaluation:
                  protocol: leave-one-out
                  classifiers: [average-class-distance, nearest-neighbours]
                  k: 3
                  retrain: true
                """, path: "/home/me/seals.yaml")
        #expect(recipe.path == "/home/me/seals.yaml" && recipe.folder == "/home/me" && recipe.name == "seals")
        let data = recipe.data
        #expect(data.format == .manifest && data.folder == "/home/me/pictures" && data.manifest == "list.csv")
        #expect(data.only == ["lion", "eagle"] && data.imagesPerClass == 7 && data.selection == .random)
        #expect(data.test?.split == "held-out" && data.test?.images == [])
        #expect(data.images == [] && data.labels == [] && data.names == nil)
        #expect(
            recipe.preprocessing
                == Preprocessing(
                    trusted: 30, width: 40, channels: .rgb, placement: .stretch, invert: true,
                    scaling: .standardise, background: 17))
        #expect(
            recipe.backbone == [
                .conv2d(
                    filters: 6, kernel: .init(height: 3, width: 5), stride: .init(height: 1, width: 2),
                    padding: .same, activation: .sigmoid),
                .maxPooling2d(window: 3, stride: 2), .activation(.relu), .dropout(rate: 0.5), .flatten,
                .dense(units: 9, activation: .softmax),
            ])
        let training = recipe.training
        #expect(training.loss == LossSpecification(.contrastive, margin: 1.5, classification: 0.25))
        #expect(
            training.pairs == .proportion(positive: 2, negative: 3) && training.batches == .shuffled(size: 32)
        )
        #expect(training.epochs == 11 && training.optimizer == .adam() && training.learningRate == 0.01)
        #expect(training.seed == 5 && recipe.index.metric == .cosine)
        let evaluation = recipe.evaluation
        #expect(evaluation.procedure == .leaveOneOut && evaluation.k == 3 && evaluation.retrain)
        #expect(evaluation.classifiers == ["average-class-distance", "nearest-neighbours"])
    }

    @Test func everyIDXKeyReachesItsField() throws {
        let recipe = try Recipe(
            text: """
                data:
                  format: idx
                  folder: /data
                  images: i.gz
                  labels: l.gz
                  names: [zero, 1]
                  test: {images: ti.gz, labels: tl.gz}
                preprocessing: {size: 8}
                backbone: [flatten, dense: 4]
                """, path: "seals/recipe.yaml")
        #expect(
            recipe.data.folder == "/data" && recipe.data.images == ["i.gz"] && recipe.data.labels == ["l.gz"])
        #expect(recipe.data.names == ["zero", "1"])
        #expect(recipe.data.test?.images == ["ti.gz"] && recipe.data.test?.labels == ["tl.gz"])
    }

    @Test func leavesTheRestToDefaults() throws {
        let recipe = try Recipe(
            text: "data: {}\npreprocessing: {size: 8}\nbackbone: [flatten, dense: 4]",
            path: "seals/recipe.yaml")
        #expect(recipe.name == "seals" && recipe.folder == "seals")
        #expect(
            recipe.data.format == .folder && recipe.data.folder == "seals/."
                && recipe.data.selection == .first)
        #expect(recipe.data.test == nil && recipe.data.imagesPerClass == nil)
        #expect(recipe.preprocessing == Preprocessing(trusted: 8, width: 8))
        #expect(recipe.backbone == [.flatten, .dense(units: 4, activation: .linear)])
        let training = recipe.training
        #expect(training.loss == LossSpecification(.contrastive, margin: 1, classification: 0.125))
        #expect(training.batches == .shuffled(size: 256))
        #expect(training.pairs == .proportion(positive: 1, negative: 4) && training.epochs == 50)
        #expect(training.learningRate == 0.001 && training.seed == 1)
        #expect(recipe.index.metric == .l2 && recipe.evaluation.procedure == nil)
        #expect(recipe.evaluation.classifiers == ["nearest-neighbours"] && recipe.evaluation.k == 5)
        #expect(!recipe.evaluation.retrain)
    }

    @Test func everyKeyOfTraining() throws {
        let training = try Recipe.small(
            training: """
                loss: multi-similarity, margin: 0.2, classification: 0.5, alpha: 3, beta: 40, base: 0.4,
                label-smoothing: 0.1, batch: {classes: 4, images: 8}, steps-per-epoch: 7, epochs: 11,
                optimizer: {sgd: {momentum: 0.9, nesterov: true}}, schedule: {cosine: {warm-up: 2.5, floor: 0.1}},
                clip-norm: 3, class-rotations: true, start: other.safetensors, seed: 5,
                augmentation: {rotation: 1, scale: [0.8, 1.2], shear: 2, shift: 0.1, flip-horizontal: true,
                  flip-vertical: true, brightness: 0.2, contrast: 0.3, noise: 0.4, erasing: 0.5, elastic: 6},
                validation: {labels: [a, b/*], ways: 3, episodes: 9, within-group: true, every: 2, patience: 4}
                """
        ).training
        #expect(
            training.loss
                == LossSpecification(
                    .multiSimilarity, margin: 0.2, classification: 0.5, alpha: 3, beta: 40, base: 0.4,
                    labelSmoothing: 0.1))
        #expect(training.batches == .classes(4, images: 8) && training.stepsPerEpoch == 7)
        #expect(training.optimizer == .sgd(momentum: 0.9, nesterov: true) && training.learningRate == 0.01)
        #expect(training.schedule == .cosine(warmUp: 2.5, floor: 0.1) && training.clipNorm == 3)
        #expect(training.classRotations && training.start == "other.safetensors" && training.epochs == 11)
        var augmentation = Augmentation()
        augmentation.rotation = 1
        augmentation.scale = .init(0.8, 1.2)
        augmentation.shear = 2
        augmentation.shift = 0.1
        augmentation.flipHorizontal = true
        augmentation.flipVertical = true
        augmentation.brightness = 0.2
        augmentation.contrast = 0.3
        augmentation.noise = 0.4
        augmentation.erasing = 0.5
        augmentation.elastic = 6
        #expect(training.augmentation == augmentation)
        #expect(
            training.validation
                == .init(
                    labels: ["a", "b/*"], ways: 3, episodes: 9, withinGroup: true, every: 2, patience: 4))
    }

    @Test func formsOfTraining() throws {
        func training(_ text: String) throws -> Recipe.Training { try Recipe.small(training: text).training }
        #expect(try training("batch: {pairs: 9}").batches == .pairs(count: 9, positive: 0.5))
        #expect(try training("batch: {pairs: 9, positive: 0.25}").batches == .pairs(count: 9, positive: 0.25))
        #expect(
            try training("batch: {pairs: 9, within-group: true}").batches
                == .pairs(count: 9, positive: 0.5, withinGroup: true))
        #expect(
            try training("loss: prototypical, batch: {ways: 5, shots: 1, queries: 3}").batches
                == .episodes(ways: 5, shots: 1, queries: 3))
        #expect(try training("loss: triplet, triplets-per-image: 4").tripletsPerImage == 4)
        #expect(try training("loss: external-memory").loss.memory == 0.01)
        #expect(try training("loss: external-memory, memory: 0.5").loss.memory == 0.5)
        #expect(try training("loss: triplet").loss.memory == nil)
        #expect(try training("loss: triplet").loss == LossSpecification(.triplet, margin: 1))
        #expect(try training("loss: triplet, mining: semi-hard").mining == .semiHard)
        #expect(try training("loss: supervised-contrastive, temperature: 0.2").loss.temperature == 0.2)
        #expect(
            try training("loss: normalised-softmax, scale: 20").loss
                == LossSpecification(.normalisedSoftmax, margin: 0.35, scale: 20))
        #expect(try training("schedule: constant").schedule == .constant)
        #expect(
            try training("schedule: {exponential-decay: {decay: 0.9, steps: 3, staircase: true}}").schedule
                == .exponentialDecay(decay: 0.9, steps: 3, staircase: true))
        #expect(
            try training("schedule: {step: {factor: 0.5, epochs: 3}}").schedule
                == .step(factor: 0.5, epochs: 3))
        #expect(try training("validation: {share: 0.2}").validation == .init(share: 0.2))
        #expect(try training("loss: cross-entropy, mixup: 0.25").mixup == 0.25)
        let optimizers: [(String, OptimizerSpecification, rate: Float)] = [
            ("sgd", .sgd(), 0.01),
            ("rmsprop: {rho: 0.8, epsilon: 0.1}", .rmsprop(rho: 0.8, epsilon: 0.1), 0.001),
            ("adadelta", .adadelta(), 1), ("adam: {beta1: 0.8}", .adam(beta1: 0.8), 0.001),
            ("nadam: {beta2: 0.9}", .nadam(beta2: 0.9), 0.002),
            ("adamw: {weight-decay: 0.1}", .adamw(weightDecay: 0.1), 0.001),
        ]
        for (text, optimizer, rate) in optimizers {
            let training = try training("optimizer: \(text.contains(":") ? "{\(text)}" : text)")
            #expect(training.optimizer == optimizer && training.learningRate == rate)
        }
    }

    @Test func aliasesRepeatLayersAndGroups() throws {
        let recipe = try Recipe(
            text: """
                data: {}
                preprocessing: {size: 8}
                backbone:
                  - &block
                    - conv2d: &conv {filters: 3, kernel: 2, activation: relu}
                    - dropout: 0.5
                  - *block
                  - conv2d: {<<: *conv, filters: 4}
                  - flatten
                """, path: "r.yaml")
        func conv(_ filters: Int) -> LayerSpecification {
            .conv2d(
                filters: filters, kernel: .init(height: 2, width: 2), stride: .init(height: 1, width: 1),
                padding: .valid, activation: .relu)
        }
        #expect(
            recipe.backbone
                == [conv(3), .dropout(rate: 0.5), conv(3), .dropout(rate: 0.5), conv(4), .flatten])
    }

    @Test func everyKeyOfEvaluation() throws {
        let text = "data: {}\npreprocessing: {size: 8}\nbackbone: [flatten, dense: 4]\nevaluation: "
        let evaluation = try Recipe(
            text: text
                + "{protocol: episodes, ways: 5, shots: 2, episodes: 7, within-group: true, pairs: 30}",
            path: "r.yaml"
        ).evaluation
        #expect(evaluation.procedure == .episodes && evaluation.ways == 5 && evaluation.shots == 2)
        #expect(evaluation.episodes == 7 && evaluation.withinGroup && evaluation.pairs == 30)
    }

    @Test func pairsOfAll() throws {
        #expect(try Recipe.small(training: "pairs: all").training.pairs == .all)
        #expect(
            try Recipe.small(training: "pairs: {positive: 3}").training.pairs
                == .proportion(positive: 3, negative: 4))
    }

    @Test func aFolderStandsForItsRecipe() throws {
        let folder = try TemporaryFolder()
        let text = "data: {folder: ../pictures}\npreprocessing: {size: 8}\nbackbone: [flatten, dense: 4]"
        try folder.write("stamps/recipe.yaml", text)
        for path in ["stamps", "stamps/", "stamps/recipe.yaml"] {
            let recipe = try Recipe(contentsOf: "\(folder.path)/\(path)")
            #expect(recipe.name == "stamps" && recipe.path == "\(folder.path)/stamps/recipe.yaml")
            #expect(recipe.data.folder == "\(folder.path)/stamps/../pictures")
        }
    }

    /// `akin train recipe.yaml` in the recipe's folder.
    @Test func theNameIsTheFoldersAlsoFromWithin() throws {
        let here = URL(filePath: FileManager.default.currentDirectoryPath).lastPathComponent
        let text = "data: {}\npreprocessing: {size: 8}\nbackbone: [flatten, dense: 4]"
        #expect(try Recipe(text: text, path: "recipe.yaml").name == here)
        #expect(try Recipe(text: text, path: "./recipe.yaml").name == here)
        #expect(try Recipe(text: text, path: "seals/../recipe.yaml").name == here)
        #expect(try Recipe(text: text, path: "/recipe.yaml").name == "backbone")
    }

    @Test func dataOfARecipe() throws {
        let folder = try TemporaryFolder()
        let picture = Image.gradient(width: 9, height: 9, channels: 1).encodedAsPNM()
        for label in ["a", "b", "c"] {
            for number in 0..<3 {
                try folder.write("pictures/train/\(label)/\(number).pgm", picture)
                try folder.write("pictures/test/\(label)/\(number).pgm", picture)
            }
        }
        try folder.write(
            "pictures/list.csv",
            "path,label,split\ntrain/a/0.pgm,a,train\ntrain/b/0.pgm,b,train\ntest/a/1.pgm,a,test\n")
        func recipe(_ data: String) throws -> Recipe {
            let text =
                "data: {folder: pictures, \(data)}\npreprocessing: {size: 8}\nbackbone: [flatten, dense: 4]"
            return try Recipe(contentsOf: try folder.write("recipe.yaml", text))
        }
        let split = try recipe("images: train, test: {images: test}, images-per-class: 2, only: [a, c]")
        #expect(try split.trainingData().samples.map(\.label) == ["a", "a", "c", "c"])
        #expect(try split.testData()?.count == 9)
        #expect(try recipe("images: train").testData() == nil)
        let drawn = try recipe("images: train, images-per-class: 2, selection: random").trainingData()
        #expect(drawn.samples.map(\.label) == ["a", "a", "b", "b", "c", "c"])
        let manifest = try recipe("format: manifest, manifest: list.csv, test: {split: test}")
        #expect(try manifest.trainingData().samples.map(\.label) == ["a", "b"])
        #expect(try manifest.testData()?.samples.map(\.label) == ["a"])
        #expect(try manifest.trainingData(folder: "\(folder.path)/pictures/../pictures").count == 2)
        #expect(throws: (any Error).self) { try manifest.trainingData(folder: "/nowhere") }
        let both = try recipe("images: [train, test], only: [\"*\"]")
        #expect(try both.trainingData().count == 18)
    }

    @Test func aShareHeldOut() throws {
        let folder = try TemporaryFolder()
        let picture = Image.gradient(width: 9, height: 9, channels: 1).encodedAsPNM()
        for label in ["cat", "cow", "owl"] {
            for number in 0..<10 { try folder.write("\(label)/\(number).pgm", picture) }
        }
        let text = "data: {only: [c*], test: {share: 0.3}}\npreprocessing: {size: 8}\nbackbone: [flatten]"
        var recipe = try Recipe(contentsOf: try folder.write("recipe.yaml", text))
        let (training, test) = (try recipe.trainingData(), try #require(try recipe.testData()))
        func counts(_ dataset: Dataset) -> [String: Int] {
            Dictionary(dataset.samples.map { ($0.label, 1) }, uniquingKeysWith: +)
        }
        #expect(counts(training) == ["cat": 7, "cow": 7])
        #expect(counts(test) == ["cat": 3, "cow": 3, "owl": 10])
        #expect(Set(training.samples.map(\.source)).isDisjoint(with: test.samples.map(\.source)))
        recipe.training.seed = 2
        #expect(try recipe.testData()?.samples.map(\.source) != test.samples.map(\.source))
        recipe.data.only = ["d*"]
        #expect(throws: DatasetError.unknownLabel("d*", nearest: nil)) { try recipe.trainingData() }
    }
}
