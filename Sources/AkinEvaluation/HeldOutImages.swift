import AkinClassification
import AkinDatasets
import AkinIndexing
import AkinNetworks
import AkinTensors
import AkinTraining

/// Labelled pictures that an index has not seen, embedded with its backbone: what its answers are measured on.
public struct HeldOutImages: Sendable {
    public let sources: [String]
    public let labels: [String]
    /// `[sources.count, dimension]`
    public let embeddings: Matrix
    /// Pictures that could not be read.
    public let skipped: [Skipped]

    public init(_ dataset: Dataset, for checkpoint: Checkpoint) {
        let images = PreparedImages(dataset, preprocessing: checkpoint.preprocessing)
        sources = images.sources
        labels = (0..<images.count).map(images.label(at:))
        embeddings = Embedder(checkpoint).embeddings(of: images.allInputs, count: images.count)
        skipped = images.skipped
    }

    /// The answers of `index` to all of them, and what they are worth.
    public func report(
        on index: Index, classifier: Classifier, listing: Int = 5
    ) throws -> (report: HoldOutReport, answers: Answers) {
        guard !labels.isEmpty else { throw EvaluationError.nothingToEvaluate }
        let answers = try classifier.answers(to: embeddings, in: index, listing: listing)
        let report = try HoldOutReport(
            predictions: answers.predictions, sources: sources, labels: labels, known: try index.stats().labels.keys
        ) { id in (answers.items[id]!.source, answers.items[id]!.label) }
        return (report, answers)
    }
}
