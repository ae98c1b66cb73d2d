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
            Prints an answer for each image: its class, how sure that is and the nearest items. In an index that \
            'akin learn' or 'akin index calibrate' has calibrated, that is the probability of being right, if it is of one of the \
            classes at all; an image that is not is called unknown, and one that may be of several ambiguous. In others \
            the percentage is good for comparing answers, and nothing is called unknown.

            In folders, all images are taken, whatever their sub-folders are called. With --json, an object a line, \
            each as soon as it is found.

            With --vectors, embeddings that something else made are asked about, a row each; what made the index's \
            must have made them.

            In a large index neighbours are searched by its graph, which finds nearly all of the true ones; --exact \
            looks at every item, and --ef says how hard the graph is to be searched.

            \(Classifier.tieRule)

            For example:

              akin query seals unknown.jpg
              akin query seals scans/ --json
              akin query seals unknown.jpg -k 1
              akin query seals scans/ --classifier average-class-distance --sheet answers.html
              akin query papers --vectors questions.npy
            """)

    @OptionGroup var target: IndexArgument

    @Argument(help: ArgumentHelp("Image files, and folders of them.", valueName: "images"))
    var paths: [String] = []

    @Option(
        help: ArgumentHelp(
            "Ask about the vectors of a .npy, .tsv or .jsonl file, not about images.", valueName: "file"))
    var vectors: String?

    @Option(
        help: ArgumentHelp(
            "How many of the nearest items are shown, those that voted at least. (default: 5)", valueName: "n"
        ))
    var neighbours: Int?

    @OptionGroup var options: ClassifierOptions
    @OptionGroup var search: SearchOptions
    @OptionGroup var folders: IgnoreOptions

    @Option(
        help: ArgumentHelp(
            "Write an HTML page that shows the images beside their neighbours.", valueName: "file"))
    var sheet: String?

    @Flag(
        help: ArgumentHelp(
            "Average each image's embedding over small shifts and rotations: steadier where images are cut out by hand, "
                + "\(Embedder.viewsOfAverage) times the work."))
    var augmentQuery = false

    @OptionGroup var batch: BatchOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if paths.isEmpty == (vectors == nil) {
            throw ValidationError("Give either <images> or --vectors.")
        }
        if let neighbours, neighbours < 1 {
            throw ValidationError("--neighbours is \(neighbours); give at least 1.")
        }
        if augmentQuery, vectors != nil {
            throw ValidationError("--augment-query is about images; leave it out with --vectors.")
        }
        try refuseEmpty(paths)
    }

    func run() throws {
        var query = Query(
            about: vectors.map { .vectors($0) } ?? .pictures(paths), in: target.place,
            classifier: try options.chosen(), listing: neighbours ?? options.voters, scope: search.scope,
            method: search.method, sheet: sheet, folders.reading)
        query.augments = augmentQuery
        // On a terminal the answers themselves show how far it has come.
        let display = JobDisplay(isVerbose: output.verbose, showsProgress: isatty(STDOUT_FILENO) == 0)
        let summary = try query.run(display.monitor) { answers in
            display.clear()
            for answer in answers { if output.json { try printJSON(answer) } else { print(answer.text) } }
            // A script may wait for them.
            try finishOutput()
        }
        if let sheet, !output.json { print("sheet: \(sheet)") }
        try requireUsable(summary.answered, skipped: summary.skipped)
        try batch.report(summary.skipped)
    }
}

extension QueryAnswer {
    fileprivate var text: String {
        let rows = neighbours.map { ["\($0.distance)", $0.label, $0.source.path] }
        var remarks = ["\(Int((confidence * 100).rounded())) %"]
        let name =
            switch verdict {
            case .known: printable(label)
            case .unknown: "unknown"
            case .ambiguous: "ambiguous: \(either)"
            }
        if verdict == .unknown {
            remarks[0] = "if it were of one of the classes: \(printable(label)), \(remarks[0])"
        }
        if let equallyNear { remarks.append("\(equallyNear) items are equally near") }
        if blank == true { remarks.append("a blank picture") }
        let head = "\(printable(source.path)): \(name) (\(remarks.joined(separator: "; ")))"
        return rows.isEmpty ? head : head + "\n" + aligned(rows, indent: "    ")
    }

    /// `abbot or bishop`
    private var either: String {
        let labels = (alternatives ?? []).map(printable)
        return labels.count > 4
            ? "\(labels.prefix(3).joined(separator: ", ")) or one of \(labels.count - 3) more"
            : labels.dropLast().joined(separator: ", ") + " or " + (labels.last ?? "")
    }
}
