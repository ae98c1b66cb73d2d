import AkinBasics
import AkinDatasets
import AkinEmbedding
import AkinTensors
import Synchronization

extension Gallery {
    /// Adds the pictures of a data set with their embeddings; an item whose source is there already is replaced if
    /// its content, label or group have changed, and else left alone without decoding its picture.
    ///
    /// With `keepingLabels` such an item keeps its label (and its group, where the data set names none): what `relabel`
    /// has corrected stays so when a folder, whose names are the labels, is added again.
    ///
    /// Reading one batch of pictures, embedding the one before and writing the one before that overlap. A batch is
    /// a transaction: after an error, or a kill, what `progress` told of is in the gallery, whole, and another `add`
    /// goes on from there. What cannot be read is left out and reported.
    ///
    /// `isCancelled` is asked before each batch; once it says yes, no more is begun, what has been embedded is
    /// written, and the report counts as far as that. Both closures are called on the caller's thread.
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
        let reading = InputReader(dataset.samples, preprocessing: embedder.backbone.preprocessing)
            .readingAhead(batch: embedder.batch) { try known.choice(for: $0) }
        let embedded = BoundedQueue<EmbeddedBatch>(capacity: 4)
        let writing = Background { () throws(any Error) in
            try writer.run(from: embedded, stopping: reading)
        }

        var report = AddReport.Parts()
        let read = Result {
            while !isCancelled(), let batch = try reading.next() {
                let next = known.embedded(batch, by: embedder, &report)
                guard embedded.push(next) else { break }
                progress(WorkProgress(done: writer.done, total: dataset.count))
            }
        }
        embedded.close()
        reading.stop()
        let written = Result { () throws(any Error) in try writing.result() }
        try read.get()
        let (counts, left) = try written.get()
        progress(WorkProgress(done: writer.done, total: dataset.count))
        return AddReport(
            counts, keptLabels: report.keptLabels, blank: report.blank,
            skipped: dataset.skipped + report.skipped + left,
            embedded: report.embedded, since: began)
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

/// Some samples on their way into a gallery.
private struct EmbeddedBatch: Sendable {
    /// Samples that it came from.
    let samples: Int
    /// What is new or has other content, with its embeddings.
    var items: [NewItem] = []
    var embeddings = Matrix(rows: 0, columns: 0)
    /// Items of which only label or group have changed.
    var described: [NewItem] = []
    var unchanged = 0
}

/// What the gallery has of the samples that are to be added, and what is to become of each.
private final class KnownItems<Home: Gallery>: Sendable {
    private let gallery: Home
    private let samples: [Sample]
    private let keepsLabels: Bool
    /// Of the batches that have been chosen and not yet embedded, in their order.
    private let batches = Mutex<[[Item?]]>([])

    init(_ gallery: Home, _ dataset: Dataset, keepingLabels: Bool) {
        self.gallery = gallery
        samples = dataset.samples
        keepsLabels = keepingLabels
    }

    /// Which samples of a range have to be decoded: those whose content the gallery does not have, and that can be items.
    func choice(for range: Range<Int>) throws -> InputReader.Choice {
        let samples = samples[range]
        let known = try gallery.read { reader in
            try samples.map { $0.source.path.isEmpty ? nil : try reader.item(source: $0.source) }
        }
        batches.withLock { $0.append(known) }
        return { position, hash in
            let known = known[position - range.lowerBound]
            return known?.contentHash != hash && self.problem(self.item(position, known)) == nil
        }
    }

    private func item(_ position: Int, _ known: Item?) -> NewItem {
        let sample = samples[position]
        let kept = keepsLabels ? known : nil
        return NewItem(
            label: kept?.label ?? sample.label, source: sample.source, group: sample.group ?? kept?.group)
    }

    private func problem(_ item: NewItem) -> GalleryError? {
        do throws(GalleryError) {
            try item.check()
            return nil
        } catch {
            return error
        }
    }

