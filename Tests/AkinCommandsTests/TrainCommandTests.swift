import AkinBasics
import AkinNetworks
import Foundation
import TestSupport
import Testing

/// `akin train`, `akin run` and leave-one-out with retraining, as a user runs them: with a network so small that it
/// takes no time.
@Suite struct TrainCommandTests {
    private let workshop: Workshop
    private var recipe: String { workshop.folder.path + "/recipe.yaml" }
    private var checkpoint: String { workshop.folder.path + "/out.safetensors" }

    init() throws {
        workshop = try Workshop()
        for label in ["abbot", "bishop", "cook"] { try workshop.draw(label, 0..<4) }
        try write(Self.text)
    }

    private func write(_ text: String) throws { try workshop.folder.write("recipe.yaml", text) }

    private static let text = """
        name: seals
        data: {format: folder, folder: pictures}
        preprocessing: {size: 12, placement: stretch}
        backbone:
          - conv2d: {filters: 4, kernel: 3, activation: relu}
          - max-pooling2d: 2
          - flatten
          - dense: {units: 8, activation: sigmoid}
        training: {batch: 12, epochs: 30, learning-rate: 0.01}
        evaluation: {protocol: leave-one-out, classifiers: [nearest-neighbours], k: 1}

        """

    /// From pictures to answers by the similarity that is learned with the backbone (Koch et al. 2015).
    @Test func aLearnedMetricAllTheWay() throws {
        let koch = Self.text
            .replacing("learning-rate: 0.01}", with: "learning-rate: 0.01, loss: binary-cross-entropy}")
        try write(koch + "index: {metric: learned-l1}\n")
        let plain = workshop.folder.path + "/plain.safetensors"
        try Workshop.checkpoint().write(to: OutputFile(plain, replacing: true))
        let outcome = try AkinProgram.run("run", recipe, "--json")
        #expect(outcome.code == 0, "\(outcome.errors)")
        let index = workshop.folder.path + "/index"
        let stats = try AkinProgram.run("index", "stats", index, "--json").json()
        #expect(stats["metric"] as? String == "learned-l1" && stats["items"] as? Int == 12)
        let left = try AkinProgram.run("evaluate", "leave-one-out", index, "-k", "1", "--json").json()
        #expect(left["metric"] as? String == "learned-l1" && left["items"] as? Int == 12)
        let answer = try AkinProgram.run(
            "query", index, workshop.pictures + "/cook/1.png", "-k", "1", "--json"
        ).json()
        #expect(answer["label"] as? String == "cook")
        // A picture and itself: the sigmoid's argument is the bias, the sign turned round.
        let file = try Safetensors(
            bytes: try Array(Data(contentsOf: URL(filePath: workshop.folder.path + "/seals.safetensors"))))
        let bias = try #require(file.tensors.first { $0.name == "similarity.bias" }).values[0]
        let neighbours = try #require(answer["neighbours"] as? [[String: Any]])
        let distance = try #require(neighbours[0]["distance"] as? Double)
        #expect(distance <= -Double(bias) + 1e-6)
        let mean = try AkinProgram.run(
            "query", index, workshop.pictures + "/cook/1.png", "--classifier", "average-class-distance",
            "--json"
        ).json()
        #expect(mean["label"] as? String == "cook")
        try AkinProgram.run("index", "build", index).expectFailure("no graph can be built: ")
        let retrained = try AkinProgram.run(
            "evaluate", "leave-one-out", recipe, "--retrain", "-k", "1", "--json")
        #expect(retrained.code == 0, "\(retrained.errors)")
        #expect(try retrained.json()["metric"] as? String == "learned-l1")

        // Another backbone has no such similarity.
        try AkinProgram.run("index", "rebuild", index, "--backbone", plain)
            .expectFailure("the backbone 'small' has learned no metric learned-l1")
        try AkinProgram.run(
            "index", "create", index + "2", "--backbone", plain, "--metric", "learned-l1"
        ).expectFailure("the backbone 'small' has learned no metric learned-l1")
        try AkinProgram.run("run", recipe, "--set", "loss=contrastive")
            .expectFailure(
                "\(recipe): the metric learned-l1 is learned by the loss binary-cross-entropy only")
    }

