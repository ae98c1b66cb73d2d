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
            whatever the number of threads. A run that is through goes on by --resume, too, where the recipe has more epochs now.

            The checkpoint holds the recipe, with what was set: 'akin train CHECKPOINT' trains the same again, beside it.

            A loss that explodes ends the training. One that has collapsed, so that its embeddings tell not even its own pictures apart, is an error: the \
            checkpoint is written, and marked.

            --check trains nothing and writes nothing: it tells what would stop the training, all that can be told, and else the \
            layers, the memory, and how long an epoch takes. --find-rate looks for a learning rate: it tries ever larger ones, some \
            hundred steps, and suggests that at which the loss falls fastest.

            For example:

              akin train Indexes/mnist --check
              akin train Indexes/mnist --find-rate rates.svg
              akin train Indexes/mnist
              akin train recipe.yaml --data pictures/ --output seals.safetensors
              akin train recipe.yaml --resume
              akin train recipe.yaml --resume --set epochs=100
              akin train Indexes/mnist --set optimizer=nadam --set 'backbone[-1].dense.units=64'
            """)

    @OptionGroup var options: RecipeOptions

    @Option(
        help: ArgumentHelp(
            "The checkpoint to write. (default: the recipe's name with .safetensors, beside the recipe; of a checkpoint, NAME-again)",
            valueName: "file"), completion: .file(extensions: ["safetensors"]))
    var output: String?

    @Flag(help: "Go on with a run that was interrupted, or for more epochs with one that is through.")
    var resume = false

    @Flag(help: "Only say whether it can be done, and what it takes.")
    var check = false

    @Option(
        help: ArgumentHelp(
            "Only look for a learning rate, and write the loss at all that were tried as an SVG file.",
            valueName: "file"))
    var findRate: String?

    @OptionGroup var batch: BatchOptions
    @OptionGroup var writing: WritingOptions
    @OptionGroup var printing: OutputOptions

    func validate() throws {
        try refuseEmpty([output, findRate].compactMap(\.self))
        if findRate != nil, check || resume || output != nil {
            throw ValidationError("--find-rate trains nothing; leave out --check, --resume and --output.")
        }
        try output.map(writing.refusePicture)
        if output == "-" { throw ValidationError("Several files are written; give a name instead of -.") }
    }

    func run() throws {
        if check { return try runCheck() }
        let recipe = try options.recipe()
        if let findRate { return try lookForRate(of: recipe, to: writing.file(findRate, printing)) }
        let job = TrainBackbone(
            recipe, pictures: options.data, output: output, replacing: writing.force, resuming: resume)
        let result = try printing.perform(job) { $0.report.text }
        if !result.report.finished {
            throw CommandError.trainingInterrupted(
                epoch: result.report.epochs, of: recipe.training.epochs)
        }
        try batch.check(result.skipped)
        if let failure = result.report.failure(of: recipe) { throw failure }
    }
}
