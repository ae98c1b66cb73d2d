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
        expect(size + layers + "data:\n  foldr: x", "r.yaml, line 4: there is no key data.foldr; did you mean data.folder?")
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
        expect(rest + "training:\n  epoch: 3", "r.yaml, line 5: there is no key training.epoch; did you mean training.epochs?")
        expect(
            rest + "training: {pairs: {positives: 3}}",
            "r.yaml, line 4: there is no key training.pairs.positives; did you mean training.pairs.positive?"
        )
        expect(rest + "index: {metrik: l2}", "r.yaml, line 4: there is no key index.metrik; did you mean index.metric?")
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
        expect(data + size + "backbone: [relu: 3]", "r.yaml, line 3: backbone[0].relu is \"3\"; give no settings")
        expect(rest + "index: {colour: 3}", "r.yaml, line 4: there is no key index.colour here; there are index.metric")
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
                + "there are conv2d, max-pooling2d, dense, dropout, flatten, linear, relu, sigmoid, softmax"
        )
        expect(data + size + "backbone: flatten", "r.yaml, line 3: backbone is \"flatten\"; give a list of layers")
        expect(data + size + "backbone: []", "r.yaml, line 3: backbone is a list; give a list of layers")
        expect(
            data + size + "backbone: [[flatten]]",
            "r.yaml, line 3: backbone[0] is no layer; "
                + "give one layer with its settings, such as conv2d: {filters: 32, kernel: 3}"
        )
        expect(data + size + "backbone: [conv2d: 3]", "r.yaml: the key backbone[0].conv2d.kernel is missing; add it")
        expect(data + size + "backbone: [dense]", "r.yaml: the key backbone[0].dense.units is missing; add it")
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
        expect(rest + "training: {margin: .nan}", "r.yaml, line 4: training.margin is \".nan\"; give a number above 0")
        expect(rest + "training: {margin: 1e99}", "r.yaml, line 4: training.margin is \"1e99\"; give a number above 0")
        expect(
            rest + "training: {epochs: 0}",
            "r.yaml, line 4: training.epochs is \"0\"; give a whole number, 1 to 1000000"
        )
        expect(rest + "training: {seed: -1}", "r.yaml, line 4: training.seed is \"-1\"; give a whole number, 0 or more")
        expect(rest + "training: {seed: 1.5}", "r.yaml, line 4: training.seed is \"1.5\"; give a whole number, 0 or more")
        expect(
            rest + "training: {pairs: most}",
            "r.yaml, line 4: training.pairs is \"most\"; give all, or how many: {positive: 1, negative: 4}"
        )
        expect(
            rest + "training: {pairs: {positive: 0, negative: 0}}",
            "r.yaml, line 4: training.pairs is a group of keys; give at least one positive or negative, or all"
        )
        expect(rest + "training: {loss: triplet}", "r.yaml, line 4: training.loss is \"triplet\"; give contrastive")
        expect(rest + "training: 3", "r.yaml, line 4: training is \"3\"; give keys with values")
        expect(rest + "evaluation: {k: []}", "r.yaml, line 4: evaluation.k is a list; give a whole number, 1 to 1000000")
        expect(
            rest + "evaluation: {retrain: perhaps}",
            "r.yaml, line 4: evaluation.retrain is \"perhaps\"; give true or false"
        )
        expect(
            rest + "evaluation: {protocol: guess}",
            "r.yaml, line 4: evaluation.protocol is \"guess\"; give test or leave-one-out"
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
            size + layers + "data: {format: idx, images: i, labels: l, test: {images: i, labels: l, split: s}}",
            "r.yaml, line 3: data.test.split means nothing with format idx; leave it out or give another format"
        )
        expect(size + layers + "data: {test: {images: held-out}}", "r.yaml: the key data.images is missing; add it")
        expect(
            size + layers + "data: {images: x, test: {}}",
            "r.yaml, line 3: data.test is a group of keys; give images, the sub-folder with the classes"
        )
    }

    @Test func whatIsNoRecipe() {
        expect(rest + "data: {}", "r.yaml, line 1: the key data is twice in the group that begins there; keep one")
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
        #expect(message("/nowhere/r.yaml") == "the recipe /nowhere/r.yaml: there is no such file; check the path")
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
            "&a", "*a", "<<:", "!!int", "!!binary", "? ", "- ", "[", "{", "}", "]", ": ", ":", "|", ">", "%", "'", "\"",
            "-1", "1e400", "0x", "9:9:9:9:9:9:9:9:9:9:9:9:9", "99999999999999999999", ".inf", "~", "\t", "\r\n", "\u{FEFF}",
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
                default: bytes.replaceSubrange(place..<place, with: bytes[place..<min(place + 40, bytes.count)])
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
    }
}
