import Akin
import AkinBasics
import ArgumentParser
import Foundation

/// `akin learn`
struct LearnCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "learn",
        abstract: "Make the index of a folder that answers best, and say what to expect of it.",
        discussion: """
            The sub-folders are the classes. Backbones are tried on the pictures themselves, alone and side by side, and \
            then classifiers: some pictures of each class are left out, and the others have to say what they are. What is \
            clearly worse on few pictures is not tried on more. Copies of a picture, and whole groups of a manifest, are left \
            out together. The best is taken, and where the difference is too small to count the simpler one; the index is \
            built with it and asked by it from then on ('akin query', 'akin index add').

            What is expected is measured on pictures that had no say in the choice. The interval holds for pictures \
            like these: of another camera, page or writer fewer answers may be right.

            Tried are pixels, hog, shapes and the backbones that 'akin backbone list' shows besides. Those that 'akin backbone \
            fetch' brings have been trained on photographs, and help with most of these.

            Ctrl-C ends the trying, and takes the best so far.

            For example:

              akin learn seals/
              akin learn seals/ --time 20m --output seals-index
              akin learn seals.csv --backbone hog --backbone shapes
              akin learn seals/ --report seals.html
            """)

    @Argument(
        help: ArgumentHelp(
            "A folder with a sub-folder for each class, or a CSV manifest.", valueName: "folder"),
        completion: .file())
    var folder: String

    @Option(
        help: ArgumentHelp(
            "How long it may take: 30s, 10m, 1h. (default: 5m)", valueName: "time"))
    var time: TimeSpan?

    @Option(
        help: ArgumentHelp(
            "The folder of the index, which must not exist. (default: the folder's name with -index, here)",
            valueName: "index"), completion: .directory)
    var output: String?

    @Option(
        help: ArgumentHelp(
            "Try this backbone, a file or a name; can be repeated. (default: all that have a name)",
            valueName: "file|name"), completion: .backbone)
    var backbone: [String] = []

    @Option(
        help: ArgumentHelp("Write what was chosen as a recipe, for 'akin run'.", valueName: "file"),
        completion: .file(extensions: ["yaml"]))
    var recipe: String?

    @Option(
        help: ArgumentHelp(
            "Write an HTML page that shows what was looked at, tried and chosen, with pictures, and what to expect.",
            valueName: "file"), completion: .file(extensions: ["html"]))
    var report: String?

    @Option(help: ArgumentHelp("By which pictures are drawn and divided.", valueName: "number"))
    var seed: UInt64 = 1

    @OptionGroup var folders: FolderOptions
    @OptionGroup var batch: BatchOptions
    @OptionGroup var writing: WritingOptions
    @OptionGroup var printing: OutputOptions

    func validate() throws {
        try refuseEmpty([folder] + [output, recipe, report].compactMap { $0 } + backbone)
    }

    func run() throws {
        var job = LearnFolder(
            folder, into: output ?? usualOutput, time: (time ?? .usual).duration,
            backbones: backbone.isEmpty ? nil : backbone.map { BackboneName($0) }, folders.reading, seed: seed
        )
        let (recipe, report) = try (writing.file(recipe, printing), writing.file(report, printing))
        job.files = [recipe, report].compactMap(\.self)
        let result = try printing.perform(job, text)
        try recipe?.write(job.recipe(of: result).utf8)
        try report.map { try result.sheet(commands: commands(after: result)).write(to: $0) }
        printing.tell(of: recipe, as: "recipe")
        printing.tell(of: report, as: "report")
        try requireUsable(result.added.added, skipped: result.added.skipped)
        try batch.report(result.added.skipped)
    }

    private var usualOutput: String {
        let name = absolutePath(folder).split(separator: "/").last.map(String.init) ?? "pictures"
        let stem =
            name.lowercased().hasSuffix(".csv") || name.lowercased().hasSuffix(".tsv")
            ? String(name.dropLast(4)) : name
        return stem + "-index"
    }

    /// With what to go on.
    private func commands(after result: LearnFolder.Result) -> [(purpose: String, line: String)] {
        let index = shellWord(result.index)
        var commands = [
            ("Ask what a picture shows, or all pictures of a folder:", "akin query \(index) picture.jpg"),
            (
                "Add pictures of these classes, or of new ones; the sub-folders of the folder are the classes:",
                "akin index add \(index) more-pictures/"
            ),
            (
                "Find out how many of other pictures it recognises, of which the classes are known:",
                "akin evaluate held-out \(index) other-pictures/"
            ),
        ]
        if result.expectation != nil {
            commands.append(
                (
                    "See every picture that is mistaken when it is left out:",
                    "akin evaluate leave-one-out \(index) --sheet mistakes.html"
                ))
        }
        if let recipe {
            commands.append(
                ("Make the same index again from the same pictures:", "akin run \(shellWord(recipe))"))
        }
        return commands
    }

    private func text(_ result: LearnFolder.Result) -> String {
        var lines: [String] = []
        if !result.tried.isEmpty {
            lines.append("tried on \(counted(result.pictures, "picture")) of \(classes(result.classes)):")
            let shown = result.tried.prefix(12)
            let rows = shown.map { trial in
                [
                    trial.choice.classifier.name, trial.choice.backboneName, percent(trial.accuracy),
                    interval(trial.interval),
                ]
            }
            lines.append(
                aligned([["classifier", "backbone", "right", "95 % interval"]] + rows, indent: "  "))
            if result.tried.count > shown.count {
                lines.append("  and \(result.tried.count - shown.count) more (--json)")
            }
        }
        for one in result.stopped { lines.append("not tried to the end: \(one.backbone), \(one.reason)") }
        if !lines.isEmpty { lines.append("") }
        lines.append("chosen: \(result.chosen)")
        if let expectation = result.expectation {
            lines.append(
                "to expect on new pictures: \(share(expectation.accuracy, expectation.interval)) right")
            if let newClass = expectation.newClass {
                lines.append(
                    "to expect of a class added later, with as many pictures: \(percent(newClass)) right")
            }
        } else if let silence = result.silence {
            lines.append("to expect on new pictures: not known, for \(silence)")
        }
        lines += result.calibration?.meaning ?? []
        lines.append(
            "\(result.index): \(counted(result.added.added, "item")) of \(classes(result.classes)), in \(Int(result.seconds.rounded())) s"
        )
        return lines.joined(separator: "\n")
    }

    private func classes(_ count: Int) -> String { count == 1 ? "1 class" : "\(count) classes" }

    private func percent(_ share: Double) -> String { "\(rounded(Float(share * 100), 1)) %" }

    private func share(_ share: Double, _ interval: Interval) -> String {
        "\(percent(share)) (95 % interval \(self.interval(interval)))"
    }

    private func interval(_ interval: Interval) -> String {
        "\(rounded(Float(interval.low * 100), 1)) to \(percent(interval.high))"
    }
}

/// A length of time, as people write it: 30s, 10m, 1.5h; a number alone is seconds.
struct TimeSpan: ExpressibleByArgument {
    let duration: Duration

    static let usual = TimeSpan(duration: .seconds(300))

    private init(duration: Duration) { self.duration = duration }

    init?(argument: String) {
        let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600]
        var digits = argument.lowercased()[...]
        var factor = 1.0
        if let unit = digits.last.flatMap({ units[$0] }) {
            factor = unit
            digits.removeLast()
        }
        guard digits.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }), let number = Double(digits),
            number > 0, number * factor < 1e7
        else { return nil }
        duration = .seconds(number * factor)
    }
}
