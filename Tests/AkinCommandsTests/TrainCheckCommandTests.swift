import Foundation
import TestSupport
import Testing

/// `akin train --check` and `--find-rate`, as a user runs them, and what is said of options that there are not.
@Suite struct TrainCheckCommandTests {
    private let workshop: Workshop
    private var folder: String { workshop.folder.path }
    private var recipe: String { folder + "/recipe.yaml" }

    private static let text = """
        name: seals
        data: {format: folder, folder: pictures}
        preprocessing: {size: 12, placement: stretch}
        backbone:
          - residual: {layers: [{conv2d: {filters: 1, kernel: 3, padding: same}}]}
          - flatten
          - dense: {units: 8, activation: sigmoid}
        training: {batch: 6, epochs: 3, learning-rate: 0.01}

        """

    init() throws {
        workshop = try Workshop()
        for label in ["abbot", "bishop", "cook"] { try workshop.draw(label, 0..<4) }
        try workshop.folder.write("recipe.yaml", Self.text)
    }

    @Test func tellsWhatItTakes() throws {
        let outcome = try AkinProgram.run("train", "--check", recipe)
        #expect(outcome.code == 0 && outcome.errors == "", "\(outcome.errors)")
        let lines = outcome.output.split(separator: "\n").map {
            $0.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
        }
        #expect(lines.contains("residual_1 12 x 12 x 1 0 0"))
        #expect(lines.contains("conv2d_1 12 x 12 x 1 10 1,296"))
        #expect(lines.contains("dense_1 8 1,160 1,152"))
        #expect(lines.contains { $0.hasPrefix("pictures 12 of 3 classes, 4 of each") })
        #expect(lines.contains { $0.hasPrefix("batches 2 an epoch, of up to 6 pictures; 3 epochs") })
        #expect(outcome.output.split(separator: "\n").contains { $0.hasPrefix("time") })
        let json = try AkinProgram.run("train", "--check", recipe, "--set", "batch=12", "--json").json()
        #expect((json["batches"] as? [String: Int])?["largest"] == 12)
        #expect((json["problems"] as? [String])?.isEmpty == true)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
                == ["pictures", "recipe.yaml", "small.safetensors"])
    }

    /// What a training that goes on would refuse is told by the check.
    @Test func tellsOfAnotherRun() throws {
        let output = ["--output", folder + "/x.safetensors"]
        #expect(try AkinProgram.run(["train", recipe] + output).code == 0)
        func check(_ words: String...) throws -> ProgramResult {
            try AkinProgram.run(["train", "--check", recipe, "--resume"] + output + words)
        }
        let more = try check("--set", "epochs=5")
        #expect(more.code == 0, "\(more.errors)")
        let other = try check("--set", "epochs=5", "--set", "learning-rate=0.1")
        #expect(other.code == 1 && other.errors.contains("learning-rate"), "\(other.errors)")
        let same = try check()
        #expect(same.code == 1 && same.errors.contains("epochs"), "\(same.errors)")
    }

    /// A line each, and no line on standard output but what is known.
    @Test func tellsAllThatIsWrong() throws {
        try workshop.folder.write(
            "recipe.yaml",
            Self.text.replacing("epochs: 3", with: "epoch: 3").replacing("name: seals", with: "nam: seals"))
        let outcome = try AkinProgram.run("train", "--check", recipe, "--data", folder + "/nowhere")
        let errors = outcome.errors.split(separator: "\n")
        #expect(outcome.code == 1 && errors.count == 3, "\(outcome.errors)")
        #expect(errors.allSatisfy { $0.hasPrefix("akin: error: ") })
        #expect(outcome.errors.contains("no key nam; did you mean name?"))
        #expect(outcome.errors.contains("no key training.epoch; did you mean training.epochs?"))
        #expect(errors.last?.contains("give their folder with --data") == true)
        #expect(outcome.output.contains("dense_1"))
        let broken = try AkinProgram.run("train", "--check", folder + "/none.yaml")
        broken.expectFailure("the recipe \(folder)/none.yaml: ")
        // Pictures that cannot be read.
        try workshop.folder.write("recipe.yaml", Self.text)
        try workshop.folder.write("pictures/cook/broken.png", "none")
        let strict = try AkinProgram.run("train", "--check", recipe, "--strict")
        #expect(strict.code == 1 && strict.errors.contains("1 image was skipped"))
    }

    @Test func findsARate() throws {
        let curve = folder + "/rates.svg"
        let outcome = try AkinProgram.run("train", recipe, "--find-rate", curve)
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(
            outcome.output.contains("the recipe's  0.01\n") && outcome.output.hasSuffix("curve: \(curve)\n"))
        let streamed = try AkinProgram.run("train", recipe, "--find-rate", "-")
        #expect(streamed.output == (try String(contentsOfFile: curve, encoding: .utf8)))
        #expect(streamed.errors.contains("the recipe's"))
        let json = try AkinProgram.run("train", recipe, "--find-rate", curve, "--force", "--json").json()
        #expect((json["points"] as? [Any])?.isEmpty == false && json["learning_rate"] as? Double == 0.01)
        for more in [["--check"], ["--resume"], ["--output", folder + "/x.safetensors"]] {
            try AkinProgram.run(["train", recipe, "--find-rate", curve] + more).expectWrongUsage(
                "--find-rate trains nothing")
        }
    }

    /// What belongs into a recipe is often looked for among the options.
    @Test func keysOfARecipeAreNoOptions() throws {
        func refused(_ words: String..., hint: String) throws {
            try AkinProgram.run(words).expectWrongUsage(hint)
        }
        try refused("train", recipe, "--epochs", "10", hint: "Give --set epochs=VALUE")
        try refused("run", recipe, "--learning-rate=0.1", hint: "Give --set learning-rate=0.1")
        // They may be parts of a path.
        let place = workshop.folder.path + "/epochs=50/margin=2.yaml"
        let missing = try AkinProgram.run("train", place, "--output", "margin=2")
        #expect(missing.code == 1 && missing.errors.contains("there is no such file"), "\(missing.errors)")
        try refused(
            "train", recipe, "epochs=10", hint: "'epochs' is a key of the recipe. Give --set epochs=10")
        try refused(
            "train", recipe, "backbone[-1].dense.units=4",
            hint: "Give --set 'backbone[-1].dense.units=4' to change it")
        try refused("train", recipe, "--chek", hint: "Did you mean '--check'?")
        try refused("train", recipe, "--find-rates", "x.svg", hint: "Did you mean '--find-rate'?")
        try refused("train", hint: "Missing expected argument")
    }
}
