import Akin
import ArgumentParser

/// `akin evaluate leave-one-out`
struct LeaveOneOutCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "leave-one-out",
        abstract: "Classify each item of an index by all the others.",
        discussion: """
            Each item is left out once and classified by the rest, with the embeddings that the index has. \
            Shown are the accuracy with its 95 % interval, the classes, and each mistake: the image, its real \
            class, the closest image and the class that was predicted. Classes with a single item cannot be \
            answered rightly; they are named.

            Images of one page resemble each other in more than what they show. With --group, all items of \
            the left-out item's group (its page, manuscript or writer) are left out with it. Copies of an item, files of \
            the very same content, always are, unless --keep-copies is given.

            For example:

              akin evaluate leave-one-out seals -k 1
              akin evaluate leave-one-out seals --group --sheet mistakes.html

            The backbone may have been trained on the very images left out, which flatters the result. With a \
            recipe and --retrain, a fresh backbone is trained for every image left out (as many trainings as \
            there are images, so for small sets):

              akin evaluate leave-one-out Indexes/hispamus --retrain -k 1
            """)

    @Argument(
        help: ArgumentHelp("The folder of the index; with --retrain, a recipe.", valueName: "index|recipe"),
        completion: .file())
    var path: String

    @Flag(help: "Train a fresh backbone for every image left out.")
    var retrain = false

    @Option(
        help: ArgumentHelp(
            "With --retrain: the folder of the pictures, instead of the recipe's.", valueName: "folder"),
        completion: .directory)
    var data: String?

    @Option(help: ArgumentHelp("With --retrain: the seed, instead of the recipe's.", valueName: "number"))
    var seed: UInt64?

    @Option(name: .customLong("set"), help: LeaveOneOutCommand.settingHelp)
    var settings: [String] = []

    private static let settingHelp = ArgumentHelp(
        "With --retrain: set a key of the recipe to another value, as in 'akin train'. Can be given several times.",
        valueName: "key=value")

    @OptionGroup var options: ClassifierOptions

    @Flag(help: "Leave out the whole group of an item, not the item alone.")
    var group = false

    @OptionGroup var copies: CopiesOption

    @Option(
        help: ArgumentHelp("Write an HTML page that shows the mistakes side by side.", valueName: "file"),
        completion: .file(extensions: ["html"]))
    var sheet: String?

    @OptionGroup var pictures: PictureOptions
    @OptionGroup var writing: WritingOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        let used = [settings.isEmpty ? nil : "--set", data.map { _ in "--data" }, seed.map { _ in "--seed" }]
        if !retrain, let option = used.compactMap({ $0 }).first {
            throw ValidationError("\(option) changes a recipe; give --retrain with it")
        }
    }

    func run() throws {
        let isIndex = EmbeddingIndex.exists(at: path)
        if retrain && isIndex { throw CommandError.retrainingNeedsARecipe(path) }
        if !retrain && !isIndex && (try? Recipe(contentsOf: path)) != nil {
            throw CommandError.recipeNeedsRetraining(path)
        }
        let sheet = try writing.file(sheet, output)
        try retrain ? evaluateRetraining(sheet) : evaluate(sheet)
        output.tell(of: sheet, as: "sheet")
    }

    private func evaluate(_ sheet: OutputFile?) throws {
        var job = EvaluateLeaveOneOut(
            .folder(path), classifier: try options.chosen(), byGroup: group, keepingCopies: copies.keepCopies,
            sheet: sheet)
        job.command = commandLine
        try output.perform(job) { $0.text(width: terminalWidth) }
    }

    private func evaluateRetraining(_ sheet: OutputFile?) throws {
        var recipe = try Recipe(contentsOf: path, setting: settings)
        if let seed { recipe.training.seed = seed }
        var job = EvaluateRetraining(
            recipe, pictures: data,
            classifier: try options.chosen() ?? .nearestNeighbours(k: options.voters),
            byGroup: group, keepingCopies: copies.keepCopies, sheet: sheet)
        job.command = commandLine
        try output.perform(job) { $0.text(width: terminalWidth) }
    }
}