    @Test func trainsAndGoesOnToTheSameBits() throws {
        let whole = try AkinProgram.run("train", recipe, "--output", checkpoint, "--seed", "5", "--json")
        #expect(whole.code == 0, "\(whole.errors)")
        let report = try whole.json()
        #expect(report["checkpoint"] as? String == checkpoint)
        #expect(report["epochs"] as? Int == 30)
        #expect(try #require(report["images_per_second"] as? Double) > 0)
        #expect(try #require(report["final_loss"] as? Double) > 0)
        #expect(report.keys.contains("validation"))
        let bytes = try Data(contentsOf: URL(fileURLWithPath: checkpoint))
        #expect(try Checkpoint(contentsOf: checkpoint).dimension == 8)
        let history = try String(contentsOfFile: workshop.folder.path + "/out.history.jsonl", encoding: .utf8)
        #expect(history.split(separator: "\n").count == 30)

        let other = workshop.folder.path + "/other.safetensors"
        let again = try AkinProgram.run(
            ["train", recipe, "--output", other, "--seed", "5", "--json"], environment: ["AKIN_THREADS": "1"])
        #expect(again.code == 0)
        #expect(try Data(contentsOf: URL(fileURLWithPath: other)) == bytes)
    }

    @Test func anInterruptedRunGoesOn() throws {
        let long = Self.text.replacing("epochs: 30", with: "epochs: 3000")
        try write(long)
        let whole = workshop.folder.path + "/whole.safetensors"
        #expect(try AkinProgram.run("train", recipe, "--output", whole).code == 0)

        let arguments = ["train", recipe, "--output", checkpoint]
        let training = try AkinProgram.start(arguments)
        usleep(150_000)
        training.send(signal: SIGINT)
        let outcome = training.wait()
        // On a machine that is busy or very fast it may not have begun, or be through.
        if outcome.code == 130 {
            #expect(outcome.errors.hasPrefix("akin: error: interrupted after epoch "), "\(outcome.errors)")
            // Nothing is lost if --resume is forgotten.
            let state = workshop.folder.path + "/out.resume.safetensors"
            try AkinProgram.run(arguments).expectFailure("\(state) holds an interrupted run; go on")
            #expect(try AkinProgram.run(arguments + ["--resume"]).code == 0)
        }
        if outcome.code >= 0 {
            #expect(
                try Data(contentsOf: URL(fileURLWithPath: checkpoint))
                    == Data(contentsOf: URL(fileURLWithPath: whole)))
        }
    }

    @Test func runsARecipe() throws {
        let outcome = try AkinProgram.run("run", recipe, "--json")
        #expect(outcome.code == 0, "\(outcome.errors)")
        let result = try outcome.json()
        let evaluation = try #require(result["evaluation"] as? [[String: Any]])
        let report = try #require(evaluation.first?["leave_one_out"] as? [String: Any])
        #expect(report["items"] as? Int == 12)
        let stats = try AkinProgram.run("index", "stats", workshop.folder.path + "/index", "--json").json()
        #expect(stats["labels"] as? [String: Int] == ["abbot": 4, "bishop": 4, "cook": 4])
        let report2 = try AkinProgram.run(
            "evaluate", "leave-one-out", recipe, "--retrain", "-k", "1", "--json"
        ).json()
        #expect(report2["items"] as? Int == 12 && report2["retrained"] as? Bool == true)
    }

    /// What it leaves behind beside a finished index, and what it does with the one before.
    @Test func runningAgainReplacesTheIndex() throws {
        #expect(try AkinProgram.run("run", recipe).code == 0)
        let index = workshop.folder.path + "/index"
        try workshop.draw("cook", 4..<6)
        #expect(try AkinProgram.run("run", recipe).code == 0)
        let stats = try AkinProgram.run("index", "stats", index, "--json").json()
        #expect(stats["items"] as? Int == 14)
        #expect(try AkinProgram.run("index", "relabel", index, "--label", "cook", "--to", "chef").code == 0)
        try AkinProgram.run("run", recipe).expectFailure(
            "the index '\(index)' is not as a run of a recipe has left it, and would be replaced")
        // Moved away as advised, it stays.
        try FileManager.default.moveItem(atPath: index, toPath: index + ".old")
        for _ in 0..<2 { #expect(try AkinProgram.run("run", recipe).code == 0) }
        let kept = try AkinProgram.run("index", "stats", index + ".old", "--json").json()
        #expect((kept["labels"] as? [String: Int])?["chef"] == 6)
        let files = try FileManager.default.contentsOfDirectory(atPath: workshop.folder.path)
        #expect(Set(files.filter { $0.hasPrefix("index") }) == ["index", "index.old"], "\(files)")
    }

    /// Which classes are held back depends on the seed, and with them which evaluations there are.
    @Test func repeatsAreSummedUpByName() throws {
        for label in ["dean", "earl", "friar"] { try workshop.draw(label, 0..<4) }
        let held = workshop.folder.path + "/held"
        for label in ["abbot", "bishop", "dean", "earl"] {
            try FileManager.default.createDirectory(atPath: held, withIntermediateDirectories: true)
            try FileManager.default.copyItem(
                atPath: "\(workshop.pictures)/\(label)", toPath: "\(held)/\(label)")
        }
        try write(
            Self.text
                .replacing("folder: pictures}", with: "images: pictures, test: {images: held}}")
                .replacing("epochs: 30", with: "epochs: 2, validation: {share: 0.34, ways: 2, episodes: 5}")
                .replacing("protocol: leave-one-out", with: "protocol: pairs"))
        for seed in 1...8 {
            let outcome = try AkinProgram.run("run", recipe, "--seed", "\(seed)", "--repeats", "2", "--json")
            #expect(outcome.code == 0, "seed \(seed): \(outcome.errors)")
            let summary = try #require(try outcome.json()["summary"] as? [[String: Any]])
            let runs = summary.map { ($0["classifier"] as? String, $0["runs"] as? Int) }
            #expect(Set(runs.map(\.0)).count == runs.count)
            #expect(runs.contains { $0 == ("pairs-of-all", 2) }, "seed \(seed): \(runs)")
        }
    }

    @Test func whatCannotBeEvaluatedIsSaidBeforeTheTraining() throws {
        func refused(_ changed: String, _ message: String) throws {
            try write(changed)
            try AkinProgram.run("run", recipe).expectFailure("\(message)")
            #expect(!FileManager.default.fileExists(atPath: workshop.folder.path + "/report"))
        }
        let test = Self.text.replacing("folder: pictures}", with: "folder: pictures, test: {share: 0.1}}")
        for name in ["test", "pairs", "episodes"] {
            try refused(
                test.replacing("protocol: leave-one-out", with: "protocol: \(name)"),
                "\(recipe): its protocol asks about pictures held out, and data.test leaves none; raise its share"
            )
        }
        try refused(
            test.replacing("0.1", with: "0.25")
                .replacing("protocol: leave-one-out", with: "protocol: episodes, shots: 2"),
            "an episode needs 2 classes with at least 3 images each")
        try refused(
            test.replacing("0.1", with: "0.25").replacing("protocol: leave-one-out", with: "protocol: pairs"),
            "3 images of 3 classes make no pair of one class and of different ones")
        // One class of four is left with three images, with no fourth for a batch of four classes.
        try FileManager.default.removeItem(atPath: workshop.pictures + "/cook")
        try workshop.draw("cook", 0..<1)
        try write(Self.text.replacing("batch: 12", with: "batch: {classes: 3, images: 2}"))
        try AkinProgram.run("evaluate", "leave-one-out", recipe, "--retrain").expectFailure(
            "without '\(workshop.pictures)/cook/0.png' there is too little to train on: ")
    }

    @Test func picturesThatCannotBeReadAreNamed() throws {
        let held = workshop.folder.path + "/held"
        try FileManager.default.createDirectory(atPath: held, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: workshop.pictures + "/cook", toPath: held + "/cook")
        try Data("no picture".utf8).write(to: URL(fileURLWithPath: held + "/cook/broken.png"))
        try write(
            Self.text.replacing("folder: pictures}", with: "images: pictures, test: {images: held}}")
                .replacing("protocol: leave-one-out", with: "protocol: test"))
        let outcome = try AkinProgram.run("run", recipe, "--strict")
        #expect(
            outcome.code == 1 && outcome.errors.contains("\(held)/cook/broken.png: "), "\(outcome.errors)")

        try Data("no picture".utf8).write(to: URL(fileURLWithPath: workshop.pictures + "/cook/broken.png"))
        try write(Self.text)
        let left = try AkinProgram.run("evaluate", "leave-one-out", recipe, "--retrain", "-k", "1")
        #expect(left.code == 0 && left.errors.contains("/cook/broken.png: "), "\(left.errors)")
    }

    @Test func setsKeysForOnce() throws {
        let settings = ["--set", "epochs=3", "--set", "backbone[-1].dense.units=5"]
        let outcome = try AkinProgram.run(["train", recipe, "--output", checkpoint, "--json"] + settings)
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(try outcome.json()["epochs"] as? Int == 3)
        #expect(try Checkpoint(contentsOf: checkpoint).dimension == 5)
        let report = try AkinProgram.run(
            ["evaluate", "leave-one-out", recipe, "--retrain", "-k", "1", "--json"] + settings
        ).json()
        #expect(report["items"] as? Int == 12)

        try AkinProgram.run("train", recipe, "--set", "epoch=3").expectFailure(
            "--set epoch=3: there is no key epoch; did you mean epochs?")
        try AkinProgram.run("run", recipe, "--set", "epochs=many").expectFailure(
            "--set epochs=many: training.epochs is \"many\"; give a whole number")
        for option in [["--set", "epochs=3"], ["--seed", "3"], ["--data", workshop.pictures]] {
            let useless = try AkinProgram.run(["evaluate", "leave-one-out", recipe] + option)
            #expect(
                useless.code == 64
                    && useless.errors.contains("\(option[0]) changes a recipe; give --retrain with it"))
        }
    }

    /// With what was set for once; where it comes to lie, and what is said of the two.
    @Test func aCheckpointIsRepeated() throws {
        let settings = ["--set", "epochs=3", "--seed", "7"]
        #expect(try AkinProgram.run(["train", recipe, "--output", checkpoint] + settings).code == 0)
        let again = try AkinProgram.run("train", checkpoint, "--json")
        #expect(again.code == 0, "\(again.errors)")
        let repeated = workshop.folder.path + "/out-again.safetensors"
        #expect(try again.json()["checkpoint"] as? String == repeated)
        #expect(
            try Data(contentsOf: URL(fileURLWithPath: repeated))
                == Data(contentsOf: URL(fileURLWithPath: checkpoint)))
        let compared = try AkinProgram.run("compare", checkpoint, repeated)
        #expect(compared.code == 0 && compared.output.contains("the same backbone, bit for bit"))
        let json = try AkinProgram.run("compare", checkpoint, repeated, "--json").json()
        let same = try #require((json["same"] as? [[String: Any]])?.first)
        #expect(same["same_backbone"] as? Bool == true && (json["differences"] as? [Any])?.isEmpty == true)

        // A folder to itself; what a run needs and has not is said, and how to give it.
        let run = try AkinProgram.run("run", checkpoint)
        #expect(run.code == 0, "\(run.errors)")
        #expect(
            FileManager.default.fileExists(atPath: workshop.folder.path + "/out-again/report/recipe.yaml"))
        let moved = workshop.folder.path + "/moved"
        try FileManager.default.moveItem(atPath: workshop.pictures, toPath: moved)
        let missing = try AkinProgram.run("run", checkpoint)
        missing.expectFailure("\(checkpoint) wants its pictures from '\(workshop.pictures)'")
        #expect(missing.errors.contains("give their folder with --data"), "\(missing.errors)")
        #expect(try AkinProgram.run("run", checkpoint, "--data", moved).code == 0)
        try AkinProgram.run("train", workshop.backbone).expectFailure(
            "\(workshop.backbone) does not say how it was trained")
    }

    @Test func aFinishedRunIsProlonged() throws {
        let arguments = ["train", recipe, "--output", checkpoint]
        #expect(try AkinProgram.run(arguments).code == 0)
        let finished = workshop.folder.path + "/out.finished.safetensors"
        try AkinProgram.run(arguments + ["--resume"]).expectFailure(
            "\(finished) is from a run that is through with all of its 30 epochs; raise epochs to prolong it (--set epochs=...)"
        )
        let longer = try AkinProgram.run(arguments + ["--resume", "--set", "epochs=40"])
        #expect(longer.code == 0, "\(longer.errors)")
        let whole = workshop.folder.path + "/whole.safetensors"
        #expect(try AkinProgram.run("train", recipe, "--output", whole, "--set", "epochs=40").code == 0)
        #expect(
            try Data(contentsOf: URL(fileURLWithPath: whole))
                == Data(contentsOf: URL(fileURLWithPath: checkpoint)))
        try AkinProgram.run(arguments + ["--resume", "--set", "epochs=50", "--seed", "4"]).expectFailure(
            "\(finished) is from a run with another recipe: training.seed was 1 and is 4")
        // Curves of somebody else stay.
        let curves = try workshop.folder.write("out.history.svg", "mine")
        try AkinProgram.run(arguments + ["--resume", "--set", "epochs=50"]).expectFailure(
            "\(curves) was not written by the run that is gone on with, and would be replaced; move it away, or give --force"
        )
        #expect(try String(contentsOfFile: curves, encoding: .utf8) == "mine")
        #expect(try AkinProgram.run(arguments + ["--resume", "--set", "epochs=50", "--force"]).code == 0)
    }

    /// No checkpoint comes of it, and its history says why.
    @Test func anExplodingLossIsNamed() throws {
        try write(
            Self.text.replacing("conv2d: {filters: 4, kernel: 3, activation: relu}", with: "linear")
                .replacing("activation: sigmoid", with: "kernel-l2: 15"))
        let outcome = try AkinProgram.run(
            "train", recipe, "--output", checkpoint, "--set", "optimizer=sgd", "--set", "learning-rate=0.1",
            "--set", "classification=0")
        outcome.expectFailure("the loss has exploded: it is ")
        #expect(outcome.errors.contains("try a lower learning-rate than 0.1"), "\(outcome.errors)")
        let history = try String(contentsOfFile: workshop.folder.path + "/out.history.jsonl", encoding: .utf8)
        #expect(history.contains("\"stopped\":\"the loss has exploded"))
        #expect(!FileManager.default.fileExists(atPath: checkpoint))
    }

    @Test func wrongUsage() throws {
        try write(Self.text.replacing("learning-rate", with: "lerning-rate"))
        try AkinProgram.run("train", recipe).expectFailure(
            "\(recipe), line 9: there is no key training.lerning-rate; did you mean training.learning-rate?")
        try write(Self.text)
        try AkinProgram.run("train", recipe + "x").expectFailure("the recipe \(recipe)x")
        try AkinProgram.run("train", recipe, "--data", workshop.folder.path + "/nowhere")
            .expectFailure("\(recipe) wants its pictures from")
        try AkinProgram.run("train", recipe, "--resume").expectFailure("there is no interrupted run")
        try AkinProgram.run("evaluate", "leave-one-out", recipe).expectFailure(
            "'\(recipe)' is a recipe; give --retrain")

        try AkinProgram.run("evaluate", "leave-one-out", recipe, "--retrain", "--group").expectFailure(
            "no image has a group, so none can be left out")
        try AkinProgram.run("train", recipe, "--set", "index.metric=l3").expectFailure(
            "\(recipe): there is no metric 'l3'")
        try workshop.folder.write("list.csv", "path,label,split\npictures/cook/1.png,cook,held\n")
        try write(
            Self.text.replacing(
                "{format: folder, folder: pictures}",
                with: "{format: manifest, manifest: list.csv, test: {split: hold}}"))
        try AkinProgram.run("train", recipe).expectFailure(
            "\(recipe): no item belongs to the split 'hold'; did you mean 'held'?")
        try write(Self.text)

        // A single class, and classes of a single image each.
        let single = workshop.folder.path + "/single"
        for label in ["a", "b"] {
            try FileManager.default.createDirectory(
                atPath: "\(single)/\(label)", withIntermediateDirectories: true)
            try FileManager.default.copyItem(
                atPath: workshop.pictures + "/abbot/0.png", toPath: "\(single)/\(label)/0.png")
        }
        try AkinProgram.run("train", recipe, "--data", single)
            .expectFailure("\(recipe): no class has two images")
        try FileManager.default.removeItem(atPath: single + "/b")
        try FileManager.default.copyItem(
            atPath: workshop.pictures + "/abbot/1.png", toPath: "\(single)/a/1.png")
        try AkinProgram.run("train", recipe, "--data", single).expectFailure(
            "all images to train on are of one class")

        try AkinProgram.run("train", recipe, "--output", workshop.folder.path + "/no folder/x.safetensors")
            .expectFailure("can't write")
    }
}
