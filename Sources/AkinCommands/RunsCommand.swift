import Akin
import ArgumentParser

/// `akin evaluate runs`
struct RunsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs",
        abstract: "Omniglot's one-shot runs: find the one image of the same character.",
        discussion: """
            In each run every test item is given the class of the nearest of the run's training images. The folder \
            holds run01, run02, ... as the archives unpack, each with training/, test/ and class_labels.txt.

            For example:

              akin evaluate runs omniglot.safetensors open_runs/
              akin evaluate runs koch.safetensors open_runs/ --metric learned-l1 --json
            """)

    @OptionGroup var target: ModelArgument

    @Argument(help: ArgumentHelp("The folder of the runs.", valueName: "runs-folder"), completion: .directory)
    var folder: String

    @OptionGroup var batch: BatchOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let job = EvaluateRuns(try target.load(), on: folder)
        try batch.report(try output.perform(job) { $0.report.text(width: terminalWidth) }.skipped)
    }
}
