import Akin
import AkinBasics
import ArgumentParser
import Foundation

/// `akin query`
struct QueryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "query",
        abstract: "Say what new images are, by their neighbours in an index.",
        discussion: """
            Prints a line for each image: its class, how sure that is, and the image as it was given; at the end how many there are \
            of each, and which to look at. --details shows the nearest items too.

            How sure that is: in an index that 'akin learn' or 'akin index calibrate' has calibrated, the probability of being right, if the \
            image is of one of the classes at all; one that is not is called unknown, and one that may be of several ambiguous. In others \
            the percentage is good for comparing answers, and nothing is called unknown.

            In folders, all images are taken, whatever their sub-folders are called; - is an image on standard input. With --json, an \
            object a line, one for each image in the order in which they were given, as soon as it is found; one that cannot be read has \
            an error in it.

            --files-from takes the images from a list, a line each; a folder in it stands for all its images, each with an answer. With --files-from - another program can keep it open: each line that \
            comes in is answered at once, by the index as it is then, until the input ends.

            --csv writes a table for spreadsheets. A text that a spreadsheet would take for a number, a date or a formula has an \
            apostrophe before it there.

            With --vectors, embeddings that something else made are asked about, a row each; what made the index's \
            must have made them.

            In a large index neighbours are searched by its graph, which finds nearly all of the true ones; --exact \
            looks at every item, and --ef says how hard the graph is to be searched.

            \(Classifier.tieRule)

            For example:

              akin query seals unknown.jpg
              akin query seals scans/ --sort confidence
              akin query seals scans/ --csv answers.csv
              find scans -name '*.tif' | akin query seals --files-from - --json
              akin query seals unknown.jpg -k 1
              akin query seals scans/ --classifier average-class-distance --sheet answers.html
              akin query papers --vectors questions.npy
            """)

    @OptionGroup var target: IndexArgument

    @Argument(
        help: ArgumentHelp("Image files, and folders of them; - for standard input.", valueName: "images"),
        completion: .file())
    var given: [PathArgument] = []
    var paths: [String] { given.paths }

    @Option(
        help: ArgumentHelp(
            "Take the images from a list, a path a line; - for standard input.", valueName: "file"),
        completion: .file())
    var filesFrom: String?

    @Flag(
        name: [.customShort("0"), .customLong("null")],
        help: "A zero byte ends each path of the list, not a line.")
    var null = false

    @Option(
        help: ArgumentHelp(
            "Ask about the vectors of a .npy, .tsv or .jsonl file, not about images.", valueName: "file"),
        completion: .file(extensions: ["npy", "tsv", "jsonl"]))
    var vectors: String?

    @Option(
        help: ArgumentHelp(
            "How many of the nearest items are shown, those that voted at least. (default: 5)", valueName: "n"
        ))
    var neighbours: Int?

    @Flag(help: "Show the nearest items of each image.")
    var details = false

    @Option(
        help: "In which order answers come, in the table too: that of the images, or the least sure first.")
    var sort: ReplyOrder = .input

    @OptionGroup var options: ClassifierOptions
    @OptionGroup var search: SearchOptions
    @OptionGroup var folders: IgnoreOptions

    @Option(
        help: ArgumentHelp(
            "Write an HTML page that shows the images beside their neighbours.", valueName: "file"),
        completion: .file(extensions: ["html"]))
    var sheet: String?

    @Option(
        help: ArgumentHelp("Write the answers as a CSV file for spreadsheets.", valueName: "file"),
        completion: .file(extensions: ["csv"]))
    var csv: String?

    @Flag(
        help: ArgumentHelp(
            "Average each image's embedding over small shifts and rotations: steadier where images are cut out by hand, "
                + "\(Embedder.viewsOfAverage) times the work."))
    var augmentQuery = false

    @OptionGroup var batch: BatchOptions
    @OptionGroup var writing: WritingOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        switch [!paths.isEmpty, vectors != nil, filesFrom != nil].count(where: { $0 }) {
        case 0:
            throw ValidationError("Name the pictures to ask about, or else give --files-from or --vectors.")
        case 1: break
        default: throw ValidationError("Give only one of pictures, --files-from and --vectors.")
        }
        if null, filesFrom == nil { throw ValidationError("-0 is about --files-from; leave it out.") }
        if details, output.json { throw ValidationError("--json has all details; leave out --details.") }
        if paths.count(where: { $0 == "-" }) > 1 { throw ValidationError("There is one standard input.") }
        if let neighbours, neighbours < 1 {
            throw ValidationError("--neighbours is \(neighbours); give at least 1.")
        }
        if augmentQuery, vectors != nil {
            throw ValidationError("--augment-query is about images; leave it out with --vectors.")
        }
        try refuseEmpty(paths + [filesFrom, sheet, csv].compactMap(\.self))
    }

    func run() throws {
        let (sheet, csv) = try (writing.file(sheet, output), writing.file(csv, output))
        let lines = try filesFrom.map { try InputLines($0, separatedByNull: null) }
        var query = Query(
            about: subject(lines), in: target.place, classifier: try options.chosen(),
            listing: neighbours ?? options.voters, scope: search.scope, method: search.method, sheet: sheet,
            folders.reading)
        (query.augments, query.table) = (augmentQuery, csv)
        (query.leastSureFirst, query.command) = (sort == .confidence, commandLine)
        query.lists = filesFrom.map { [$0 == "-" ? "/dev/stdin" : $0] } ?? []
        // On a terminal the answers themselves show how far it has come.
        let display = output.display(showsProgress: isatty(STDOUT_FILENO) == 0)
        var (all, summary) = ([QueryReply](), AnswerSummary(of: vectors == nil ? "picture" : "vector"))
        var (result, interruption) = (Query.Summary?.none, JobError?.none)
        do {
            result = try query.run(display.monitor) { replies in
                for reply in replies { summary.count(reply) }
                if sort == .confidence { all += replies } else { try print(replies, display) }
            }
        } catch JobError.interrupted(let early) {
            // What there is by then is told like all.
            interruption = .interrupted(early)
        }
        try print(all.sorted { $0.sureness < $1.sureness }, display)
        if !output.json, !output.quiet {
            printText(summary.text + (summary.isMostlyUnknown ? "\n\(adviceOnUnknown)" : ""))
        }
        if interruption == nil || summary.total > 0 {
            output.tell(of: sheet, as: "sheet")
            output.tell(of: csv, as: "table")
        }
        if let interruption { throw interruption }
        if let failure = lines?.failure { throw DatasetError.file(path: filesFrom ?? "", failure) }
        guard let result else { return }
        if output.json, result.answered == 0 { JSONDocument.linesHaveSaidAll() }
        try requireUsable(result.answered, skipped: result.skipped, of: result.failed)
        try batch.report(result.skipped, of: result.failed)
    }

    private var adviceOnUnknown: String {
        "most are unknown; the best guess stands behind each, and 'akin index calibrate \(shellWord(target.index)) --unknown-at 0.2' "
            + "lets more be known"
    }

    private func subject(_ lines: InputLines?) -> Query.Subject {
        if let vectors { return .vectors(vectors) }
        guard let lines else { return .pictures(paths) }
        return .stream { lines.next($0) }
    }

    private func print(_ replies: [QueryReply], _ display: JobDisplay) throws {
        display.clear()
        for reply in replies {
            if output.json { try printJSON(reply) } else { printText(details ? reply.details : reply.line) }
        }
        // A script may wait for them.
        try finishOutput()
    }
}

/// In which order answers are printed.
enum ReplyOrder: String, ExpressibleByArgument, CaseIterable {
    case input, confidence
}
