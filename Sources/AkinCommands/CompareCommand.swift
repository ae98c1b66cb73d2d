import Akin
import ArgumentParser

/// `akin compare`
struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Put runs side by side: what differs, and what came of it.",
        discussion: """
            A run is the folder that 'akin run' has written into, a checkpoint that 'akin train' has written, or the history of a training. Of the \
            recipes only those keys are shown in which they differ; below stand the losses and accuracies, with their 95 % \
            intervals. The repetitions of a folder ('akin run --repeats') stand beside each other. Runs of which nothing differs are \
            named, and whether their backbones are the same, bit for bit.

            --report writes a page with the same and with the curves of all runs in each picture, --csv the histories as a table with a row \
            for each epoch of each run.

            For example:

              akin compare margin-1 margin-2
              akin compare seals.safetensors seals-again.safetensors --report compared.html
              akin compare runs/*/ --csv histories.csv
            """)

    @Argument(help: ArgumentHelp("The runs: folders, checkpoints or histories.", valueName: "run"))
    var given: [PathArgument]
    var runs: [String] { given.paths }

    @Option(help: ArgumentHelp("Write a page with the curves of all of them.", valueName: "file"))
    var report: String?

    @Option(help: ArgumentHelp("Write the histories as a table.", valueName: "file"))
    var csv: String?

    @OptionGroup var writing: WritingOptions
    @OptionGroup var printing: OutputOptions

    func validate() throws { try refuseEmpty(runs + [report, csv].compactMap(\.self)) }

    func run() throws {
        let job = CompareRuns(
            runs, page: try writing.file(report, printing), table: try writing.file(csv, printing))
        try printing.perform(job) { $0.text(width: terminalWidth) }
        printing.tell(of: job.page, as: "report")
        printing.tell(of: job.table, as: "table")
    }
}
