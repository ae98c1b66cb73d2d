import AkinTensors
import AkinTraining
import Foundation
import TestSupport
import Testing

@Suite struct RecipeErrorTests {
    private let data = "data: {folder: pictures}\n"
    private let size = "preprocessing: {size: 8}\n"
    private let layers = "backbone: [flatten, dense: 4]\n"
    private var rest: String { data + size + layers }

    private static func message(_ text: String) -> String? {
        do throws(RecipeError) {
            _ = try Recipe(text: text, path: "r.yaml")
            return nil
        } catch { return error.description }
    }

    // The wordings are what a user sees.
    private func expect(_ text: String, _ expected: String, at place: SourceLocation = #_sourceLocation) {
        #expect(Self.message(text) == expected, sourceLocation: place)
    }

    @Test func misspeltKeysAtEachLevel() {
        expect(rest + "trainning: {}", "r.yaml, line 4: there is no key trainning; did you mean training?")
        expect(size + layers + "dta: {}", "r.yaml, line 3: there is no key dta; did you mean data?")
        expect(data + size + "backbon: []", "r.yaml, line 3: there is no key backbon; did you mean backbone?")
        expect(
            size + layers + "data:\n  foldr: x",
            "r.yaml, line 4: there is no key data.foldr; did you mean data.folder?")
        expect(
            size + layers + "data:\n  images: x\n  test:\n    images: x\n    lables: y",
            "r.yaml, line 7: there is no key data.test.lables; did you mean data.test.labels?"
        )
        expect(
            data + layers + "preprocessing: {size: 8, chanels: rgb}",
            "r.yaml, line 3: there is no key preprocessing.chanels; did you mean preprocessing.channels?"
        )
        expect(
            data + layers + "preprocessing: {sise: 8}",
            "r.yaml, line 3: there is no key preprocessing.sise; did you mean preprocessing.size?"
        )
        expect(
            rest + "training:\n  epoch: 3",
            "r.yaml, line 5: there is no key training.epoch; did you mean training.epochs?")
        expect(
            rest + "training: {pairs: {positives: 3}}",
            "r.yaml, line 4: there is no key training.pairs.positives; did you mean training.pairs.positive?"
        )
        expect(
            rest + "index: {metrik: l2}",
            "r.yaml, line 4: there is no key index.metrik; did you mean index.metric?")
        expect(
            rest + "evaluation: {classifier: x}",
            "r.yaml, line 4: there is no key evaluation.classifier; did you mean evaluation.classifiers?"
        )
        expect(
            data + size + "backbone:\n  - flatten\n  - conv2d: {filter: 3, kernel: 3}",
            "r.yaml, line 5: there is no key backbone[1].conv2d.filter; did you mean backbone[1].conv2d.filters?"
        )
        expect(
            data + size + "backbone:\n  - dense: {units: 3, activatoin: relu}",
            "r.yaml, line 4: there is no key backbone[0].dense.activatoin; did you mean backbone[0].dense.activation?"
        )
        expect(
            data + size + "backbone:\n  - flatten: {order: 3}",
            "r.yaml, line 4: backbone[0].flatten is a group of keys; give no settings"
        )
        expect(
            data + size + "backbone: [relu: 3]", "r.yaml, line 3: backbone[0].relu is \"3\"; give no settings"
        )
        expect(
            rest + "index: {colour: 3}",
            "r.yaml, line 4: there is no key index.colour here; there are index.metric")
        expect(
            rest + "training: {pairs: {colour: 3}}",
            "r.yaml, line 4: there is no key training.pairs.colour here; "
                + "there are training.pairs.positive, training.pairs.negative"
        )
        expect(rest + "[a, b]: 3", "r.yaml, line 4: a key of the recipe is a list; give a text")
    }

