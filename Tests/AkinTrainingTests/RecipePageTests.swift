import AkinNetworks
import AkinTraining
import Foundation
import TestSupport
import Testing

/// The page on recipes has every key that the reader knows.
@Suite struct RecipePageTests {
    private let page: String

    init() throws {
        let path = "Sources/AkinTraining/AkinTraining.docc/Recipes.md"
        page = try String(contentsOf: repository.appending(path: path), encoding: .utf8)
    }

    /// The part of the page from a headline to the next.
    private func section(_ headline: String) throws -> Substring {
        let start = try #require(page.range(of: "\n\(headline)\n"), "no \(headline)").upperBound
        return page[start...].prefix(
            upTo: page.range(of: "\n#", range: start..<page.endIndex)?.lowerBound ?? page.endIndex)
    }

    /// What the reader says that there is beside a key that there is not.
    private func known(_ text: String) throws -> [String] {
        do throws(RecipeError) {
            _ = try Recipe(text: text, path: "r.yaml")
        } catch .unknownKey(_, _, nil, let known) {
            return known.map { String($0.split(separator: ".").last!) }
        } catch .unknownLayer(_, _, nil, let known) {
            return known
        } catch {
            Issue.record("\(error)")
        }
        return []
    }

    private static let start = "data: {}\npreprocessing: {size: 8}\nbackbone: [flatten]\n"

