import Akin
import AkinBasics
import ArgumentParser

/// `akin evaluate held-out`
struct EvaluateHeldOut: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "held-out",
        abstract: "Classify labelled pictures that the index has not seen.",
        discussion: """
            The sub-folders of the folder are the right labels. Shown are the accuracy with its 95 % interval, the \
            classes, what was taken for what, and the mistakes. Several folders are asked about together, and \
            counted apart as well.

            For example:

              akin evaluate held-out seals test-pictures/
              akin evaluate held-out seals old-classes/ new-classes/
              akin evaluate held-out seals test-pictures/ --classifier average-class-distance
              akin evaluate held-out seals test-pictures/ --sheet answers.html
            """)

    @OptionGroup var target: IndexArgument

    @Argument(help: ArgumentHelp("Folders with a sub-folder for each class.", valueName: "folder"))
    var folders: [String]

    @OptionGroup var options: ClassifierOptions

    @Option(
        help: ArgumentHelp(
            "Write an HTML page that shows the pictures beside their neighbours.", valueName: "file"))
    var sheet: String?

    @OptionGroup var batch: BatchOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let index = try EmbeddingIndex(opening: target.index, readOnly: true)
        let backbone = try index.storedBackbone
        try output.checkMachine()
        let classifier = try options.chosen()
        var parts: [(name: String, dataset: Dataset)] = []
        for folder in folders { parts.append((folder, try Dataset(folder: folder))) }
        var line = ProgressLine("embedding")
        let images = HeldOutImages(parts: parts, for: backbone) { line.update($0, of: $1) }
        line.clear()
        try requireUsable(images.labels.count, skipped: images.skipped)
        let (outcomes, answers) = try images.outcomes(
            in: index, classifier: classifier, listing: options.neighbours)
        if let note = outcomes.note { printError("akin: note: \(note)") }
        let report = HoldOutReport(outcomes)
        if output.json { printJSON(report) } else { print(report.text(), terminator: "") }
        if let sheet {
            let pictures = SourcePictures()
            try Sheet(
                answersOf: outcomes, answers, title: "Pictures that \(target.index) had not seen",
                explanation: classifier.explanation
            ) { pictures.picture(of: $0) }.write(to: sheet)
            if !output.json { print("sheet: \(sheet)") }
        }
        try batch.report(images.skipped)
    }
}