    @Test func layersThatDoNotExist() {
        expect(
            data + size + "backbone: [flaten]",
            "r.yaml, line 3: there is no layer flaten; did you mean flatten?"
        )
        expect(
            data + size + "backbone: [transformer]",
            "r.yaml, line 3: there is no layer transformer; "
                + "there are conv2d, depthwise-conv2d, squeeze-excitation, max-pooling2d, average-pooling2d, "
                + "global-average-pooling2d, batch-normalization, dense, dropout, flatten, residual, "
                + "l2-normalization, linear, relu, relu6, leaky-relu, selu, gelu, tanh, sigmoid, hard-sigmoid, "
                + "hard-swish, softmax"
        )
        expect(
            data + size + "backbone: flatten",
            "r.yaml, line 3: backbone is \"flatten\"; give a list of layers")
        expect(data + size + "backbone: []", "r.yaml, line 3: backbone is a list; give a list of layers")
        expect(
            data + size + "backbone: [{flatten: , relu: }]",
            "r.yaml, line 3: backbone[0] is no layer; "
                + "give one layer with its settings, such as conv2d: {filters: 32, kernel: 3}"
        )
        expect(
            data + size + "backbone: [conv2d: 3]",
            "r.yaml: the key backbone[0].conv2d.kernel is missing; add it")
        expect(
            data + size + "backbone: [dense]", "r.yaml: the key backbone[0].dense.units is missing; add it")
        expect(
            data + size + "backbone:\n  - residual:\n      layers: [flatten]\n      shortcut: [flatten, rlu]",
            "r.yaml, line 6: there is no layer rlu; did you mean relu?")
        expect(
            data + size + "backbone: [residual: {layers: []}]",
            "r.yaml, line 3: backbone[0].residual.layers is a list; give a list of layers")
        expect(
            data + size + "backbone: [dense: {units: 4, kernel-initializer: glorot}]",
            "r.yaml, line 3: backbone[0].dense.kernel-initializer is \"glorot\"; give glorot-uniform or "
                + "glorot-normal or he-uniform or he-normal or lecun-uniform or lecun-normal or zeros or koch or "
                + "{constant: 0.1} or {normal: {mean: 0, deviation: 0.01}}")
        expect(
            data + size + "backbone: [dense: {units: 4, bias-initializer: {normal: {men: 1, deviation: 1}}}]",
            "r.yaml, line 3: there is no key backbone[0].dense.bias-initializer.normal.men; "
                + "did you mean backbone[0].dense.bias-initializer.normal.mean?")
        expect(
            data + size + "backbone: [conv2d: {filters: 1, kernel: 3, padding: full}]",
            "r.yaml, line 3: backbone[0].conv2d.padding is \"full\"; "
                + "give valid or same, or a whole number or a list of height and width, 0 to 255")
        expect(
            data + size + "backbone: [batch-normalization: 0.9]",
            "r.yaml, line 3: backbone[0].batch-normalization is \"0.9\"; give keys with values")
    }

