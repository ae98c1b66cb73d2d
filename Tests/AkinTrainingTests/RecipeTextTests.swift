import AkinBasics
import AkinImages
import AkinNetworks
import AkinTraining
import Foundation
import TestSupport
import Testing

/// A recipe written with all its keys, and read again.
@Suite struct RecipeTextTests {
    /// Whatever was read, its text is read as the same.
    private func expectSame(_ recipe: Recipe, sourceLocation: SourceLocation = #_sourceLocation) throws {
        var expected = recipe
        expected.data.folder = absolutePath(recipe.data.folder)
        let folder = recipe.folder
        expected.training.start = recipe.training.start.map {
            $0.contains("/") ? absolutePath(folder + "/" + $0) : $0
        }
        let text = recipe.text
        let again = try Recipe(text: text, path: recipe.path)
        #expect(again == expected, "\(text)", sourceLocation: sourceLocation)
        #expect(again.text == text, sourceLocation: sourceLocation)
        #expect(RecipeDifference.all(among: [text, again.text]).isEmpty, sourceLocation: sourceLocation)
    }

    @Test func allRecipesUnderIndexes() throws {
        let folder = repository.appending(path: "Indexes").path
        var count = 0
        for index in try Folder.entries(folder) where index.isFolder != false {
            for file in try Folder.entries("\(folder)/\(index.name)") where file.name.hasSuffix(".yaml") {
                try expectSame(try Recipe(contentsOf: "\(folder)/\(index.name)/\(file.name)"))
                count += 1
            }
        }
        #expect(count > 20)
    }

    private static let start = "data: {}\npreprocessing: {size: 8}\nbackbone: [flatten, dense: 4]\n"

    @Test(arguments: [
        "training: {batch: {classes: 3, images: 2}, loss: multi-similarity, base: -0.5}",
        "training: {batch: {pairs: 9, positive: 0.25, within-group: true}, loss: binary-cross-entropy}",
        "training: {batch: {ways: 5, shots: 1, queries: 2}, loss: prototypical, label-smoothing: 0.1}",
        "training: {loss: cross-entropy, mixup: 0.3, clip-norm: 0.1}",
        "training: {loss: external-memory, memory: 0}",
        "training: {pairs: all, optimizer: {sgd: {momentum: 0.9, nesterov: true}}, steps-per-epoch: 7}",
        "training: {optimizer: rmsprop, learning-rate: 1e-7, schedule: {exponential-decay: {decay: 0.99, steps: 9}}}",
        "training: {optimizer: adadelta, schedule: {step: {factor: 0.1, epochs: 3}}, loss: triplet, mining: semi-hard}",
        "training: {optimizer: {adamw: {weight-decay: 0}}, schedule: {cosine: {warm-up: 2.5, floor: 0.01}}}",
        "training: {optimizer: nadam, validation: {labels: [\"null\", \"a: b\", \"#\", 'ü\"\\ ', \"007\"], every: 3, patience: 2}}",
        "training: {seed: 18446744073709551615, augmentation: {rotation: 3, scale: [0.5, 2], elastic: 1, flip-vertical: true}}",
        "evaluation: {protocol: leave-one-out, retrain: true, k: 3, classifiers: [ridge, \"support-vectors:linear\"]}",
        "index: {metric: cosine}\nevaluation: {protocol: pairs, training: true}",
    ]) func whatATrainingCanSay(_ keys: String) throws {
        try expectSame(try Recipe(text: Self.start + keys, path: "/r/recipe.yaml"))
    }

    @Test(arguments: [
        "{folder: 'a: b', only: [x*, \"no\"], images-per-class: 3, selection: random, test: {share: 0.2}, label-depth: 2, ignore: '*.tmp'}",
        "{format: idx, images: [a, b], labels: [c, d], names: [\"1\", zwei], test: {images: e, labels: f}}",
        "{format: manifest, manifest: list.csv, test: {split: held}}", "{format: cifar, images: a.bin}",
        "{format: omniglot, images: x, ignore: y, test: {images: z}}",
    ]) func whereThePicturesAre(_ data: String) throws {
        try expectSame(try Recipe(text: Self.start.replacing("{}", with: data), path: "/r/recipe.yaml"))
    }

