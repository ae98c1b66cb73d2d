import Akin
import ArgumentParser

/// `akin evaluate runs`
struct EvaluateRuns: ParsableCommand {
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

    @Argument(help: ArgumentHelp("The folder of the runs.", valueName: "runs-folder"))
    var folder: String

    @OptionGroup var batch: BatchOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let (checkpoint, metric) = try target.load()
        try output.checkMachine()
        let runs = try OneShotRuns(folder: folder)
        var line = ProgressLine("embedding")
        let images = HeldOutImages(of: runs, for: checkpoint) { line.update($0, of: $1) }
        line.clear()
        try requireUsable(images.labels.count, skipped: images.skipped)
        let report = RunsReport(try images.outcomes(of: runs, metric: metric))
        if output.json { printJSON(report) } else { print(report.text(), terminator: "") }
        try batch.report(images.skipped)
    }
}
