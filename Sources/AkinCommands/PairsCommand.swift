import Akin
import ArgumentParser

/// `akin evaluate pairs`
struct PairsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pairs",
        abstract: "Same or different: tell pairs of one class from pairs of two.",
        discussion: """
            Half of the pairs are of one class, half of different ones, all of them different and drawn at random: as \
            many of each class and of each two classes, as far as there are so many. Two images are taken for one \
            class where their distance is not above a threshold. Without --threshold it is the one that is best for \
            these very pairs, which flatters the accuracy a little; so it is told as well how many are right when each \
            tenth of the pairs is told apart by the threshold that is best for the others.

            The equal error rate is where as large a share of the pairs of one class is refused as of the others is \
            accepted. --json has the ROC curve, and each class by itself.

            For example:

              akin evaluate pairs seals.safetensors test-pictures/
              akin evaluate pairs seals.safetensors other-pictures/ --threshold 0.42
            """)

    @OptionGroup var target: ModelArgument
    @OptionGroup var pictures: PicturesArgument

    @Option(help: ArgumentHelp("How many pairs; fewer where there are not so many.", valueName: "n"))
    var pairs = 10_000

    // Learned distances can be below 0, and look like an option then.
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The distance up to which two images are of one class.", valueName: "distance"))
    var threshold: Float?

    @Option(help: ArgumentHelp("Seed of the drawing.", valueName: "number"))
    var seed: UInt64 = 1

    @Option(
        help: ArgumentHelp("Write the ROC curve as an SVG picture.", valueName: "file"),
        completion: .file(extensions: ["svg"]))
    var curve: String?

    @OptionGroup var copies: CopiesOption
    @OptionGroup var batch: BatchOptions
    @OptionGroup var writing: WritingOptions
    @OptionGroup var output: OutputOptions

    mutating func validate() throws {
        guard 2...10_000_000 ~= pairs else {
            throw ValidationError("--pairs is \(pairs); give 2 to 10000000")
        }
        guard threshold?.isFinite ?? true else { throw ValidationError("--threshold is no number; give one") }
    }

    func run() throws {
        let curve = try writing.file(curve, output)
        let job = EvaluatePairs(
            try target.load(), on: pictures.folder, count: pairs, threshold: threshold, seed: seed,
            pictures.options.reading, keepingCopies: copies.keepCopies,
            drawing: curve)
        let result = try output.perform(job) { $0.report.text(width: terminalWidth) }
        output.tell(of: curve, as: "curve")
        try batch.report(result.skipped)
    }
}
