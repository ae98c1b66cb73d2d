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
            Prints an answer for each image: its class, how sure that is (0 to 100 %, good for comparing answers \
            of one index, not calibrated) and the nearest items. In folders, all images are taken, whatever \
            their sub-folders are called. With --json, an object a line, each as soon as it is found.

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

    @OptionGroup var options: ClassifierOptions
    @OptionGroup var search: SearchOptions
    @OptionGroup var folders: IgnoreOptions

    @Option(
        help: ArgumentHelp(
            "Write an HTML page that shows the images beside their neighbours.", valueName: "file"))
    var sheet: String?

    @OptionGroup var batch: BatchOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if paths.isEmpty == (vectors == nil) {
            throw ValidationError("Give either <images> or --vectors.")
        }
        try refuseEmpty(paths)
    }

    func run() throws {
        let query = Query(
            about: vectors.map { .vectors($0) } ?? .pictures(paths), in: target.place,
            classifier: try options.chosen(), listing: options.listing, scope: search.scope,
            method: search.method, sheet: sheet, folders.reading)
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
        if let others = tied?.dropFirst() { remarks.append("tied with \(named(others))") }
        if let equallyNear { remarks.append("\(equallyNear) items are equally near") }
        if blank == true { remarks.append("a blank picture") }
        let head = "\(printable(source.path)): \(printable(label)) (\(remarks.joined(separator: "; ")))"
        return rows.isEmpty ? head : head + "\n" + aligned(rows, indent: "    ")
    }

    private func named(_ labels: ArraySlice<String>) -> String {
        labels.prefix(3).map(printable).joined(separator: ", ")
            + (labels.count > 3 ? " and \(labels.count - 3) more" : "")
    }
}
