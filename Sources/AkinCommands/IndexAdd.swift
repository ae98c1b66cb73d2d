import Akin
import AkinBasics
import ArgumentParser

/// `akin index add`
struct IndexAdd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Embed images and add them to an index.",
        discussion: """
            In a folder, the sub-folders are the labels: pictures/king/7.jpg in pictures/ gets the label king. \
            A file by itself needs --label. A CSV file is a manifest with the columns path, label and, if \
            wanted, group (the page or manuscript that an image was cut from) and split.

            Images that are in the index already are left alone, or embedded again if the file has changed; \
            they keep the label that they have there, unless --label or a manifest gives another. \
            What cannot be read is left out and listed at the end. An interrupted run has lost nothing: run \
            the same command again and it goes on.

            For example:

              akin index add seals pictures/
              akin index add seals new/1.jpg new/2.jpg --label abbot
              akin index add seals manifest.csv
            """)

    @OptionGroup var target: IndexArgument

    @Argument(help: ArgumentHelp("Folders, image files, or one CSV manifest.", valueName: "folder|files"))
    var paths: [String]

    @Option(help: "The label of all of them, however they lie in folders.")
    var label: String?

    @OptionGroup var batch: BatchOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if paths.count == 1, isManifest(paths[0]), label != nil {
            throw ValidationError("A manifest brings its own labels; leave out --label.")
        }
        if let label { try checkLabel(label) }
        try refuseEmpty(paths)
    }

    func run() throws {
        let index = try target.openForChanges()
        let backbone = try index.storedBackbone
        try output.checkMachine()
        let manifest = paths.count == 1 && isManifest(paths[0])
        let dataset = try manifest ? Dataset(manifest: paths[0]) : Dataset(files: paths, label: label)
        let report = try interruptibly(title: "indexing") {
            try index.add(
                dataset, embedder: Embedder(backbone), keepingLabels: !manifest && label == nil,
                isCancelled: $0, progress: $1)
        }
        if output.json {
            printJSON(report)
        } else {
            let rate =
                report.added + report.updated > 0
                ? " (\(Int(report.imagesPerSecond.rounded())) images/s)" : ""
            print(
                changes([
                    (report.added, "added"), (report.updated, "updated"), (report.unchanged, "unchanged"),
                    (report.skipped.count, "skipped"),
                ]) + rate + keptLabels(report.keptLabels))
        }
        try maintainGraph(of: index)
        try requireUsable(report.added + report.updated + report.unchanged, skipped: report.skipped)
        try batch.report(report.skipped)
    }

    private func isManifest(_ path: String) -> Bool { path.lowercased().hasSuffix(".csv") }
}

/// Said where a folder's name and an item's label differ, as after 'akin index relabel'.
func keptLabels(_ number: Int) -> String {
    number == 0 ? "" : "; \(counted(number, "item")) kept a label that is not the folder's"
}

/// A label that cannot be told from another on the screen is a slip.
func checkLabel(_ label: String) throws(ValidationError) {
    if label.allSatisfy(\.isWhitespace) { throw ValidationError("A label has at least one letter.") }
    if label.first!.isWhitespace || label.last!.isWhitespace {
        throw ValidationError("The label '\(printable(label))' begins or ends with a blank; leave it out.")
    }
}

/// Fails where nothing could be used of what the user named.
func requireUsable(_ usable: Int, skipped: [Skipped]) throws {
    guard usable == 0, let first = skipped.first else { return }
    throw CommandError.noUsableImage(count: skipped.count, first: first.source.path, reason: first.reason)
}
