import Akin
import AkinBasics
import ArgumentParser

/// `akin evaluate held-out`
struct HeldOutCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "held-out",
        abstract: "Classify labelled pictures that the index has not seen.",
        discussion: """
            The sub-folders of the folder are the right labels. Shown are the accuracy with its 95 % interval, the \
            classes, what was taken for what, and the mistakes. Several folders are asked about together, and \
            counted apart as well. A picture that is in the index too is counted, and answered by the others there, \
            unless --keep-copies is given.

            For example:

              akin evaluate held-out seals test-pictures/
              akin evaluate held-out seals old-classes/ new-classes/
              akin evaluate held-out seals test-pictures/ --classifier average-class-distance
              akin evaluate held-out seals test-pictures/ --sheet answers.html
            """)

    @OptionGroup var target: IndexArgument

    @Argument(
        help: ArgumentHelp("Folders with a sub-folder for each class.", valueName: "folder"),
        completion: .directory)
    var given: [PathArgument]
    var folders: [String] { given.paths }

    @OptionGroup var reading: FolderOptions
    @OptionGroup var options: ClassifierOptions

    @OptionGroup var copies: CopiesOption

    @Option(
        help: ArgumentHelp(
            "Write an HTML page that shows the pictures beside their neighbours.", valueName: "file"),
        completion: .file(extensions: ["html"]))
    var sheet: String?

    @OptionGroup var batch: BatchOptions
    @OptionGroup var writing: WritingOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let sheet = try writing.file(sheet, output)
        var job = EvaluateHeldOut(
            target.place, on: folders, classifier: try options.chosen(), listing: options.voters,
            reading.reading, keepingCopies: copies.keepCopies, sheet: sheet)
        job.command = commandLine
        let result = try output.perform(job) { $0.report.text(width: terminalWidth) }
        output.tell(of: sheet, as: "sheet")
        try batch.report(result.skipped)
    }
}
