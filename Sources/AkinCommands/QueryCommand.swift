import Akin
import AkinBasics
import ArgumentParser

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
        let index = try EmbeddingIndex(opening: target.index, readOnly: true)
        try output.checkMachine()
        try search.checkLabels(in: index)
        var answers = AnswerPrinter(
            index: index, classifier: try options.chosen(), search: search, listing: options.neighbours,
            json: output.json, keepsRows: sheet != nil, unit: vectors == nil ? "images" : "vectors")
        let skipped = try vectors.map { try ask(aboutVectors: $0, &answers) } ?? askAboutImages(&answers)
        answers.progress.finish()
        if let sheet {
            let pictures = SourcePictures()
            try Sheet(queries: answers.rows) { pictures.picture(of: $0) }.write(to: sheet)
            if !output.json { print("sheet: \(sheet)") }
        }
        try requireUsable(answers.count, skipped: skipped)
        try batch.report(skipped)
    }

    private func askAboutImages(_ answers: inout AnswerPrinter) throws -> [Skipped] {
        let backbone = try answers.index.storedBackbone
        // Their labels are what is asked for; one is needed to find them all.
        let dataset = try Dataset(files: paths, label: "unknown")
        let embedder = Embedder(backbone)
        var skipped = dataset.skipped
        let reading = InputReader(dataset.samples, preprocessing: backbone.preprocessing)
            .readingAhead(batch: Self.batchSize)
        defer { reading.stop() }
        while let batch = reading.next() {
            skipped += batch.skipped.map(\.skipped)
            guard !batch.decoded.isEmpty else { continue }
            try answers.answer(
                embedder.embeddings(of: batch), from: batch.decoded.map { dataset.samples[$0].source })
            answers.show(batch.range.upperBound, of: dataset.count)
        }
        return skipped
    }

    private func ask(aboutVectors file: String, _ answers: inout AnswerPrinter) throws -> [Skipped] {
        let vectors = try Matrix(vectorsIn: file, by: answers.index.backbone)
        let source = absolutePath(file)
        for first in stride(from: 0, to: vectors.rows, by: Self.batchSize) {
            let rows = first..<min(first + Self.batchSize, vectors.rows)
            try answers.answer(vectors.rows(at: rows), from: rows.map { Source("\(source)#\($0)") })
            answers.show(rows.upperBound, of: vectors.rows)
        }
        return []
    }

    /// As many as fill the network a few times over, so that answers come soon and nothing waits for long.
    private static let batchSize = 256
}
