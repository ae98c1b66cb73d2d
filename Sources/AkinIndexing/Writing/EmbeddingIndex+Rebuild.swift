import AkinBasics
import AkinDatasets
import AkinEmbedding
import AkinItems
import AkinTensors
import AkinVectorSearch

/// What `rebuild` did.
public struct RebuildReport: Sendable, Equatable, Codable {
    /// Items that were embedded again.
    public let items: Int
    /// Items that were removed because their sources cannot be read, and why.
    public let dropped: [Skipped]
    /// How long it took.
    public let seconds: Double
}

extension EmbeddingIndex {
    /// Gives the index another backbone: embeds all items again from their sources, and exchanges backbone and
    /// embeddings in one transaction, so that readers see the old or the new. Until then nothing is changed; a kill
    /// leaves the index as it was.
    ///
    /// Where another process adds or changes items meanwhile, those are embedded too before the exchange. Afterwards
    /// every `EmbeddingIndex` that was opened before, this one too, throws `rebuilt`, as what was embedded with the old
    /// backbone cannot be compared any more: open the index again. The change can be undone for as long as the
    /// history keeps it, which takes the room of the old embeddings.
    ///
    /// - Parameters:
    ///   - embedder: Of the new backbone; its dimension may be another.
    ///   - dropUnreadable: Removes items whose sources cannot be read any more. Not if that would be all of them.
    ///   - isCancelled: Asked before each batch.
    /// - Returns: Nil if it was cancelled; nothing was changed then.
    /// - Throws: `unreadableSources`, with all of them; `noLearnedMetric` if the index's metric is `learnedL1` and the new
    ///   backbone was not trained with one.
    @discardableResult
    public func rebuild(
        with embedder: Embedder, dropUnreadable: Bool = false, isCancelled: () -> Bool = { false },
        progress: (WorkProgress) -> Void = { _ in }
    ) throws(IndexError) -> RebuildReport? {
        try rebuild(
            // One that is damaged could not be taken back.
            with: embedder, keepingHistory: home.backbone.problem == nil, dropUnreadable: dropUnreadable,
            isCancelled: isCancelled,
            progress: progress)
    }

    /// As the above. Where old embeddings are damaged, they must not be kept in the history.
    @discardableResult
    func rebuild(
        with embedder: Embedder, keepingHistory: Bool, dropUnreadable: Bool = false,
        isCancelled: () -> Bool = { false }, progress: (WorkProgress) -> Void = { _ in }
    ) throws(IndexError) -> RebuildReport? {
        let dimension = embedder.backbone.dimension
        guard (1...largestDimension).contains(dimension) else {
            throw .unsupportedDimension(dimension, limit: largestDimension)
        }
        guard home.backbone.model != nil || home.backbone.problem != nil else {
            throw .noBackbone(path: path, name: backbone.name)
        }
        let new = StoredBackbone(embedder.backbone)
        _ = try new.metric(metric.kind)
        let began = ContinuousClock.now
        // Waits for whoever writes, and refuses a reader.
        try home.write { (_) throws(IndexError) in }
        let staged = try StagedEmbeddings(in: path, dimension: dimension)
        while true {
            let missing = try home.read { (reader) throws(IndexError) in
                var missing: [Item] = []
                try reader.forEachRecord { id, record in
                    let item = record.item(id)
                    if !staged.isUpToDate(item) { missing.append(item) }
                }
                return missing
            }
            if missing.isEmpty {
                guard let dropped = try exchange(for: new, staged, keepingHistory: keepingHistory) else {
                    continue
                }
                let seconds = (ContinuousClock.now - began) / .seconds(1)
                return RebuildReport(items: staged.count, dropped: dropped, seconds: seconds)
            }
            try embed(missing, with: embedder, into: staged, isCancelled: isCancelled, progress: progress)
            if isCancelled() { return nil }
            if !staged.unreadable.isEmpty, !dropUnreadable || staged.count == 0 {
                throw .unreadableSources(staged.unreadable)
            }
        }
    }

