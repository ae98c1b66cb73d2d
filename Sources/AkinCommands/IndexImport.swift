import Akin
import AkinBasics
import ArgumentParser

/// `akin index import`
struct IndexImport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Put embeddings of any model into an index.",
        discussion: """
            The files' endings tell their formats. Either one file that says everything:

              .jsonl  an object a line: embedding, and if known label, source, group and id

            or one of vectors and, if there is one, one of what they are, in the same order:

              .npy    vectors, [items, dimension], float16, float32 or float64
              .tsv    vectors, a line each, tabs between the numbers
              .csv    items: columns label, source, group, id, as many of them as are known
              .tsv    items likewise, or a label a line (TensorBoard's embedding projector writes these)

            Without labels all items are 'unlabelled', without sources an item's is its file and row. Where there \
            is no index yet, one is made; it answers 'akin query --vectors', but cannot embed pictures. An index \
            that is there takes embeddings of its own backbone only: JSON lines of 'akin index export' name theirs, \
            for others say --same-backbone. An item whose source is there already is replaced. All files are read \
            through before anything is written.

            For example:

              akin index import papers vectors.npy items.csv --metric cosine --backbone-name e5-small
              akin index import papers more.npy more.csv --backbone-name e5-small
              akin index import seals seals.jsonl
            """)

    @OptionGroup var target: IndexArgument

    @Argument(help: ArgumentHelp("Files of vectors and items.", valueName: "files"), completion: .file())
    var given: [PathArgument]
    var paths: [String] { given.paths }

    @Option(
        help: "How distances between embeddings are measured, where an index is made. (default: l2)")
    var metric: Metric.Kind?

    @Option(
        help: ArgumentHelp("What made the vectors; the same name is the same backbone.", valueName: "name"))
    var backboneName: String?

    @Flag(help: "The vectors are of the index's backbone, whatever the files say.")
    var sameBackbone = false

    @Option(help: "The label of all of them, whatever the files say.")
    var label: String?

    @Flag(name: .customLong("new-ids"), help: "Number the items anew, whatever the files say.")
    var newIDs = false

    @OptionGroup var output: OutputOptions

    func validate() throws {
        if metric == .learnedL1, !EmbeddingIndex.exists(at: target.index) {
            throw ValidationError(
                "The metric learned-l1 comes with a checkpoint; make the index with 'akin index create', then import."
            )
        }
        if let label { try checkLabel(label) }
        if backboneName?.isEmpty == true {
            throw ValidationError("A backbone's name has at least one letter.")
        }
    }

    func run() throws {
        var options = ImportOptions()
        options.label = label
        options.backboneName = backboneName
        options.isSameBackbone = sameBackbone
        options.givesNewIDs = newIDs
        let job = ImportItems(paths, into: target.place, options, metric: metric)
        try output.perform(job) { result in
            let report = result.report
            return changes([
                (report.added, "added"), (report.updated, "updated"), (report.unchanged, "unchanged"),
            ]) + " (\(Int(report.itemsPerSecond.rounded())) items/s)"
        }
    }
}
