import AkinImages
import AkinNetworks
import AkinTensors
import AkinTraining
import Testing

/// Settings `KEY=VALUE` that change a recipe for once.
@Suite struct RecipeSettingTests {
    private let text = """
        data: {folder: pictures}
        preprocessing: {size: 8}
        backbone:
          - &block
            - conv2d: &conv {filters: 4, kernel: 3}
            - batch-normalization
          - conv2d: {<<: *conv, filters: 5}
          - *block
          - flatten
          - dense: {units: 16, activation: sigmoid}
        training:
          optimizer: sgd
          epochs: 5
        """

    private func recipe(_ settings: String...) throws(RecipeError) -> Recipe {
        try Recipe(text: text, path: "r.yaml", setting: settings)
    }

    private func message(_ settings: String..., in text: String? = nil) -> String? {
        do throws(RecipeError) {
            _ = try Recipe(text: text ?? self.text, path: "r.yaml", setting: settings)
            return nil
        } catch { return error.description }
    }

    @Test func settingNothingChangesNothing() throws {
        let plain = try recipe()
        #expect(try recipe("epochs=5", "optimizer=sgd", "data.folder=pictures") == plain)
        #expect(try recipe("backbone[-1].dense.units=16", "backbone[1].conv2d.kernel=3") == plain)
    }

    @Test func keysOfTrainingGoByTheirNames() throws {
        let training = try recipe("epochs=7", "seed=9", "pairs={positive: 2, negative: 3}", "margin=0.5")
            .training
        #expect(training.epochs == 7 && training.seed == 9 && training.loss.margin == 0.5)
        #expect(training.pairs == .proportion(positive: 2, negative: 3))
        #expect(try recipe("training.epochs=7").training.epochs == 7)
        #expect(try recipe("pairs.positive=3").training.pairs == .proportion(positive: 3, negative: 4))
        #expect(try recipe("epochs=7", "epochs=8").training.epochs == 8)
        #expect(try recipe("optimizer=nadam").training.learningRate == 0.002)
        #expect(try recipe("optimizer.sgd.momentum=0.9").training.optimizer == .sgd(momentum: 0.9))
        #expect(try recipe("augmentation.scale=[0.9, 1.1]").training.augmentation.scale == .init(0.9, 1.1))
    }

    @Test func othersAreNamedFromTheTop() throws {
        #expect(try recipe("name=seals").name == "seals")
        #expect(try recipe("data.folder=/there").data.folder == "/there")
        #expect(try recipe("data.only=[a, b]").data.only == ["a", "b"])
        #expect(try recipe("preprocessing.size=[4, 6]").preprocessing.width == 6)
        #expect(try recipe("evaluation.protocol=test", "evaluation.k=3").evaluation.k == 3)
        #expect(try recipe("data.test.share=0.5").data.test?.share == 0.5)
    }

