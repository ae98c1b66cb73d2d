import AkinBasics
import AkinClassification
import AkinDatasets
import AkinEmbedding
import AkinIndexing
import AkinItems
import AkinNetworks
import AkinTensors
import AkinTraining

/// Labelled pictures that an index has not seen, embedded with its backbone: what its answers are measured on.
public struct HeldOutImages: Sendable {
    /// Where each picture comes from.
    public let sources: [Source]
    /// The real class of each.
    public let labels: [String]
    /// `[sources.count, dimension]`
    public let embeddings: Matrix
    /// Pictures that could not be read.
    public let skipped: [Skipped]
    /// The positions of those that are counted apart as well, by the name of their part.
    public let parts: [(name: String, positions: Range<Int>)]

    /// Reads the pictures and embeds them with the backbone. `progress` is told how many of how many are done.
    public init(
        _ dataset: Dataset, for backbone: any Backbone,
        progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) {
        self.init(parts: [(name: "", dataset)], for: backbone, progress: progress)
    }

    /// Pictures that are asked about together and, if there are several `parts`, are counted apart as well.
    public init(
        parts: [(name: String, dataset: Dataset)], for backbone: any Backbone,
        progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) {
        let embedder = Embedder(backbone)
        let total = parts.reduce(0) { $0 + $1.dataset.count }
        var done = 0
        var (sources, labels, values, skipped) = ([Source](), [String](), [Float](), [Skipped]())
        var ranges: [(name: String, positions: Range<Int>)] = []
        for part in parts {
            let start = sources.count
            skipped += part.dataset.skipped
            // A block at a time, so that memory does not grow with the pictures' size.
            for first in stride(from: 0, to: part.dataset.count, by: Self.block) {
                let samples = part.dataset.samples[first..<min(first + Self.block, part.dataset.count)]
                let images = PreparedImages(
                    Dataset(samples: Array(samples)), preprocessing: backbone.preprocessing)
                sources += images.sources
                labels += (0..<images.count).map(images.label(at:))
                values += embedder.embeddings(of: images.allInputs, count: images.count).values
                skipped += images.skipped
                done += samples.count
                progress(done, total)
            }
            ranges.append((part.name, start..<sources.count))
        }
        embeddings = Matrix(rows: sources.count, columns: backbone.dimension, values: values)
        (self.sources, self.labels, self.skipped) = (sources, labels, skipped)
        self.parts = parts.count > 1 ? ranges : []
    }

    /// Those of the labels for which `isIncluded` holds, without parts.
    public func only(labels isIncluded: (String) -> Bool) -> HeldOutImages {
        let positions = labels.indices.filter { isIncluded(labels[$0]) }
        return HeldOutImages(
            sources: positions.map { sources[$0] }, labels: positions.map { labels[$0] },
            embeddings: embeddings.rows(at: positions))
    }

    private init(sources: [Source], labels: [String], embeddings: Matrix) {
        (self.sources, self.labels, self.embeddings) = (sources, labels, embeddings)
        (skipped, parts) = ([], [])
    }

    private static let block = 512

    /// The answers of `index` to all of them, and what they are worth.
    public func report(
        on index: EmbeddingIndex, classifier: Classifier, listing: Int = 5
    ) throws -> (report: HoldOutReport, answers: Answers) {
        guard !labels.isEmpty else { throw EvaluationError.nothingToEvaluate }
        let answers = try classifier.answers(to: embeddings, in: index, listing: listing)
        let items = Dictionary(
            answers.predictions.flatMap { $0.neighbours.map { ($0.item.id, $0.item) } },
            uniquingKeysWith: { first, _ in first })
        var report = try HoldOutReport(
            predictions: answers.predictions.map(\.prediction), sources: sources, labels: labels,
            known: try index.stats().labels.keys
        ) { id in (items[id]!.source, items[id]!.label) }
        report.parts = partResults { answers.predictions[$0].label == labels[$0] }
        return (report, answers)
    }

    /// The answers of the classification head that the backbone was trained with, and what they are worth.
    public func report(byHeadOf checkpoint: Checkpoint) throws(EvaluationError) -> HoldOutReport {
        try checkFinite()
        let head: ClassificationHead
        do { head = try ClassificationHead(of: checkpoint) } catch { throw .head(error) }
        let answers = head.labels(of: embeddings)
        var report = try HoldOutReport(
            predicted: answers, sources: sources, labels: labels, known: checkpoint.details.labels)
        report.parts = partResults { answers[$0] == labels[$0] }
        return report
    }

    func checkFinite() throws(EvaluationError) {
        for row in 0..<embeddings.rows where !embeddings[row].allSatisfy(\.isFinite) {
            throw .notANumber(source: sources[row])
        }
    }

    private func partResults(isRight: (Int) -> Bool) -> [PartResult]? {
        guard !parts.isEmpty else { return nil }
        return parts.map { part in
            PartResult(
                name: part.name, items: part.positions.count,
                errors: part.positions.count { !isRight($0) })
        }
    }
}