    @Test(arguments: [
        ("## The top", "data: {}\npreprocessing: {size: 8}\nbackbone: [flatten]\n?: 0"),
        ("## data", "data: {?: 0}\npreprocessing: {size: 8}\nbackbone: [flatten]"),
        ("### data.test", "data: {images: x, test: {?: 0}}\npreprocessing: {size: 8}\nbackbone: [flatten]"),
        ("## preprocessing", "data: {}\npreprocessing: {size: 8, ?: 0}\nbackbone: [flatten]"),
        ("## training", "data: {}\npreprocessing: {size: 8}\nbackbone: [flatten]\ntraining: {?: 0}"),
        (
            "### training.pairs",
            "data: {}\npreprocessing: {size: 8}\nbackbone: [flatten]\ntraining: {pairs: {?: 0}}"
        ),
        ("### training.batch", Self.start + "training: {batch: {?: 0}}"),
        ("### training.optimizer", Self.start + "training: {optimizer: {sgd: {?: 0}}}"),
        ("### training.optimizer", Self.start + "training: {optimizer: {rmsprop: {?: 0}}}"),
        ("### training.optimizer", Self.start + "training: {optimizer: {adadelta: {?: 0}}}"),
        ("### training.optimizer", Self.start + "training: {optimizer: {adam: {?: 0}}}"),
        ("### training.optimizer", Self.start + "training: {optimizer: {adamw: {?: 0}}}"),
        (
            "### training.schedule",
            Self.start + "training: {schedule: {exponential-decay: {decay: 1, steps: 1, ?: 0}}}"
        ),
        ("### training.schedule", Self.start + "training: {schedule: {step: {factor: 1, epochs: 1, ?: 0}}}"),
        ("### training.schedule", Self.start + "training: {schedule: {cosine: {?: 0}}}"),
        ("### training.augmentation", Self.start + "training: {augmentation: {?: 0}}"),
        ("### training.validation", Self.start + "training: {validation: {?: 0}}"),
        ("## index", "data: {}\npreprocessing: {size: 8}\nbackbone: [flatten]\nindex: {?: 0}"),
        ("## evaluation", "data: {}\npreprocessing: {size: 8}\nbackbone: [flatten]\nevaluation: {?: 0}"),
        ("## backbone", "data: {}\npreprocessing: {size: 8}\nbackbone: [?]"),
        ("### A frozen part", "data: {}\nbackbone: {frozen: shapes, layers: [dense: 1], ?: 0}"),
        (
            "## backbone",
            "data: {}\npreprocessing: {size: 8}\nbackbone: [conv2d: {filters: 1, kernel: 1, ?: 0}]"
        ),
        (
            "## backbone",
            "data: {}\npreprocessing: {size: 8}\nbackbone: [depthwise-conv2d: {kernel: 1, ?: 0}]"
        ),
        (
            "## backbone",
            "data: {}\npreprocessing: {size: 8}\nbackbone: [squeeze-excitation: {units: 1, ?: 0}]"
        ),
        ("## backbone", "data: {}\npreprocessing: {size: 8}\nbackbone: [max-pooling2d: {window: 1, ?: 0}]"),
        (
            "## backbone",
            "data: {}\npreprocessing: {size: 8}\nbackbone: [average-pooling2d: {window: 1, ?: 0}]"
        ),
        ("## backbone", "data: {}\npreprocessing: {size: 8}\nbackbone: [batch-normalization: {?: 0}]"),
        ("## backbone", "data: {}\npreprocessing: {size: 8}\nbackbone: [residual: {layers: [relu], ?: 0}]"),
        ("## backbone", "data: {}\npreprocessing: {size: 8}\nbackbone: [dense: {units: 1, ?: 0}]"),
        ("## backbone", "data: {}\npreprocessing: {size: 8}\nbackbone: [dropout: {rate: 0, ?: 0}]"),
    ])
    func hasEveryKey(_ headline: String, _ text: String) throws {
        let known = try known(text.replacing("?", with: "a-key-that-is-like-no-other"))
        #expect(!known.isEmpty)
        let section = try section(headline)
        for key in known { #expect(section.contains("| `\(key)` |") || isLayer(key, in: section), "\(key)") }
    }

    // Activations share a row.
    private func isLayer(_ name: String, in section: Substring) -> Bool {
        LayerSpecification.Activation(rawValue: name) != nil
            && section.contains(
                "| `linear`, `relu`, `relu6`, `leaky-relu`, `selu`, `gelu`, `tanh`, `sigmoid`, `hard-sigmoid`, "
                    + "`hard-swish`, `softmax` |")
    }

    @Test func namesNoKeyThatThereIsNot() throws {
        for (headline, text) in [
            ("## The top", "?: 0"), ("## data", "data: {?: 0}"), ("### data.test", "data: {test: {?: 0}}"),
            ("## preprocessing", "preprocessing: {?: 0}"), ("## training", "training: {?: 0}"),
            ("### training.pairs", "training: {pairs: {?: 0}}"),
            ("### training.batch", "training: {batch: {?: 0}}"),
            ("### training.augmentation", "training: {augmentation: {?: 0}}"),
            ("### training.validation", "training: {validation: {?: 0}}"), ("## index", "index: {?: 0}"),
            ("## evaluation", "evaluation: {?: 0}"),
        ] {
            for row in try section(headline).split(separator: "\n") where row.hasPrefix("| `") {
                let key = row.dropFirst(3).prefix { $0 != "`" }
                let complete =
                    "data: {images: x, test: {images: y}}\npreprocessing: {size: 8}\nbackbone: [flatten]\n"
                // A key that there is may have a wrong value, or belong to another format; it is never unknown.
                var recipe = text.replacing("?", with: key)
                for line in complete.split(separator: "\n") where !recipe.hasPrefix(line.prefix { $0 != ":" })
                {
                    recipe += "\n" + line
                }
                do throws(RecipeError) {
                    _ = try Recipe(text: recipe, path: "r.yaml")
                } catch .unknownKey(_, let key, _, _) {
                    Issue.record("\(headline) has \(key), which there is not")
                } catch {}
            }
        }
    }

    @Test func hasEveryValueOfAChoice() throws {
        let choices: [(headline: String, values: [String])] = [
            (
                "## data",
                Recipe.Data.Format.allCases.map(\.rawValue) + Recipe.Data.Selection.allCases.map(\.rawValue)
            ),
            ("### training.loss", LossSpecification.Kind.allCases.map(\.rawValue)),
            ("### training.mining", Mining.allCases.map(\.rawValue)),
            ("### training.optimizer", ["sgd", "rmsprop", "adadelta", "adam", "nadam", "adamw"]),
            ("### training.schedule", ["constant", "exponential-decay", "step", "cosine"]),
            ("## evaluation", Recipe.Evaluation.Procedure.allCases.map(\.rawValue)),
            (
                "## backbone",
                LayerSpecification.Activation.allCases.map(\.rawValue) + ["valid", "same", "koch"]
                    + Initializer.named.map(\.name)
            ),
        ]
        for (headline, values) in choices {
            for value in values { #expect(try section(headline).contains("`\(value)`"), "\(value)") }
        }
    }

    @Test func theExampleReads() throws {
        let block = try #require(page.range(of: "```yaml\n")).upperBound
        let text = page[block...].prefix(
            upTo: try #require(page.range(of: "\n```\n", range: block..<page.endIndex)).lowerBound)
        let recipe = try Recipe(text: String(text), path: "seals/recipe.yaml")
        #expect(
            recipe.name == "seals" && recipe.data.test?.images == ["held-out"]
                && recipe.training.batches == .shuffled(size: 64))
        let network = try Network(recipe.backbone, input: Shape(recipe.preprocessing))
        #expect(network.dimension == 256)
    }
}