    @Test func wrongValues() {
        expect(
            rest + "training: {batch: many}",
            "r.yaml, line 4: training.batch is \"many\"; give a whole number, 2 to 8192"
        )
        expect(
            rest + "training: {batch: 1:2:3:4:5:6:7:8:9:10:11:12:13:14}",
            "r.yaml, line 4: training.batch is \"1:2:3:4:5:6:7:8:9:10:11:12:13:14\"; give a whole number, 2 to 8192"
        )
        expect(
            rest + "training: {margin: 1:2:3:4}",
            "r.yaml, line 4: training.margin is \"1:2:3:4\"; give a number above 0"
        )
        expect(
            rest + "training: {margin: .nan}",
            "r.yaml, line 4: training.margin is \".nan\"; give a number above 0")
        expect(
            rest + "training: {margin: 1e99}",
            "r.yaml, line 4: training.margin is \"1e99\"; give a number above 0, of a size from 1.2e-38 to 3.4e38"
        )
        expect(
            rest + "training: {epochs: 0}",
            "r.yaml, line 4: training.epochs is \"0\"; give a whole number, 1 to 1000000"
        )
        expect(
            rest + "training: {seed: -1}",
            "r.yaml, line 4: training.seed is \"-1\"; give a whole number, 0 or more")
        expect(
            rest + "training: {seed: 1.5}",
            "r.yaml, line 4: training.seed is \"1.5\"; give a whole number, 0 or more")
        expect(
            rest + "training: {pairs: most}",
            "r.yaml, line 4: training.pairs is \"most\"; give all, or how many: {positive: 1, negative: 4}"
        )
        expect(
            rest + "training: {pairs: {positive: 0, negative: 0}}",
            "r.yaml, line 4: training.pairs is a group of keys; give at least one positive or negative, or all"
        )
        expect(
            rest + "training: {loss: hinge}",
            "r.yaml, line 4: training.loss is \"hinge\"; give contrastive or contrastive-squared or "
                + "contrastive-logarithmic or half-contrastive or binary-cross-entropy or triplet or "
                + "external-memory or cross-entropy or prototypical or supervised-contrastive or "
                + "multi-similarity or normalised-softmax")
        expect(
            rest + "training: {optimizer: sgd2}",
            "r.yaml, line 4: training.optimizer is \"sgd2\"; give sgd or rmsprop or adadelta or adam or nadam or "
                + "adamw, or one with settings: {sgd: {momentum: 0.9}}")
        expect(
            rest + "training: {optimizer: {sgd: {momentun: 0.9}}}",
            "r.yaml, line 4: there is no key training.optimizer.sgd.momentun; "
                + "did you mean training.optimizer.sgd.momentum?")
        expect(
            rest + "training: {schedule: {step: {epochs: 3}}}",
            "r.yaml: the key training.schedule.step.factor is missing; add it")
        expect(
            rest + "training: {augmentation: {scale: 1.2}}",
            "r.yaml, line 4: training.augmentation.scale is \"1.2\"; "
                + "give a list of two numbers, 0.1 to 10, the lower first")
        expect(
            rest + "training: {augmentation: {rotation: -3}}",
            "r.yaml, line 4: training.augmentation.rotation is \"-3\"; give a number, 0 to 180")
        let batches =
            "a whole number, 2 to 8192, or {pairs: 128, positive: 0.5} or {classes: 16, images: 4} or "
            + "{ways: 20, shots: 1, queries: 5}, with at most 8192 images"
        expect(
            rest + "training: {batch: {pairs: 3, ways: 4}}",
            "r.yaml, line 4: training.batch is a group of keys; give \(batches)")
        expect(
            rest + "training: {batch: {classes: 4096, images: 4096}}",
            "r.yaml, line 4: training.batch is a group of keys; give \(batches)")
        expect(rest + "training: {batch: [3]}", "r.yaml, line 4: training.batch is a list; give \(batches)")
        expect(
            rest + "training: {validation: {labels: a, share: 0.1}}",
            "r.yaml, line 4: training.validation.share is \"0.1\"; give either labels or a share")
        expect(rest + "training: 3", "r.yaml, line 4: training is \"3\"; give keys with values")
        expect(
            rest + "evaluation: {k: []}",
            "r.yaml, line 4: evaluation.k is a list; give a whole number, 1 to 1000000")
        expect(
            rest + "evaluation: {retrain: perhaps}",
            "r.yaml, line 4: evaluation.retrain is \"perhaps\"; give true or false")
        expect(
            rest + "evaluation: {protocol: test, retrain: true}",
            "r.yaml, line 4: evaluation.retrain is \"true\"; "
                + "give false, or the protocol leave-one-out: no other trains anew"
        )
        expect(
            rest + "evaluation: {protocol: guess}",
            "r.yaml, line 4: evaluation.protocol is \"guess\"; give test or leave-one-out or pairs or episodes"
        )
        expect(rest + "name:", "r.yaml, line 4: name is empty; give a text")
        expect(
            data + layers + "preprocessing: {size: [8, 8, 8]}",
            "r.yaml, line 3: preprocessing.size is a list; "
                + "give a whole number or a list of height and width, 1 to 4096"
        )
        expect(
            size + layers + "data: {only: [a, [b]]}",
            "r.yaml, line 3: data.only is a list; give a list of texts"
        )
    }