    /// Embeds what was decoded, and says what is to be done with the rest.
    func embedded(
        _ batch: InputBatch, by embedder: Embedder, _ report: inout AddReport.Parts
    ) -> EmbeddedBatch {
        let known = batches.withLock { $0.removeFirst() }
        let embeddings = embedder.embeddings(of: batch)
        let rows = Dictionary(uniqueKeysWithValues: zip(batch.decoded, 0...).map { ($0, $1) })
        var unread = Dictionary(
            uniqueKeysWithValues: batch.skipped.map { ($0.position, $0.skipped.reason) })
        var next = EmbeddedBatch(samples: batch.range.count)
        var usable: [Int] = []
        for (place, position) in batch.range.enumerated() {
            let old = known[place]
            let item = item(position, old)
            if keepsLabels, let old, old.label != samples[position].label { report.keptLabels += 1 }
            if let problem = problem(item) { unread[position] = "\(problem)" }
            if let reason = unread[position] {
                report.skipped.append(Skipped(source: item.source, reason: reason))
                continue
            }
            guard let hash = batch.hashes[place] else { continue }
            let hashed = NewItem(
                label: item.label, source: item.source, group: item.group, contentHash: hash)
            if let row = rows[position] {
                guard isUsableEmbedding(embeddings[row]) else {
                    report.skipped.append(Skipped(source: item.source, reason: unusable))
                    continue
                }
                next.items.append(hashed)
                usable.append(row)
            } else if let old, old.isSame(item, contentHash: hash) {
                next.unchanged += 1
            } else {
                next.described.append(hashed)
            }
        }
        next.embeddings = usable.count == embeddings.rows ? embeddings : embeddings.rows(at: usable)
        report.embedded += next.items.count
        report.blank += batch.blank.map { samples[$0].source }
        return next
    }
}

/// Why a picture whose embedding is of no use was left out.
package let unusable =
    "its embedding holds a value that is no number, infinite or too large; check the backbone"

/// The last stage of `add`: writes embedded batches, as many at a time as have come while it wrote.
private final class BatchWriter<Home: Gallery>: Sendable {
    private let gallery: Home
    private let change: PendingChange
    private let written = Atomic<Int>(0)

    /// `change`: what the history is to tell of all that is written.
    init(_ gallery: Home, _ change: PendingChange) {
        self.gallery = gallery
        self.change = change
    }

    /// Samples whose outcome is on the disk.
    var done: Int { written.load(ordering: .relaxed) }

    /// Stops the reading too when it fails, so that nobody works in vain.
    /// - Returns: What was changed, and what could not be.
    func run(
        from queue: BoundedQueue<EmbeddedBatch>, stopping reading: InputBatches<any Error>
    ) throws -> (ChangeCounts, [Skipped]) {
        var counts = ChangeCounts()
        var skipped: [Skipped] = []
        do {
            while true {
                let batches = queue.popAll()
                guard !batches.isEmpty else { return (counts, skipped) }
                try write(batches, &counts, &skipped)
                written.add(batches.reduce(0) { $0 + $1.samples }, ordering: .relaxed)
            }
        } catch {
            queue.close()
            reading.stop()
            throw error
        }
    }

    private func write(
        _ batches: [EmbeddedBatch], _ counts: inout ChangeCounts, _ skipped: inout [Skipped]
    ) throws {
        for batch in batches { counts.unchanged += batch.unchanged }
        guard batches.contains(where: { !$0.items.isEmpty || !$0.described.isEmpty }) else { return }
        try gallery.write(change) { writer in
            for batch in batches {
                for (position, item) in batch.items.enumerated() {
                    guard let hash = item.contentHash else { continue }
                    counts.count(try writer.put(item, contentHash: hash, batch.embeddings[position]))
                }
                for item in batch.described {
                    guard let hash = item.contentHash else { continue }
                    if let outcome = try writer.describe(item, contentHash: hash) {
                        counts.count(outcome)
                    } else {
                        let reason = "its item was changed at the same time by another; add it again"
                        skipped.append(Skipped(source: item.source, reason: reason))
                    }
                }
            }
        }
    }
}