    @Test func nullTakesAKeyAway() throws {
        #expect(try recipe("pairs.positive=3", "pairs=null") == recipe())
        #expect(try recipe("epochs=null", "training.optimizer=~").training == Recipe.small().training)
        #expect(
            try recipe("backbone[-1].dense.activation=null").backbone.last
                == .dense(units: 16, activation: .linear))
        #expect(message("preprocessing.size=null")?.contains("the key preprocessing.size is missing") == true)
        #expect(
            message("name='null'") == nil && message("pairs=")?.contains("training.pairs is empty") == true)
        #expect(
            message("training.optimiser=null")
                == "training.optimiser=null: the recipe has no training.optimiser that could be left out; "
                + "beside it there are optimizer, epochs")
        #expect(
            message("optimizer=adam", "evaluation.k=null")
                == "evaluation.k=null: the recipe has no evaluation that could be left out; "
                + "beside it there are data, preprocessing, backbone, training")
        #expect(
            message("backbone[-1]= null")
                == "backbone[-1]= null: backbone[-1] is to be left out; "
                + "give another value, for what a list has can be changed, not left out")
    }

    @Test func positionsInLists() throws {
        let plain = try recipe().backbone
        var changed = plain
        changed[6] = .dense(units: 64, activation: .sigmoid)
        #expect(try recipe("backbone[-1].dense.units=64").backbone == changed)
        #expect(try recipe("backbone[4].dense.units=64").backbone == changed)
        // Of what an alias repeats, one alone is changed.
        changed = plain
        changed[4] = .batchNormalization(momentum: 0.5, epsilon: 0.001)
        #expect(try recipe("backbone[2][1].batch-normalization.momentum=0.5").backbone == changed)
        changed = plain
        changed[2] = .conv2d(
            filters: 5, kernel: .init(height: 2, width: 2), stride: .init(height: 1, width: 1),
            padding: .valid,
            activation: .linear)
        #expect(try recipe("backbone[1].conv2d.kernel=2").backbone == changed)
        changed = plain
        changed[5] = .activation(.relu)
        #expect(try recipe("backbone[-2]=relu").backbone == changed)
    }

    @Test func errorsNameTheSetting() {
        #expect(
            message("epochs=0")
                == "epochs=0: training.epochs is \"0\"; give a whole number, 1 to 1000000")
        #expect(
            message("epochs=7", "optimizer={sgd: {momentun: 1}}")
                == "optimizer={sgd: {momentun: 1}}: there is no key training.optimizer.sgd.momentun; "
                + "did you mean training.optimizer.sgd.momentum?")
        #expect(message("epoch=3") == "epoch=3: there is no key epoch; did you mean epochs?")
        #expect(
            message("evaluaton.k=3")
                == "evaluaton.k=3: there is no key evaluaton; did you mean evaluation?")
        #expect(
            message("data.foldr=x")
                == "data.foldr=x: there is no key data.foldr; did you mean data.folder?")
        #expect(
            message("backbone[-1].dens.units=3")
                == "backbone[-1].dens.units=3: there is no key backbone[-1].dens; "
                + "did you mean backbone[-1].dense?")
        #expect(
            message("backbone[1].dense.units=3")
                == "backbone[1].dense.units=3: there is no key backbone[1].dense here; "
                + "there are backbone[1].conv2d")
        #expect(
            message("backbone[-1].dense.unit=3")
                == "backbone[-1].dense.unit=3: there is no key backbone[4].dense.unit; "
                + "did you mean backbone[4].dense.units?")
        #expect(
            message("backbone[9].dense.units=3")
                == "backbone[9].dense.units=3: backbone[9] is not there; "
                + "give a position from 0 to 4, or from -1 down")
        #expect(
            message("backbone.dense.units=3")
                == "backbone.dense.units=3: backbone is a list, and the key goes on below it; "
                + "set backbone as a whole")
        #expect(
            message("optimizer.adam.beta1=0.8")
                == "optimizer.adam.beta1=0.8: training.optimizer is \"sgd\", and the key goes on below it; "
                + "set training.optimizer as a whole")
        #expect(
            message("epochs")
                == "epochs: that is no KEY=VALUE; give one such as epochs=10 or backbone[-1].dense.units=64"
        )
        for setting in ["=3", ".=3", "a..b=3", "a[=3", "a[b]=3", "a b=3", "a[1]b=3", "[0]=3", ""] {
            #expect(message(setting)?.contains("that is no KEY=VALUE") == true, "\(setting)")
        }
        #expect(
            message("epochs=") == "epochs=: training.epochs is empty; give a whole number, 1 to 1000000"
        )
        #expect(
            message("pairs={positive: 1")
                == "pairs={positive: 1: not YAML (did not find expected ',' or '}'); "
                + "compare it with the recipes under Indexes")
        #expect(
            message("margin=1", "loss=cross-entropy")?.hasPrefix(
                "margin=1: training.margin means nothing with loss cross-entropy") == true)
        // What is wrong in the file still names its line.
        #expect(
            message("margin=2", in: text + "\n  batch: 1")
                == "r.yaml, line 14: training.batch is \"1\"; give a whole number, 2 to 8192")
    }

    @Test func randomSettingsNeverTrap() {
        var generator = SeededGenerator(seed: 5)
        let pieces = [
            "backbone", "[", "]", "-1", "0", ".", "=", "dense", "units", "training", "epochs", "{", "}", ":",
            " ", "*a",
            "&a", "<<", "9", "99999999999999999999", "\n", "- ", "é", "\u{2028}", "null",
        ]
        for _ in 0..<4000 {
            let count = Int.random(in: 1...8, using: &generator)
            let setting = (0..<count).map { _ in pieces.randomElement(using: &generator)! }.joined()
            _ = message(setting)
            _ = message("backbone[\(Int.random(in: -6...6, using: &generator))]" + setting)
        }
    }
}
