import AkinBasics
import AkinDatasets
import AkinEmbedding
import AkinTensors

/// Labelled pictures that a gallery has not seen, embedded with its backbone: what its answers are measured on.
public struct HeldOutImages: Sendable {
    /// Where each picture comes from.
    public let sources: [Source]
    /// The real class of each.
    public let labels: [String]
    /// Of what each was made.
    public let contents: [ContentHash]
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
        var contents: [ContentHash] = []
        var ranges: [(name: String, positions: Range<Int>)] = []
        for (name, dataset) in parts {
            let start = sources.count
            skipped += dataset.skipped
            // A block at a time, so that memory does not grow with the pictures' size.
            let reading = InputReader(dataset.samples, for: backbone.input)
                .readingAhead(batch: Self.block)
            while let batch = reading.next() {
                sources += batch.decoded.map { dataset.samples[$0].source }
                labels += batch.decoded.map { dataset.samples[$0].label }
                contents += batch.decoded.compactMap { batch.hashes[$0 - batch.range.lowerBound] }
                values += embedder.embeddings(trusted: batch).values
                skipped += batch.skipped.map(\.skipped)
                done += batch.range.count
                progress(done, total)
            }
            ranges.append((name, start..<sources.count))
        }
        embeddings = Matrix(rows: sources.count, columns: backbone.dimension, trusted: values)
        (self.sources, self.labels, self.skipped) = (sources, labels, skipped)
        self.contents = contents
        self.parts = parts.count > 1 ? ranges : []
    }

    private static let block = 256

    /// Those of the labels for which `isIncluded` holds, without parts.
    public func only(labels isIncluded: (String) -> Bool) -> HeldOutImages {
        HeldOutImages(self, labels.indices.filter { isIncluded(labels[$0]) })
    }

    /// Of the pictures of one content the first, without parts.
    func withoutCopies() -> HeldOutImages {
        var seen: Set<ContentHash> = []
        return HeldOutImages(self, contents.indices.filter { seen.insert(contents[$0]).inserted })
    }

    private init(_ all: HeldOutImages, _ positions: [Int]) {
        sources = positions.map { all.sources[$0] }
        labels = positions.map { all.labels[$0] }
        contents = positions.map { all.contents[$0] }
        embeddings = all.embeddings.rows(at: positions)
        (skipped, parts) = ([], [])
    }

    func checkFinite() throws(EvaluationError) {
        for row in 0..<embeddings.rows where !embeddings[row].allSatisfy(\.isFinite) {
            throw .notANumber(source: sources[row])
        }
    }
}