    private func embed(
        _ items: [Item], with embedder: Embedder, into staged: StagedEmbeddings, isCancelled: () -> Bool,
        progress: (WorkProgress) -> Void
    ) throws(IndexError) {
        let dataset = Dataset(sources: items.map { ($0.source, $0.label, $0.group) })
        let reading = InputReader(dataset.samples, for: embedder.backbone.input)
            .readingAhead(batch: embedder.batch)
        defer { reading.stop() }
        while !isCancelled(), let batch = reading.next() {
            let embeddings = embedder.embeddings(trusted: batch)
            for (row, position) in batch.decoded.enumerated() {
                guard isUsableEmbedding(embeddings[row]) else {
                    staged.leaveOut(
                        items[position], Skipped(source: items[position].source, reason: unusable))
                    continue
                }
                guard let hash = batch.hashes[position - batch.range.lowerBound] else { continue }
                try staged.append(embeddings[row], contentHash: hash, of: items[position])
            }
            for (position, reason) in batch.skipped { staged.leaveOut(items[position], reason) }
            progress(WorkProgress(done: batch.range.upperBound, total: dataset.count))
        }
    }

    /// The one transaction. Nil, and nothing done, if items have come or changed that are not staged; else what was
    /// dropped.
    private func exchange(
        for new: StoredBackbone, _ staged: StagedEmbeddings, keepingHistory: Bool
    ) throws(IndexError) -> [Skipped]? {
        let change = PendingChange(.rebuild, "\(backbone) to \(new.identity)")
        return try home.write { (access) throws(IndexError) in
            var ids: [UInt64] = []
            var isWhole = true
            try access.current.forEachRecord { id, record in
                ids.append(id)
                isWhole = isWhole && staged.isUpToDate(record.item(id))
            }
            guard isWhole else { return nil }
            let nextID = try access.current.nextID
            var recorder = keepingHistory ? try ChangeRecorder(change, access, nextID: nextID) : nil
            if recorder == nil { try access.dropUndone() }
            // What older changes keep are embeddings by the damaged backbone.
            if home.backbone.problem != nil { try access.dropHistory() }
            if recorder != nil {
                try access.keepEmbeddings { (entry) throws(IndexError) in try recorder?.keep(entry) }
            }
            try access.removeAll(in: access.tables.vectors)
            let dropped = try replaceVectors(of: ids, staged, access, &recorder)
            try access.keep(new, dimension: staged.dimension)
            // What is known of the answers was found out with the old embeddings.
            if try access.current.calibrationRecord != nil {
                try recorder?.keep(access.answering)
                try access.setAnswering(access.current.classifierRecord, nil)
            }
            try access.setGraphRows(0)
            _ = try recorder?.finish()
            return dropped
        }
    }

    /// Writes the new vectors; the items that have none, which are removed.
    private func replaceVectors(
        of ids: [UInt64], _ staged: StagedEmbeddings, _ access: IndexTransaction,
        _ recorder: inout ChangeRecorder?
    ) throws(IndexError) -> [Skipped] {
        let editor = BlockEditor(writingAnew: access, BlockLayout(dimension: staged.dimension))
        var dropped: [Skipped] = []
        let time = Timestamp.now
        for id in ids {
            var record = try access.current.record(id)
            guard let (vector, contentHash) = try staged[id] else {
                try recorder?.keep(.item(id, record, vector: nil))
                recorder?.count { $0.removed += 1 }
                try access.removeItem(id, record)
                if let reason = staged.reason(id) { dropped.append(reason) }
                continue
            }
            if record.contentHash != contentHash {
                try recorder?.keep(.item(id, record, vector: nil))
                record.time = time
            }
            recorder?.count { $0.updated += 1 }
            record.contentHash = contentHash
            record.row = try editor.append(id: id, vector[...])
            try access.set(record, for: id, in: access.tables.items)
        }
        try editor.flush()
        return dropped
    }
}
