import Akin
import AkinBasics
import ArgumentParser

/// `akin evaluate shots`
struct ShotsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shots",
        abstract: "Accuracy against pictures a class, and which classes need more.",
        discussion: """
            Of each class of an index some items are asked about, and 1, 2, 3, 5, 10, 20 and more of the others are shown; several times, \
            each time others. So the curve tells how the index would fare if it had fewer pictures, and where it leads.

            For each class that is not nearly always right, it is told what would help: more pictures, where its curve still rises; where it \
            is flat, more of the same will hardly do: the class looks like others to the backbone ('akin check' shows which).

            For example:

              akin evaluate shots seals
              akin evaluate shots seals --svg curve.svg
            """)

    @OptionGroup var target: IndexArgument
    @OptionGroup var options: ClassifierOptions

    @Option(help: ArgumentHelp("How often pictures are drawn.", valueName: "n"))
    var draws = 10

    @Option(help: ArgumentHelp("Seed of the drawing.", valueName: "number"))
    var seed: UInt64 = 1

    @Option(
        help: ArgumentHelp("Write the curve as a drawing.", valueName: "file"),
        completion: .file(extensions: ["svg"]))
    var svg: String?

    @OptionGroup var writing: WritingOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard 1...1000 ~= draws else { throw ValidationError("--draws is \(draws); give 1 to 1000") }
    }

    func run() throws {
        let svg = try writing.file(svg, output)
        let job = EvaluateShots(
            target.place, classifier: try options.chosen(), draws: draws, seed: seed, drawing: svg)
        try output.perform(job) { $0.text(width: terminalWidth) }
        output.tell(of: svg, as: "curve")
    }
}
