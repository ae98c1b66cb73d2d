import Akin
import ArgumentParser

/// `akin evaluate open-set`
struct OpenSetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "open-set",
        abstract: "How well pictures of classes that the index does not have are called unknown.",
        discussion: """
            For each drawing half of the classes of the index are known and the others are strangers; about a fifth of the \
            known classes' items are left out too (whole groups, where there are groups), and the rest is calibrated as by \
            'akin index calibrate' and asked about both. With --strangers all classes are known, and the strangers are the \
            pictures of a folder, or the items of another index with the same backbone. The index itself is not changed.

            Told is what share of the strangers is called known beside what was promised, what share of the known \
            classes' items is called known, and how many of the answers are right. The area under the ROC curve is the chance \
            that an item of a known class lies nearer than a stranger; that of the open-set classification rate (OSCR) \
            asks beside for the right class. The table at the end says how many answers are right if only the most confident \
            are taken.

            For example:

              akin evaluate open-set seals
              akin evaluate open-set seals --strangers other-seals/ --unknown-at 0.1
            """)

    @OptionGroup var target: IndexArgument

    @Option(
        help: ArgumentHelp(
            "A folder of pictures, or of an index, of classes that the index does not have.",
            valueName: "folder"), completion: .directory)
    var strangers: String?

    @Option(help: ArgumentHelp("How many drawings.", valueName: "n"))
    var drawings = 10

    @Option(
        help: ArgumentHelp(
            "What share of the strangers may be called known, as for 'akin index calibrate'.",
            valueName: "share"))
    var unknownAt = 0.05

    @Option(help: ArgumentHelp("Seed of the drawing.", valueName: "number"))
    var seed: UInt64 = 1

    @OptionGroup var options: ClassifierOptions
    @OptionGroup var reading: FolderOptions
    @OptionGroup var batch: BatchOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard unknownAt > 0, unknownAt < 1 else {
            throw ValidationError("--unknown-at is \(unknownAt); give a share above 0 and below 1, as 0.05")
        }
        guard 1...10_000 ~= drawings else {
            throw ValidationError("--drawings is \(drawings); give 1 to 10000")
        }
        try refuseEmpty([strangers].compactMap { $0 })
    }

    func run() throws {
        let job = EvaluateOpenSet(
            target.place, strangers: strangers, classifier: try options.chosen(),
            OpenSet(drawings: drawings, strangersKnown: unknownAt, seed: seed), reading.reading)
        try batch.report(try output.perform(job) { $0.report.text(width: terminalWidth) }.skipped)
    }
}
