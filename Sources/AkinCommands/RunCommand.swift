import Akin
import ArgumentParser

/// `akin run`
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Do everything that a recipe says: train, index, evaluate, report.",
        discussion: """
            Beside the recipe (or in the folder given with --output) come to lie: the checkpoint, the index of the \
            pictures trained on, and report/ with the evaluation as JSON and its mistakes as an HTML sheet. \
            Running it again replaces them; an index that has been changed since has to be moved away first. Ctrl-C \
            ends the training after the step; --resume goes on from there.

            With --repeats, all of it is done that often with seeds one higher each time, and the mean and the \
            standard deviation of the accuracies are printed; the files are those of the first.

            For example:

              akin run Indexes/hispamus
              akin run Indexes/mnist --repeats 3
              akin run Indexes/mnist --set margin=2 --output margin-2
            """)

    @OptionGroup var options: RecipeOptions

    @Option(help: ArgumentHelp("Where the results go. (default: beside the recipe)", valueName: "folder"))
    var output: String?

    @Option(help: ArgumentHelp("How often, with a new seed each time.", valueName: "n"))
    var repeats = 1

    @Flag(help: "Go on with a training that was interrupted; with --repeats, with that of the first seed.")
    var resume = false

    @OptionGroup var batch: BatchOptions
    @OptionGroup var printing: OutputOptions

    mutating func validate() throws {
        guard 1...100 ~= repeats else { throw ValidationError("--repeats is \(repeats); give 1 to 100") }
    }

    func run() throws {
        var recipe = try options.recipe()
        // What would fail after the training is better said before it.
        _ = try recipe.classifiers()
        try recipe.checkEvaluation(folder: options.data)
        try printing.checkMachine()
        let runner = RecipeRunner(folder: output ?? recipe.folder, data: options.data, printing: printing)
        try runner.checkIndex()
        var images = try prepared(recipe, folder: options.data)
        listSkipped(images.skipped)
        var results: [RecipeRunner.Result] = []
        for turn in 0..<repeats {
            // Where the seed draws what is trained on and what is held out, each turn has its own.
            if turn > 0 && (recipe.data.test?.share != nil || recipe.data.selection == .random) {
                images = try prepared(recipe, folder: options.data)
            }
            if repeats > 1 && !printing.json { print("seed \(recipe.training.seed)") }
            do {
                results.append(
                    try runner.run(recipe, images, keeping: turn == 0, resume: turn == 0 && resume))
            } catch let error as CommandError where turn > 0 {
                guard [.runInterrupted, .runInterruptedIndexing].contains(error) else { throw error }
                throw CommandError.repeatInterrupted(seed: recipe.training.seed, left: repeats - turn)
            }
            recipe.training.seed &+= 1
        }
        let summary = repeats > 1 ? RecipeRunner.Summary.all(of: results) : []
        if printing.json {
            struct Document: Encodable {
                let runs: [RecipeRunner.Result]
                let summary: [RecipeRunner.Summary]
            }
            if repeats > 1 {
                printJSON(Document(runs: results, summary: summary))
            } else {
                printJSON(results[0])
            }
        } else {
            for line in summary { print(line.text) }
        }
        // Held-out pictures may lie in the same folders.
        let listed = Set(images.skipped.map(\.source))
        let more = results[0].skipped.filter { !listed.contains($0.source) }
        listSkipped(more)
        try batch.check(images.skipped + more)
    }
}
