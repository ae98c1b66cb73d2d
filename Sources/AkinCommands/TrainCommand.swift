import Akin
import ArgumentParser

/// Where a recipe is and what is changed about it.
struct RecipeOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "The recipe: a YAML file, or a folder with a recipe.yaml in it.", valueName: "recipe"))
    var path: String

    @Option(help: ArgumentHelp("The folder of the pictures, instead of the recipe's.", valueName: "folder"))
    var data: String?

    @Option(help: ArgumentHelp("Seed of everything random, instead of the recipe's.", valueName: "number"))
    var seed: UInt64?

    func recipe() throws -> Recipe {
        var recipe = try Recipe(contentsOf: path)
        if let seed { recipe.training.seed = seed }
        return recipe
    }
}

/// The pictures that a recipe trains on, ready for its network.
func prepared(_ recipe: Recipe, folder: String?) throws -> PreparedImages {
    let dataset: Dataset
    do {
        dataset = try recipe.trainingData(folder: folder)
    } catch {
        throw CommandError.noPicturesForTraining(
            path: recipe.path, data: folder ?? recipe.data.folder, reason: "\(error)")
    }
    return PreparedImages(dataset, preprocessing: recipe.preprocessing)
}

/// `akin train`
struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Train a backbone as a recipe says.",
        discussion: """
            A recipe is a YAML file: where the pictures are, the layers of the network, how it is trained. Start \
            from one under Indexes/. The checkpoint that comes out holds all that is needed to embed a picture \
            again. Beside it lies the history of the run, a JSON object a line for each epoch.

            Ctrl-C ends the run after the epoch and keeps where it stood; --resume goes on from there, to the \
            same checkpoint as if nothing had happened. The same recipe, pictures and seed give the same bits, \
            whatever the number of threads.

            For example:

              akin train Indexes/mnist
              akin train recipe.yaml --data pictures/ --output seals.safetensors
              akin train recipe.yaml --resume
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
    @OptionGroup var printing: OutputOptions

    func run() throws {
        let recipe = try options.recipe()
        try printing.checkMachine()
        let images = try prepared(recipe, folder: options.data)
        let files = TrainingFiles(checkpoint: output ?? recipe.folder + "/" + recipe.name + ".safetensors")
        let report = try train(recipe, images, files: files, resume: resume)
        if printing.json { printJSON(report) } else { print(report.text) }
        try batch.report(images.skipped)
        if !report.finished {
            throw CommandError.trainingInterrupted(epoch: report.epochs, of: recipe.training.epochs)
        }
    }
}

/// Trains with a progress line, ctrl-C ending the run after the epoch.
func train(_ recipe: Recipe, _ images: PreparedImages, files: TrainingFiles, resume: Bool) throws
    -> TrainingReport
{
    let trainer = try Trainer(recipe, data: images)
    Interruption.catchSignals()
    let line = ProgressLine("training")
    defer { line.finish() }
    var first: Int?
    return try trainer.run(files: files, resume: resume) { progress in
        first = first ?? progress.epoch
        let steps = (progress.epoch - first!) * progress.steps + progress.step
        line.update(
            steps * images.count / progress.steps, of: (progress.epochs - first! + 1) * images.count,
            note: "epoch \(progress.epoch) of \(progress.epochs), loss \(rounded(progress.loss, 4)), "
                + "\(rounded(progress.pairAccuracy * 100, 1)) % of pairs right")
        return !Interruption.isRequested
    }
}

extension TrainingReport {
    var text: String {
        "\(checkpoint): \(count(epochs, "epoch")) on \(count(images, "image")) of \(labels.count) classes, "
            + "loss \(rounded(finalLoss, 4)), \(ProgressLine.time(seconds)), \(Int(imagesPerSecond)) images/s"
    }
}

/// `value` with at most so many digits behind the point.
func rounded(_ value: Float, _ digits: Int) -> String {
    let scale = (0..<digits).reduce(1.0) { scale, _ in scale * 10 }
    return "\((Double(value) * scale).rounded() / scale)"
}
