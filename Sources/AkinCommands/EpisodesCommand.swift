import Akin
import ArgumentParser

/// `akin evaluate episodes`
struct EpisodesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "episodes",
        abstract: "N-way K-shot episodes: tell classes apart of which a few images are shown.",
        discussion: """
            For each episode some classes are drawn (the ways) and of each some images that are shown (the shots) \
            and one that is asked for. It is given the class whose shown images lie nearest on average: with one \
            shot, that of the nearest image. Classes with too few images take no part.

            With several numbers of ways (--ways 5,10,20) there are episodes of each, of the same pictures: accuracy falls as \
            there are more classes to tell apart. --json gives a list then, and --curve draws it.

            The interval says what other episodes of the same pictures would give, not how other classes would \
            fare. Measure on classes that the backbone was not trained on.

            For example:

              akin evaluate episodes seals.safetensors test-pictures/ --ways 5 --shots 5
              akin evaluate episodes omniglot.safetensors images_evaluation/ --within-group
              akin evaluate episodes omniglot.safetensors images_evaluation/ --ways 2,5,10,20,50
            """)

    @OptionGroup var target: ModelArgument
    @OptionGroup var pictures: PicturesArgument

    @Option(
        help: ArgumentHelp(
            "Classes of an episode; as many as there are, if fewer. Several numbers with commas between give a table.",
            valueName: "n,..."))
    var ways = CountList([20])

    @Option(help: ArgumentHelp("Images shown of each class.", valueName: "n"))
    var shots = 1

    @Option(help: ArgumentHelp("How many episodes.", valueName: "n"))
    var episodes = 1000

    @Flag(
        help:
            "Draw the classes of an episode from one group: what stands before the / of a label, as an alphabet."
    )
    var withinGroup = false

    @Option(help: ArgumentHelp("Seed of the drawing.", valueName: "number"))
    var seed: UInt64 = 1

    @Option(
        help: ArgumentHelp(
            "Write the curve over several numbers of ways as an SVG picture.", valueName: "file"),
        completion: .file(extensions: ["svg"]))
    var curve: String?

    @OptionGroup var copies: CopiesOption
    @OptionGroup var batch: BatchOptions
    @OptionGroup var writing: WritingOptions
    @OptionGroup var output: OutputOptions

    mutating func validate() throws {
        guard ways.numbers.allSatisfy({ 2...10_000 ~= $0 }) else {
            throw ValidationError("--ways is \(ways.defaultValueDescription); give 2 to 10000")
        }
        guard curve == nil || ways.numbers.count > 1 else {
            throw ValidationError("--curve needs several numbers of ways; give --ways 5,10,20")
        }
        guard 1...10_000 ~= shots else { throw ValidationError("--shots is \(shots); give 1 to 10000") }
        guard 1...1_000_000 ~= episodes else {
            throw ValidationError("--episodes is \(episodes); give 1 to 1000000")
        }
    }

    func run() throws {
        let settings = Episodes.Settings(
            ways: ways.numbers[0], shots: shots, count: episodes, withinGroup: withinGroup, seed: seed)
        let (model, reading) = (try target.load(), pictures.options.reading)
        if ways.numbers.count > 1 {
            let curve = try writing.file(curve, output)
            let job = EvaluateEpisodeCurve(
                model, on: pictures.folder, ways: ways.numbers, settings, reading,
                keepingCopies: copies.keepCopies, drawing: curve)
            let result = try output.perform(job) { $0.report.text(width: terminalWidth) }
            output.tell(of: curve, as: "curve")
            try batch.report(result.skipped)
        } else {
            let job = EvaluateEpisodes(
                model, on: pictures.folder, settings, reading, keepingCopies: copies.keepCopies)
            try batch.report(try output.perform(job) { $0.report.text(width: terminalWidth) }.skipped)
        }
    }
}
