import Akin
import AkinBasics
import ArgumentParser
import Foundation

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

    @Option(name: .customLong("set"), help: RecipeOptions.settingHelp)
    var settings: [String] = []

    static let settingHelp = ArgumentHelp(
        "Set a key of the recipe to another value: a key of 'training' (epochs=10), or one named from the top "
            + "(backbone[-1].dense.units=64); KEY=null leaves it out. Can be given several times.",
        valueName: "key=value")

    func recipe() throws -> Recipe {
        var recipe = try Recipe(contentsOf: path, setting: settings)
        if let seed { recipe.training.seed = seed }
        return recipe
    }
}

/// The pictures that a recipe trains on, ready for its network.
func prepared(_ recipe: Recipe, folder: String?) throws -> PreparedImages {
    let dataset: Dataset
    do throws(DatasetError) { dataset = try recipe.trainingData(folder: folder) } catch {
        throw CommandError(error, of: recipe, folder: folder)
    }
    let bytes = 4 * Double(dataset.count) * Double(recipe.preprocessing.inputCount)
    guard bytes < Double(ProcessInfo.processInfo.physicalMemory) else {
        throw CommandError.tooManyPictures(
            recipe: recipe.path, count: dataset.count, gigabytes: Int((bytes / 1e9).rounded(.up)))
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
            again. Beside it lie the history of the run, a JSON object a line for each epoch, and its curves as SVG; where \
            the recipe holds classes back for validation, the checkpoint is the one that was best on them, and the \
            last one lies beside it.

            Ctrl-C ends the run after the step, writes the backbone as it is then as last checkpoint (an earlier \
            run's stays) and keeps where it stood; --resume goes on from there, to the same checkpoint as if \
            nothing had happened. The same recipe, pictures and seed give the same bits, \
            whatever the number of threads.

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
    @OptionGroup var printing: OutputOptions

    func run() throws {
        let recipe = try options.recipe()
        try printing.checkMachine()
        let images = try prepared(recipe, folder: options.data)
        // Before it takes its time: a whole class may be of a format that can't be read.
        listSkipped(images.skipped)
        let files = TrainingFiles(checkpoint: output ?? recipe.folder + "/" + recipe.name + ".safetensors")
        let report = try train(recipe, images, files: files, resume: resume)
        if printing.json { printJSON(report) } else { print(report.text) }
        try batch.check(images.skipped)
        if !report.finished {
            throw CommandError.trainingInterrupted(epoch: report.epochs, of: recipe.training.epochs)
        }
    }
}

/// Trains with a progress line, ctrl-C ending the run after the step, and draws its curves.
func train(_ recipe: Recipe, _ images: PreparedImages, files: TrainingFiles, resume: Bool) throws
    -> TrainingReport
{
    let trainer = try Trainer(recipe, data: images)
    Interruption.catchSignals()
    let line = ProgressLine("training")
    var records: [EpochRecord] = []
    func drawCurves() throws {
        try TrainingCurves(records: files.records(), title: recipe.name).write(to: files.curves)
    }
    let report: TrainingReport
    do {
        defer { line.finish() }
        var seen = 0
        report = try trainer.run(files: files, resume: resume) { progress in
            // An epoch's images are known only at its end; all are about alike.
            let images = progress.images * progress.steps / progress.step
            line.update(
                seen + progress.images, of: seen + (progress.epochs - progress.epoch + 1) * images,
                note: progress.note(after: records))
            if let record = progress.finished {
                records.append(record)
                seen += progress.images
            }
            return !Interruption.isRequested
        }
    } catch let error as TrainingError {
        // How it came to that can be seen in them.
        if case .notANumber = error { try drawCurves() }
        throw error
    }
    try drawCurves()
    return report
}

extension Trainer.Progress {
    /// `epoch 3 of 40, loss 0.0123, pairs 97.1 %, one-shot 91.2 %`: short enough for a terminal of 80 columns.
    fileprivate func note(after records: [EpochRecord]) -> String {
        var note =
            "epoch \(epoch) of \(epochs), loss \(rounded(loss, 4)), pairs \(rounded(pairAccuracy * 100, 1)) %"
        if let oneShot = records.last(where: { $0.oneShot != nil })?.oneShot {
            note += ", one-shot \(rounded(oneShot * 100, 1)) %"
        }
        return note
    }
}

extension TrainingReport {
    var text: String {
        var text =
            "\(checkpoint): \(counted(epochs, "epoch"))\(stoppedEarly ? ", stopped early," : "") "
            + "on \(counted(images, "image")) of \(labels.count) classes, loss \(rounded(finalLoss, 4)), \(ProgressLine.time(seconds)), \(Int(imagesPerSecond)) images/s"
        if let validation, let bestEpoch {
            text +=
                "\nclasses held back: best \(finished ? "" : "so far ")after epoch \(bestEpoch), one-shot \(rounded(validation.oneShot * 100, 1)) %, "
                + "verification \(rounded(validation.verification * 100, 1)) %"
        }
        return text
    }
}

/// `value` with at most so many digits behind the point; from a million on as `3.7e+23`.
func rounded(_ value: Float, _ digits: Int) -> String {
    guard abs(value) < 1e6 else { return String(format: "%.1e", Double(value)) }
    let scale = (0..<digits).reduce(1.0) { scale, _ in scale * 10 }
    return "\((Double(value) * scale).rounded() / scale)"
}
