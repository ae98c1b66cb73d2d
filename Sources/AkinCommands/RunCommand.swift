import Akin
import AkinBasics
import ArgumentParser
import Foundation

/// `akin run`
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Do everything that a recipe says: train, index, evaluate, report.",
        discussion: """
            Beside the recipe (or in the folder given with --output) come to lie: the checkpoint, the index of the \
            pictures trained on, and report/ with the evaluation as JSON and its mistakes as an HTML sheet. \
            Running it again replaces them; what has been changed since, or was there before, is left alone unless --force is \
            given. Ctrl-C ends the training after the step; --resume goes on from there.

            With --repeats, all of it is done that often with seeds one higher each time, and the mean and the \
            standard deviation of the accuracies are printed; the files are those of the first, and report/results.json has the figures and \
            epochs of each.

            The recipe as it was run, with --set and --seed and every key, comes to lie in report/recipe.yaml, and in the checkpoint: \
            'akin run CHECKPOINT' does the same again, in a folder beside it. 'akin compare' puts such folders side by side.

            A training that has collapsed is told at once and at the end, with exit code 1; all is done all the same.

            For example:

              akin run Indexes/hispamus
              akin run Indexes/mnist --repeats 3
              akin run Indexes/mnist --set margin=2 --output margin-2
            """)

    @OptionGroup var options: RecipeOptions

    @Option(
        help: ArgumentHelp(
            "Where the results go. (default: beside the recipe; of a checkpoint, the folder NAME-again)",
            valueName: "folder"), completion: .directory)
    var output: String?

    @Option(help: ArgumentHelp("How often, with a new seed each time.", valueName: "n"))
    var repeats = 1

    @Flag(help: "Go on with a training that was interrupted; with --repeats, with that of the first seed.")
    var resume = false

    @OptionGroup var batch: BatchOptions
    @OptionGroup var writing: WritingOptions
    @OptionGroup var printing: OutputOptions

    mutating func validate() throws {
        guard 1...100 ~= repeats else { throw ValidationError("--repeats is \(repeats); give 1 to 100") }
    }

    func run() throws {
        let recipe = try options.recipe()
        let job = RunRecipe(
            recipe, pictures: options.data, into: output, replacing: writing.force, repeats: repeats,
            resuming: resume)
        let display = printing.display()
        let result = try job.run(display.monitor) { step in
            guard !printing.json, !printing.quiet else { return }
            display.clear()
            print(step.text)
        }
        if printing.json {
            try JSONDocument(result).keep()
        } else if !printing.quiet {
            for one in result.summary { print(one.text) }
        }
        try batch.check(result.skipped)
        if let failure = result.runs.lazy.compactMap({ $0.train?.failure(of: recipe) }).first {
            throw failure
        }
    }
}

extension RunRecipe.Step {
    fileprivate var text: String {
        switch self {
        case .began(let seed): "seed \(seed)"
        case .trained(let report): report.text
        case .indexed(let path, let stats):
            "\(path): \(counted(stats.items, "item")) of \(stats.labels.count) classes"
        case .evaluated(let evaluation): evaluation.text
        case .wrote(let sheet): "sheet: \(sheet)"
        }
    }
}

extension RecipeEvaluation {
    fileprivate var text: String {
        switch report {
        case .leaveOneOut(let report): report.text(width: terminalWidth).trimmingCharacters(in: .newlines)
        case .test(let report):
            "\(classifier): " + report.text(limit: 0, width: terminalWidth).trimmingCharacters(in: .newlines)
        case .episodes(let report):
            "\(classifier): " + report.text(width: terminalWidth).trimmingCharacters(in: .newlines)
        case .pairs(let report):
            "\(classifier): "
                + report.text(limit: 0, width: terminalWidth).trimmingCharacters(in: .newlines)
        }
    }
}

extension RecipeSummary {
    fileprivate var text: String {
        "\(classifier): accuracy \(rounded(Float(mean * 100), 2)) % +- \(rounded(Float(deviation * 100), 2)) "
            + "over \(runs) seeds"
    }
}
