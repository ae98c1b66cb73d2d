import Akin
import ArgumentParser

/// `akin train`
struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Train a backbone as a recipe says.",
        discussion: """
            A recipe is a YAML file: where the pictures are, the layers of the network, how it is trained. Start \
            from one under Indexes/. The checkpoint that comes out holds all that is needed to embed a picture \
            again. Beside it lie the history of the run, a JSON object a line for each epoch, and its curves as SVG; where \
            the recipe holds classes back for validation, the checkpoint is the one that was best on them, and the \
            last one lies beside it.

            Ctrl-C ends the run after the step, writes the backbone as it is then as last checkpoint (an earlier \
            run's stays) and keeps where it stood; --resume goes on from there, to the same checkpoint as if \
            nothing had happened. The same recipe, pictures and seed give the same bits, \
            whatever the number of threads.

            A training that has collapsed, so that its embeddings tell not even its own pictures apart, is an error: the \
            checkpoint is written, and marked.

            For example:

              akin train Indexes/mnist
              akin train recipe.yaml --data pictures/ --output seals.safetensors
              akin train recipe.yaml --resume
              akin train Indexes/mnist --set optimizer=nadam --set 'backbone[-1].dense.units=64'
            """)

    @OptionGroup var options: RecipeOptions

    @Option(
        help: ArgumentHelp(
            "The checkpoint to write. (default: the recipe's name with .safetensors, beside the recipe)",
            valueName: "file"))
    var output: String?

    @Flag(help: "Go on with a run that was interrupted.")
    var resume = false

    @OptionGroup var batch: BatchOptions
    @OptionGroup var writing: WritingOptions
    @OptionGroup var printing: OutputOptions

    func validate() throws {
        try refuseEmpty([output].compactMap(\.self))
        if output == "-" { throw ValidationError("Several files are written; give a name instead of -.") }
    }

    func run() throws {
        let recipe = try options.recipe()
        let job = TrainBackbone(
            recipe, pictures: options.data, output: output, replacing: writing.force, resuming: resume)
        let result = try printing.perform(job) { $0.report.text }
        try batch.check(result.skipped)
        if !result.report.finished {
            throw CommandError.trainingInterrupted(
                epoch: result.report.epochs, of: recipe.training.epochs)
        }
        if let failure = result.report.failure(of: recipe) { throw failure }
    }
}
