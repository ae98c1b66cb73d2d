import Akin
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

            \(Classifier.tieRule)

            For example:

              akin query seals unknown.jpg
              akin query seals scans/ --json
              akin query seals unknown.jpg -k 1
              akin query seals scans/ --classifier average-class-distance --sheet answers.html
            """)

    @OptionGroup var target: IndexArgument

    @Argument(help: ArgumentHelp("Image files, and folders of them.", valueName: "images"))
    var paths: [String]

    @OptionGroup var options: ClassifierOptions

    @Option(
        help: ArgumentHelp(
            "Write an HTML page that shows the images beside their neighbours.", valueName: "file"))
    var sheet: String?

    @OptionGroup var batch: BatchOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let index = try Index(opening: target.index, readOnly: true)
        try output.checkMachine()
        let classifier = try options.chosen()
        // Their labels are what is asked for; one is needed to find them all.
        let dataset = try Dataset(files: paths, label: "unknown")
        let embedder = Embedder(index.checkpoint)
        let progress = ProgressLine("answering")
        var skipped = dataset.skipped
        var rows: [QueryRow] = []
        var answered = 0
        for first in stride(from: 0, to: dataset.count, by: Self.batchSize) {
            let positions = first..<min(first + Self.batchSize, dataset.count)
            let read = Self.read(positions, of: dataset, for: index.checkpoint.preprocessing)
            skipped += read.skipped
            guard !read.positions.isEmpty else { continue }
            let embeddings = embedder.embeddings(of: read.inputs, count: read.positions.count)
            let answers = try classifier.answers(to: embeddings, in: index, listing: options.neighbours)
            if answered == 0, let note = answers.note { printError("akin: note: \(note)") }
            progress.finish()
            for (position, prediction) in zip(read.positions, answers.predictions) {
                let answer = Answer(dataset.samples[position].source, prediction, items: answers.items)
                if output.json { printJSON(answer) } else { print(answer.text) }
                if sheet != nil { rows.append(answer.row) }
            }
            answered += read.positions.count
            // Elsewhere than on a terminal the answers themselves show how far it has come.
            if isatty(STDOUT_FILENO) == 0 { progress.update(positions.upperBound, of: dataset.count) }
        }
        progress.finish()
        if let sheet {
            let pictures = SourcePictures()
            try Sheet(queries: rows) { pictures.picture(of: $0) }.write(to: sheet)
            if !output.json { print("sheet: \(sheet)") }
        }
        try requireUsable(answered, skipped: skipped)
        try batch.report(skipped)
    }

    /// As many as fill the network a few times over, so that answers come soon and nothing waits for long.
    private static let batchSize = 256

    /// The network's inputs of those images that can be read, `[positions, height, width, channels]`.
    private static func read(
        _ positions: Range<Int>, of dataset: Dataset, for preprocessing: Preprocessing
    ) -> (positions: [Int], inputs: [Float], skipped: [Skipped]) {
        let results = ThreadPool.shared.map(positions.count) { i -> Result<[Float], DatasetError> in
            do throws(DatasetError) {
                let image = try dataset.image(
                    at: positions.lowerBound + i, fitting: preprocessing.decodingTarget)
                return .success(preprocessing.input(from: image))
            } catch {
                return .failure(error)
            }
        }
        var inputs: [Float] = []
        var readable: [Int] = []
        var skipped: [Skipped] = []
        inputs.reserveCapacity(positions.count * preprocessing.inputCount)
        for (position, result) in zip(positions, results) {
            switch result {
            case .success(let input):
                inputs += input
                readable.append(position)
            case .failure(let error):
                skipped.append(Skipped(source: dataset.samples[position].source, error: error))
            }
        }
        return (readable, inputs, skipped)
    }
}