    @Test func everyLayer() throws {
        let text = """
            data: {}
            preprocessing: {size: [8, 12], channels: rgb, placement: crop, shorter-side: 9, scaling: paper, ground: light,
              interpolation: area, mean: [1, 2, 3], deviation: 0.5, background: 7, invert: true, decoding: whole}
            backbone:
              - conv2d: {filters: 3, kernel: [1, 2], stride: 2, padding: [1, 0], activation: relu6, kernel-initializer: koch,
                  bias-initializer: {constant: 0.1}, kernel-l1: 1e-5, bias-l2: 2}
              - depthwise-conv2d: {kernel: 3, padding: same, activation: hard-swish, kernel-initializer: he-normal}
              - squeeze-excitation: {units: 2, gate: hard-sigmoid}
              - residual: {layers: [conv2d: {filters: 3, kernel: 1}, leaky-relu], shortcut: [batch-normalization]}
              - residual: {layers: [relu]}
              - [max-pooling2d: 1, average-pooling2d: {window: 1, stride: 2}]
              - batch-normalization: {momentum: 0.5, epsilon: 0.01}
              - global-average-pooling2d
              - dropout: 0.25
              - dense: {units: 4, activation: sigmoid, kernel-initializer: {normal: {deviation: 0.02}}}
              - l2-normalization
            """
        try expectSame(try Recipe(text: text, path: "/r/recipe.yaml"))
        for layer in LayerSpecification.Activation.allCases where layer != .linear {
            let recipe = try Recipe(
                text: Self.start.replacing("flatten,", with: "flatten, \(layer.rawValue),"),
                path: "/r/recipe.yaml")
            try expectSame(recipe)
        }
    }

    /// Nothing is trained, and yet a seed draws episodes.
    @Test func aReadyBackbone() throws {
        var recipe = try Recipe(
            text: "data: {}\nbackbone: hog+pixels\nevaluation: {protocol: episodes}", path: "/r/recipe.yaml")
        recipe.training.seed = 7
        try expectSame(recipe)
        #expect(recipe.text.contains("training: {seed: 7}"))
        #expect(throws: RecipeError.self) {
            try Recipe(text: "data: {}\nbackbone: hog\ntraining: {seed: 1, epochs: 2}", path: "r.yaml")
        }
    }

    @Test func differencesAreNamedByKeys() throws {
        func text(_ training: String, _ units: Int = 4) throws -> String {
            try Recipe.small(
                training: training, backbone: "  - flatten\n  - dense: {units: \(units), activation: relu}"
            ).text
        }
        func differences(_ texts: String...) -> [String] {
            RecipeDifference.all(among: texts).map { one in
                "\(one.key): \(one.values.map { $0 ?? "-" }.joined(separator: " | "))"
            }
        }
        let plain = try text("epochs: 3")
        #expect(differences(plain, plain) == [])
        #expect(
            try differences(plain, text("epochs: 4, seed: 9"), text("epochs: 3", 5)) == [
                "backbone[1].dense.units: 4 | 4 | 5", "training.epochs: 3 | 4 | 3",
                "training.seed: 1 | 9 | 1",
            ])
        // Of another optimizer all constants are others, too.
        #expect(
            try differences(text("optimizer: adam"), text("optimizer: sgd")) == [
                "training.optimizer: adam | sgd", "training.learning-rate: 0.001 | 0.01",
            ])
        #expect(
            try differences(text("optimizer: adam"), text("optimizer: {adam: {beta1: 0.5}}")) == [
                "training.optimizer.adam.beta1: 0.9 | 0.5"
            ])
        #expect(
            try differences(plain, text("epochs: 3, clip-norm: 2")) == ["training.clip-norm: - | 2.0"])
        let deeper = try Recipe.small(training: "epochs: 3", backbone: "  - flatten\n  - dense: 4\n  - relu")
            .text
        #expect(differences(plain, deeper) == ["backbone: flatten, dense | flatten, dense, relu"])
    }

    /// Written into the checkpoint, and trained by that to the same bits.
    @Test func aCheckpointTellsItsRecipe() throws {
        let folder = try TemporaryFolder()
        let recipe = try Recipe.small(training: "epochs: 3, batch: 10, seed: 5")
        let images = DrawnSymbols(6, seed: 9).images
        let path = folder.path + "/x.safetensors"
        try Trainer(recipe, data: images).run(files: TrainingFiles(checkpoint: path))
        let again = try Recipe(contentsOf: path)
        #expect(again.text == recipe.text && again.name == "drawn" && again.path == path)
        let trainer = try Trainer(again, data: images)
        try trainer.run()
        #expect(try trainer.checkpoint.bytes == [UInt8](Data(contentsOf: URL(filePath: path))))
        #expect(trainer.checkpoint.details.pictures != nil)
        #expect(try Recipe(contentsOf: path, setting: ["epochs=4"]).training.epochs == 4)
        let untold = folder.path + "/old.safetensors"
        var details = trainer.checkpoint.details
        details.recipe = nil
        try Checkpoint(trainer.checkpoint.network(), preprocessing: again.preprocessing, details: details)
            .write(to: OutputFile(untold))
        #expect(throws: RecipeError.untold(path: untold)) { try Recipe(contentsOf: untold) }
        #expect(throws: RecipeError.self) { try Recipe(contentsOf: folder.path + "/none.safetensors") }
    }
}
