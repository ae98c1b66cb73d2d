import AkinBasics
import AkinDatasets
import AkinEmbedding
import AkinImages
import AkinTensors

extension EmbeddingIndex {
    /// Adds the pictures of a data set with their embeddings; an item whose source is there already is replaced if
    /// its content, label or group have changed, and else left alone without decoding its picture.
    ///
    /// With `keepingLabels` such an item keeps its label (and its group, where the data set names none): what `relabel`
    /// has corrected stays so when a folder, whose names are the labels, is added again.
    ///
    /// Reading one batch of pictures, embedding the one before and writing the one before that overlap. A batch is
    /// a transaction: after an error, or a kill, what `progress` told of is in the index, whole, and another `add`
    /// goes on from there. What cannot be read is left out and reported.
    ///
    /// `isCancelled` is asked before each batch; once it says yes, no more is begun, what has been embedded is
    /// written, and the report counts as far as that. Both closures are called on the caller's thread.
    @discardableResult
    public func add(
        _ dataset: Dataset, embedder: Embedder, keepingLabels: Bool = false,
        isCancelled: () -> Bool = { false }, progress: (AddProgress) -> Void = { _ in }
    ) throws(IndexError) -> AddReport {
        try add(
            dataset, embedder: embedder, keepingLabels: keepingLabels,
            as: PendingChange(.add, Self.summary(of: dataset)), isCancelled: isCancelled, progress: progress)
    }

    /// As the above; in the history it is a part of `change`.
    func add(
        _ dataset: Dataset, embedder: Embedder, keepingLabels: Bool, as change: PendingChange,
        isCancelled: () -> Bool, progress: (AddProgress) -> Void
    ) throws(IndexError) -> AddReport {
        try check(embedder.backbone.identity)
        // A process killed between its commit and the end of its transaction leaves readers with the state before,
        // until the next writer comes; what is unchanged must not be judged by that. Also refuses a reader.
        try writing { _ in }
        let began = ContinuousClock.now
        let reader = BatchReader(self, dataset, for: embedder, keepsLabels: keepingLabels)
        let writer = BatchWriter(self, change)
        let read = BoundedQueue<ReadBatch>(capacity: 2)
        let embedded = BoundedQueue<EmbeddedBatch>(capacity: 4)
        let reading = Background { () throws(IndexError) in try reader.run(into: read) }
        let writing = Background { () throws(IndexError) in try writer.run(from: embedded, closing: read) }

        var skipped: [Skipped] = []
        var (images, keptLabels) = (0, 0)
        while !isCancelled(), let batch = read.pop() {
            let next = embed(batch, with: embedder, skipped: &skipped)
            images += next.items.count
            keptLabels += batch.keptLabels
            guard embedded.push(next) else { break }
            progress(AddProgress(done: writer.done, total: dataset.count))
        }
        embedded.close()
        read.close()
        let readAll = Result { () throws(IndexError) in try reading.result() }
        let written = Result { () throws(IndexError) in try writing.result() }
        try readAll.get()
        let (counts, left) = try written.get()
        progress(AddProgress(done: writer.done, total: dataset.count))
        return AddReport(
            counts, keptLabels: keptLabels, skipped: dataset.skipped + skipped + left, embedded: images,
            since: began)
    }

    /// The folder in which all sources lie; the source itself if there is but one.
    private static func summary(of dataset: Dataset) -> String {
        guard let first = dataset.samples.first else { return "nothing" }
        guard dataset.count > 1 else { return first.source }
        let folder = CommonFolder(of: dataset.samples.lazy.map(\.source)).path
        return folder.isEmpty ? "/" : String(folder.dropLast())
    }

    func embed(
        _ batch: ReadBatch, with embedder: Embedder, skipped: inout [Skipped]
    ) -> EmbeddedBatch {
        let embeddings =
            batch.items.isEmpty
            ? Matrix(rows: 0, columns: embedder.backbone.dimension)
            : embedder.embeddings(of: batch.inputs, count: batch.items.count)
        let usable = (0..<batch.items.count).filter { Self.isUsable(embeddings[$0]) }
        let unusable = Set(batch.items.indices).subtracting(usable).sorted().map {
            Skipped(
                source: batch.items[$0].item.source,
                reason:
                    "its embedding holds a value that is no number, infinite or too large; check the backbone"
            )
        }
        // In the order of the data set, whatever the reason.
        let order = Dictionary(
            zip(batch.sources, 0...).map { ($0, $1) }, uniquingKeysWith: { first, _ in first })
        skipped += (batch.skipped + unusable).sorted { order[$0.source] ?? 0 < order[$1.source] ?? 0 }
        return EmbeddedBatch(
            samples: batch.sources.count, items: usable.map { batch.items[$0] },
            embeddings: embeddings.rows(at: usable), described: batch.described, unchanged: batch.unchanged)
    }
}

/// An item with the hash of its content.
struct HashedItem: Sendable {
    let item: NewItem
    let hash: ContentHash
}

/// Samples that have been read, and decoded where that is needed.
struct ReadBatch: Sendable {
    /// Of all samples, in the order of the data set.
    var sources: [String] = []
    /// What has to be embedded.
    var items: [HashedItem] = []
    /// The network's inputs for them, `[items, height, width, channels]`.
    var inputs: [Float] = []
    /// Items of which only label or group have changed.
    var described: [HashedItem] = []
    var unchanged = 0
    /// Those that keep another label than the data set's.
    var keptLabels = 0
    var skipped: [Skipped] = []
}

struct EmbeddedBatch: Sendable {
    let samples: Int
    let items: [HashedItem]
    let embeddings: Matrix
    let described: [HashedItem]
    let unchanged: Int
}