    @Test func whatBelongsTogether() {
        expect(layers + size, "r.yaml: the key data is missing; add it")
        expect("", "r.yaml: it is empty; start from a recipe under Indexes")
        expect("# nothing yet\n", "r.yaml: it is empty; start from a recipe under Indexes")
        expect(size + layers + "data: {format: idx}", "r.yaml: the key data.images is missing; add it")
        expect(size + layers + "data: {format: manifest}", "r.yaml: the key data.manifest is missing; add it")
        expect(
            size + layers + "data: {manifest: list.csv}",
            "r.yaml, line 3: data.manifest means nothing with format folder; leave it out or give another format"
        )
        expect(
            size + layers
                + "data: {format: idx, images: i, labels: l, test: {images: i, labels: l, split: s}}",
            "r.yaml, line 3: data.test.split means nothing with format idx; leave it out or give another format"
        )
        expect(
            size + layers + "data: {test: {images: held-out}}",
            "r.yaml: the key data.images is missing; add it")
        expect(
            size + layers + "data: {images: x, test: {}}",
            "r.yaml, line 3: data.test is a group of keys; give images, the sub-folder with the classes, or a share"
        )
        expect(
            size + layers + "data: {images: x, test: {images: y, share: 0.2}}",
            "r.yaml, line 3: data.test.share is \"0.2\"; give either a share or images")
        expect(
            size + layers + "data: {format: idx, images: [a, b], labels: l}",
            "r.yaml, line 3: data.labels is \"l\"; give as many files as images has: 2")
        expect(
            rest + "training:\n  loss: triplet\n  pairs: all",
            "r.yaml, line 6: training.pairs means nothing with loss triplet; leave it out or take loss "
                + "contrastive or contrastive-squared or contrastive-logarithmic or half-contrastive or "
                + "binary-cross-entropy")
        expect(
            rest + "training: {loss: cross-entropy, scale: 3}",
            "r.yaml, line 4: training.scale means nothing with loss cross-entropy; leave it out or take loss "
                + "normalised-softmax")
        expect(
            rest + "training: {loss: triplet, batch: {pairs: 8}}",
            "r.yaml, line 4: training.batch is a group of keys; "
                + "give how many images, or classes and images: loss triplet compares no pairs")
        expect(
            rest + "training: {loss: prototypical}",
            "r.yaml, line 4: training.batch is missing; "
                + "give episodes, such as {ways: 20, shots: 1, queries: 5}: loss prototypical learns from them"
        )
    }

    @Test func whatIsNoRecipe() {
        expect(
            rest + "data: {}",
            "r.yaml, line 1: the key data is twice in the group that begins there; keep one")
        expect(
            rest + "training:\n  batch: 3\n  epochs: 2\n  batch: 4",
            "r.yaml, line 5: the key batch is twice in the group that begins there; keep one"
        )
        expect("hello", "r.yaml, line 1: the recipe is \"hello\"; give keys with values")
        expect("- a\n- b", "r.yaml, line 1: the recipe is a list; give keys with values")
        expect(
            rest + "training: {batch: 3",
            "r.yaml, line 5: not YAML (did not find expected ',' or '}'); compare it with the recipes under Indexes"
        )
        expect(
            rest + "---\n" + rest,
            "r.yaml, line 4: not YAML (but found another document); compare it with the recipes under Indexes"
        )
        expect(
            rest + "name: \u{1}",
            "r.yaml, line 4: not YAML (control characters are not allowed); compare it with the recipes under Indexes"
        )
    }

