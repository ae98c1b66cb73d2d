import AkinDatasets
import AkinImages
import AkinNetworks
import AkinTraining
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
        #expect(count >= 3)
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
        #expect(data.test?.split == "held-out" && data.test?.images == nil)
        #expect(data.images == nil && data.labels == nil && data.names == nil)
        #expect(
            recipe.preprocessing
                == Preprocessing(
                    height: 30, width: 40, channels: .rgb, placement: .stretch, invert: true,
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
        #expect(training.loss == .contrastive && training.margin == 1.5 && training.classification == 0.25)
        #expect(training.pairs == .proportion(positive: 2, negative: 3) && training.batch == 32)
        #expect(training.epochs == 11 && training.optimizer == .adam && training.learningRate == 0.01)
        #expect(training.seed == 5 && recipe.index.metric == "cosine")
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
        #expect(recipe.data.folder == "/data" && recipe.data.images == "i.gz" && recipe.data.labels == "l.gz")
        #expect(recipe.data.names == ["zero", "1"])
        #expect(recipe.data.test?.images == "ti.gz" && recipe.data.test?.labels == "tl.gz")
    }

    @Test func leavesTheRestToDefaults() throws {
        let recipe = try Recipe(
            text: "data: {}\npreprocessing: {size: 8}\nbackbone: [flatten, dense: 4]", path: "seals/recipe.yaml")
        #expect(recipe.name == "seals" && recipe.folder == "seals")
        #expect(recipe.data.format == .folder && recipe.data.folder == "seals/." && recipe.data.selection == .first)
        #expect(recipe.data.test == nil && recipe.data.imagesPerClass == nil)
        #expect(recipe.preprocessing == Preprocessing(height: 8, width: 8))
        #expect(recipe.backbone == [.flatten, .dense(units: 4, activation: .linear)])
        let training = recipe.training
        #expect(training.margin == 1 && training.classification == 0.125 && training.batch == 256)
        #expect(training.pairs == .proportion(positive: 1, negative: 4) && training.epochs == 50)
        #expect(training.learningRate == 0.001 && training.seed == 1)
        #expect(recipe.index.metric == "l2" && recipe.evaluation.procedure == nil)
        #expect(recipe.evaluation.classifiers == ["nearest-neighbours"] && recipe.evaluation.k == 5)
        #expect(!recipe.evaluation.retrain)
    }

    @Test func shortFormsOfLayers() throws {
        func layers(_ text: String) throws -> [LayerSpecification] {
            try Recipe(text: "data: {}\npreprocessing: {size: 8}\nbackbone: \(text)", path: "r.yaml").backbone
        }
        let conv = LayerSpecification.conv2d(
            filters: 3, kernel: .init(height: 2, width: 2), stride: .init(height: 1, width: 1), padding: .valid,
            activation: .linear)
        #expect(try layers("[conv2d: {filters: 3, kernel: 2}]") == [conv])
        #expect(try layers("[conv2d: {filters: 3, kernel: [2, 2], stride: 1, padding: valid}]") == [conv])
        #expect(try layers("[max-pooling2d: 4]") == [.maxPooling2d(window: 4, stride: 4)])
        #expect(try layers("[dropout: 0.5, sigmoid, softmax, linear]")
            == [.dropout(rate: 0.5), .activation(.sigmoid), .activation(.softmax), .activation(.linear)])
        #expect(try layers("[{flatten: }, relu: {}]") == [.flatten, .activation(.relu)])
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
            "pictures/list.csv", "path,label,split\ntrain/a/0.pgm,a,train\ntrain/b/0.pgm,b,train\ntest/a/1.pgm,a,test\n")
        func recipe(_ data: String) throws -> Recipe {
            let text = "data: {folder: pictures, \(data)}\npreprocessing: {size: 8}\nbackbone: [flatten, dense: 4]"
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
    }
}
