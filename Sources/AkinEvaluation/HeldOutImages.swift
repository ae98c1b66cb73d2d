import AkinClassification
import AkinDatasets
import AkinIndexing
import AkinNetworks
import AkinTensors
import AkinTraining

/// Labelled pictures that an index has not seen, embedded with its backbone: what its answers are measured on.
public struct HeldOutImages: Sendable {
    /// Where each picture comes from.
    public let sources: [String]
    /// The real class of each.
    public let labels: [String]
    /// `[sources.count, dimension]`
    public let embeddings: Matrix
    /// Pictures that could not be read.
    public let skipped: [Skipped]
    /// The positions of those that are counted apart as well, by the name of their part.
    public let parts: [(name: String, positions: Range<Int>)]

    /// Reads the pictures and embeds them with the backbone.
    public init(_ dataset: Dataset, for checkpoint: Checkpoint) {
        self.init(parts: [(name: "", dataset)], for: checkpoint)
    }

    /// Pictures that are asked about together and, if there are several `parts`, are counted apart as well.
    public init(parts: [(name: String, dataset: Dataset)], for checkpoint: Checkpoint) {
        let embedder = Embedder(checkpoint)
        var (sources, labels, values, skipped) = ([String](), [String](), [Float](), [Skipped]())
        var ranges: [(name: String, positions: Range<Int>)] = []
        for part in parts {
            let images = PreparedImages(part.dataset, preprocessing: checkpoint.preprocessing)
            ranges.append((part.name, sources.count..<(sources.count + images.count)))
            sources += images.sources
            labels += (0..<images.count).map(images.label(at:))
            values += embedder.embeddings(of: images.allInputs, count: images.count).values
            skipped += images.skipped
        }
        embeddings = Matrix(rows: sources.count, columns: checkpoint.dimension, values: values)
        (self.sources, self.labels, self.skipped) = (sources, labels, skipped)
        self.parts = parts.count > 1 ? ranges : []
    }

    /// The answers of `index` to all of them, and what they are worth.
    public func report(
        on index: Index, classifier: Classifier, listing: Int = 5
    ) throws -> (report: HoldOutReport, answers: Answers) {
        guard !labels.isEmpty else { throw EvaluationError.nothingToEvaluate }
        let answers = try classifier.answers(to: embeddings, in: index, listing: listing)
        var report = try HoldOutReport(
            predictions: answers.predictions, sources: sources, labels: labels,
            known: try index.stats().labels.keys
        ) { id in (answers.items[id]!.source, answers.items[id]!.label) }
        if !parts.isEmpty {
            report.parts = parts.map { part in
                PartResult(
                    name: part.name, items: part.positions.count,
                    errors: part.positions.count { answers.predictions[$0].label != labels[$0] })
            }
        }
        return (report, answers)
    }
}