    @Test func namesTheFile() throws {
        let folder = try TemporaryFolder()
        func message(_ path: String) -> String? {
            do throws(RecipeError) {
                _ = try Recipe(contentsOf: path)
                return nil
            } catch { return error.description }
        }
        #expect(
            message("/nowhere/r.yaml") == "the recipe /nowhere/r.yaml: there is no such file; check the path")
        #expect(
            message(folder.path)
                == "the recipe \(folder.path)/recipe.yaml: there is no such file; check the path")
        let path = try folder.write("r.yaml", [0x6E, 0x61, 0x6D, 0x65, 0x3A, 0x20, 0xFF])
        #expect(message(path) == "the recipe \(path): it is not UTF-8 text; save it as UTF-8")
        try folder.write("large/recipe.yaml", [UInt8](repeating: 0x20, count: 1_000_001))
        #expect(message(folder.path + "/large")?.contains("more than the limit") == true)
    }

    @Test func mutatedRecipesNeverTrap() throws {
        var generator = SeededGenerator(seed: 2024)
        let folder = repository.appending(path: "Indexes").path
        let seeds = try ["mnist", "fashion-mnist", "hispamus"].map {
            [UInt8](try Data(contentsOf: URL(filePath: "\(folder)/\($0)/recipe.yaml")))
        }
        let pieces = [
            "&a", "*a", "<<:", "!!int", "!!binary", "? ", "- ", "[", "{", "}", "]", ": ", ":", "|", ">", "%",
            "'", "\"",
            "-1", "1e400", "0x", "9:9:9:9:9:9:9:9:9:9:9:9:9", "99999999999999999999", ".inf", "~", "\t",
            "\r\n", "\u{FEFF}",
            "---", "...", "all", "flatten", "null", "\u{0}", "é",
        ].map { Array($0.utf8) }
        for round in 0..<4000 {
            var bytes = seeds[round % seeds.count]
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<5, using: &generator) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes.insert(contentsOf: pieces.randomElement(using: &generator)!, at: place)
                case 2: bytes.removeSubrange(place..<min(place + 12, bytes.count))
                case 3:
                    // A value for another: where the types go wrong.
                    let end = bytes[place...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.endIndex
                    bytes.replaceSubrange(place..<end, with: pieces.randomElement(using: &generator)!)
                default:
                    bytes.replaceSubrange(place..<place, with: bytes[place..<min(place + 40, bytes.count)])
                }
                if bytes.isEmpty { bytes = [0x20] }
            }
            _ = Self.message(String(decoding: bytes, as: UTF8.self))
        }
    }

    @Test func randomBytesNeverTrap() {
        var generator = SeededGenerator(seed: 77)
        let letters = Array("abc:-[]{},&*!|>'\"%@`#? \n\t0.~=".utf8)
        for round in 0..<4000 {
            let bytes = (0..<Int.random(in: 0...60, using: &generator)).map { _ in
                round % 2 == 0
                    ? UInt8.random(in: 0...255, using: &generator) : letters.randomElement(using: &generator)!
            }
            _ = Self.message(String(decoding: bytes, as: UTF8.self))
        }
    }

    @Test func deepAndRepeatedStructuresNeverTrap() {
        _ = Self.message(String(repeating: "[", count: 100_000))
        _ = Self.message(String(repeating: "{a: ", count: 900))
        _ = Self.message(String(repeating: "- ", count: 900))
        // Each line doubles the one before it.
        var text = "a0: &a0 [x, x]\n"
        for i in 1..<60 { text += "a\(i): &a\(i) [*a\(i - 1), *a\(i - 1)]\n" }
        _ = Self.message(text)
        _ = Self.message("name: &n [*n]\n")
        var layers = "a0: &a0 [relu, relu]\n"
        for i in 1..<60 { layers += "a\(i): &a\(i) [*a\(i - 1), *a\(i - 1)]\n" }
        #expect(
            Self.message(layers + rest.replacing(self.layers, with: "backbone: *a59"))?
                .hasSuffix("is more than 1000 layers; give fewer") == true)
        var blocks = "a0: &a0 {residual: [relu, relu]}\n"
        for i in 1..<60 { blocks += "a\(i): &a\(i) {residual: [*a\(i - 1), *a\(i - 1)]}\n" }
        #expect(
            Self.message(blocks + rest.replacing(self.layers, with: "backbone: [*a59]"))?
                .hasSuffix("is more than 1000 layers; give fewer") == true)
        var groups = "a0: &a0 {b: 1}\n"
        for i in 1..<60 { groups += "a\(i): &a\(i) {<<: [*a\(i - 1), *a\(i - 1)]}\n" }
        _ = Self.message(groups + rest + "training: *a59")
    }
}
