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

    @Argument(help: ArgumentHelp("Files of vectors and items.", valueName: "files"))
    var paths: [String]

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

    private struct Answer: Encodable {
        let index: String
        let created: Bool
        let report: ImportReport

        func encode(to encoder: any Encoder) throws {
            try report.encode(to: encoder)
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(index, forKey: .index)
            try container.encode(created, forKey: .created)
        }

        private enum CodingKeys: String, CodingKey { case index, created }
    }

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
        let files = try ExchangeFiles(paths)
        var options = ImportOptions()
        options.label = label
        options.backboneName = backboneName
        options.isSameBackbone = sameBackbone
        options.givesNewIDs = newIDs
        let isThere = EmbeddingIndex.exists(at: target.index)
        try output.checkMachine()
        // An index that is made for the files has their backbone, known or not.
        if !isThere { options.isSameBackbone = true }
        let source = try ImportSource(files, options)
        if !isThere {
            // Nothing is made if the files cannot be read through.
            try source.check(keepingIDs: true)
            _ = try EmbeddingIndex.create(
                at: target.index, dimension: source.dimension, metric: metric ?? .l2,
                backbone: source.backbone ?? .unnamed())
        }
        let index = try target.openForChanges()
        if isThere, let metric, metric != index.metric.kind {
            throw CommandError.otherMetric(
                index: target.index, metric: index.metric.kind.rawValue, asked: metric.rawValue)
        }
        let report = try importing { isCancelled, progress in
            try index.importItems(from: source, isCancelled: isCancelled, progress: progress)
        }
        try maintainGraph(of: try target.openForChanges())
        if !report.ignoredColumns.isEmpty {
            printError(
                "akin: note: columns that were left out: "
                    + report.ignoredColumns.map(printable).joined(separator: ", "))
        }
        if output.json {
            printJSON(Answer(index: target.index, created: !isThere, report: report))
        } else {
            print(
                changes([
                    (report.added, "added"), (report.updated, "updated"), (report.unchanged, "unchanged"),
                ]) + " (\(Int(report.itemsPerSecond.rounded())) items/s)")
        }
    }

    /// With a progress line; what has to be said to go on is not the same as the first time.
    private func importing(
        _ work: (_ isCancelled: () -> Bool, _ progress: (AddProgress) -> Void) throws -> ImportReport
    ) throws -> ImportReport {
        do {
            return try interruptibly(title: "importing", unit: "items", work)
        } catch CommandError.interrupted(let done, let total, _) {
            throw CommandError.importInterrupted(done: done, total: total)
        }
    }
}
