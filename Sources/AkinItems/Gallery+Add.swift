import AkinBasics
import AkinDatasets
import AkinEmbedding
import AkinTensors

extension Gallery {
    /// Adds the pictures of a data set with their embeddings; an item whose source is there already is replaced if
    /// its content, label or group have changed, and else left alone without decoding its picture.
    ///
    /// With `keepingLabels` such an item keeps its label (and its group, where the data set names none): what `relabel`
    /// has corrected stays so when a folder, whose names are the labels, is added again.
    ///
    /// Content is what an item is, its source where it was last seen. A picture that is known, and lies no more where it
    /// did, has **moved**: its item gets the new source and keeps its id and group, and with `keepingLabels` its label
    /// too, unless that was the name of a folder that it has left. By whatever path of links a file comes, it is one; files
    /// of equal content that are all there are items of their own, and are named in the report (`copies`).
    ///
    /// Reading one batch of pictures, embedding the one before and writing the one before that overlap. A batch is
    /// a transaction: after an error, or a kill, what `progress` told of is in the gallery, whole, and another `add`
    /// goes on from there. What has moved is written when all is read, in one transaction, and behind it what has changed
    /// (4,096 pictures at most wait for that): where a picture lies that a changed file held before, shows only then.
    /// What cannot be read is left out and reported.
    ///
    /// `isCancelled` is asked before each batch; once it says yes, no more is begun, what has been embedded and waits
    /// for nothing is written, and the report counts as far as that. Both closures are called on the caller's thread.
    @discardableResult
    public func add(
        _ dataset: Dataset, embedder: Embedder, keepingLabels: Bool = false,
        isCancelled: () -> Bool = { false }, progress: (WorkProgress) -> Void = { _ in }
    ) throws -> AddReport {
        try add(
            dataset, embedder: embedder, keepingLabels: keepingLabels,
            as: PendingChange(.add, dataset.summary), isCancelled: isCancelled, progress: progress)
    }

    /// As the above; in the history it is a part of `change`.
    package func add(
        _ dataset: Dataset, embedder: Embedder, keepingLabels: Bool, as change: PendingChange,
        isCancelled: () -> Bool, progress: (WorkProgress) -> Void
    ) throws -> AddReport {
        try check(embedder.backbone.identity)
        // A process killed between its commit and the end of its transaction leaves readers with the state before,
        // until the next writer comes; what is unchanged must not be judged by that. Also refuses a reader.
        try write(change) { _ in }
        let began = ContinuousClock.now
        let known = KnownItems(self, dataset, keepingLabels: keepingLabels)
        let writer = BatchWriter(self, change)
        let reading = InputReader(known.samples, for: embedder.backbone.input)
            .readingAhead(batch: embedder.batch) { try known.choice(for: $0, by: embedder) }
        let embedded = BoundedQueue<EmbeddedBatch>(capacity: 4)
        let writing = Background { () throws(any Error) in
            try writer.run(from: embedded, stopping: reading)
        }

        var report = AddReport.Parts()
        let read = Result {
            while !isCancelled(), let batch = try reading.next() {
                let next = known.embedded(batch, by: embedder, &report)
                guard embedded.push(next) else { break }
                progress(
                    WorkProgress(done: known.doubled + writer.done + report.deferred, total: dataset.count))
            }
        }
        embedded.close()
        reading.stop()
        let written = Result { () throws(any Error) in try writing.result() }
        let done = known.doubled + writer.done
        progress(
            WorkProgress(done: isCancelled() ? done : done + report.deferred, total: dataset.count))
        try read.get()
        var (counts, left) = try written.get()
        counts.unchanged += known.doubled
        try settle(
            known, &report, &counts, embedder: embedder, as: change, isCancelled: isCancelled,
            progress: { progress(WorkProgress(done: done + $0, total: dataset.count)) })
        return AddReport(
            counts, keptLabels: report.keptLabels, blank: report.blank,
            skipped: dataset.skipped + report.skipped + left, ignored: dataset.ignored, pages: dataset.pages,
            embedded: report.embedded, since: began,
            copies: try self.read { try $0.copies(of: report.contents, from: known.sources) })
    }
}

extension Dataset {
    /// The folder in which all sources lie; the source itself if there is but one.
    package var summary: String {
        guard let first = samples.first else { return "nothing" }
        guard count > 1 else { return first.source.path }
        let folder = CommonFolder(of: samples.lazy.map(\.source)).path
        return folder.isEmpty ? "/" : String(folder.dropLast())
    }
}

/// Why a picture whose embedding is of no use was left out.
package let unusable =
    "its embedding holds a value that is no number, infinite or too large; check the backbone"
