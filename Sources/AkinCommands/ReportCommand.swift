import Akin
import AkinBasics
import ArgumentParser

/// `akin report`
struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Write a page that says what an index holds, and how far it can be trusted.",
        discussion: """
            One file, which can be sent by mail and printed. It says first in words how many of 100 new pictures would be named \
            right, which classes are mixed up and which need more pictures. Then it shows what is in the index, with \
            pictures of each class; how each class does when its items are left out one by one (with their whole group, where they \
            have one); what is taken for what; each mistake beside the item that lies nearest; how strangers are told, how many of the \
            surest answers are wrong and whether answers are right as often as they say; and a map.

            Most is said of an index that was calibrated, as 'akin learn' and 'akin index calibrate' do. Nothing in the index is \
            changed.

            With --json, the summary and the figures; no file is written then unless --output names one.

            For example:

              akin report seals
              akin report seals --output seals-today.html --mistakes 1000
            """)

    @OptionGroup var target: IndexArgument

    @Option(
        help: ArgumentHelp(
            "The file to write. (default: the index's name with -report.html, here)", valueName: "file"),
        completion: .file(extensions: ["html"]))
    var output: String?

    @Option(
        help: ArgumentHelp(
            "How many items are asked about and lie on the map at most; of more, each class has its share.",
            valueName: "number"))
    var limit = 10_000

    @Option(
        help: ArgumentHelp("How many mistakes are shown at most.", valueName: "number"))
    var mistakes = 200

    @Option(help: ArgumentHelp("Of the noise with which the map begins.", valueName: "number"))
    var seed: UInt64 = 1

    @OptionGroup var pictures: PictureOptions
    @OptionGroup var writing: WritingOptions
    @OptionGroup var printing: OutputOptions

    func validate() throws {
        try refuseEmpty([target.index] + (output.map { [$0] } ?? []))
        if limit < 1 { throw ValidationError("--limit must be at least 1.") }
        if mistakes < 0 { throw ValidationError("--mistakes must be at least 0.") }
    }

    func run() throws {
        var job = try ReportIndex(
            target.place, to: writing.file(output ?? (printing.json ? nil : usualOutput), printing),
            limit: limit, mistakes: mistakes,
            seed: seed)
        job.commands = commands
        try printing.perform(job) { $0.summary.map(printable).joined(separator: "\n") }
        if !printing.json { print("") }
        printing.tell(of: job.output, as: "report")
    }

    private var usualOutput: String {
        let name = absolutePath(target.index).split(separator: "/").last.map(String.init) ?? "index"
        return name + "-report.html"
    }

    /// With what to go on.
    private var commands: [(purpose: String, line: String)] {
        let index = shellWord(target.index)
        return [
            ("Ask what a picture shows, or all pictures of a folder:", "akin query \(index) picture.jpg"),
            (
                "Add pictures of these classes, or of new ones; the sub-folders of the folder are the classes:",
                "akin index add \(index) more-pictures/"
            ),
            (
                "After changes, choose again how it is asked, and find out how far its answers can be believed:",
                "akin index calibrate \(index)"
            ),
            ("Give an item its right label:", "akin index relabel \(index) picture.jpg --to label"),
            (
                "Find out how many of other pictures it names right, of which the classes are known:",
                "akin evaluate held-out \(index) other-pictures/"
            ),
            ("Make this page again:", "akin report \(index) --force"),
        ]
    }
}
