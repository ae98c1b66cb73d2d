import AkinBasics
import AkinDatasets
import AkinEmbedding
import AkinNetworks
import AkinStorage
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
        progress: (AddProgress) -> Void = { _ in }
    ) throws(IndexError) -> RebuildReport? {
        try rebuild(
            with: embedder, keepingHistory: true, dropUnreadable: dropUnreadable, isCancelled: isCancelled,
            progress: progress)
    }

    /// As the above. Where old embeddings are damaged, they must not be kept in the history.
    @discardableResult
    func rebuild(
        with embedder: Embedder, keepingHistory: Bool, dropUnreadable: Bool = false,
        isCancelled: () -> Bool = { false }, progress: (AddProgress) -> Void = { _ in }
    ) throws(IndexError) -> RebuildReport? {
        guard let new = embedder.backbone as? Checkpoint else {
            preconditionFailure("an index keeps a checkpoint, not another backbone")
        }
        guard (1...BlockLayout.largestDimension).contains(new.dimension) else {
            throw .unsupportedDimension(new.dimension, limit: BlockLayout.largestDimension)
        }
        let old = try checkpoint
        _ = try Backbone(new).metric(metric.kind)
        let began = ContinuousClock.now
        // Waits for whoever writes, and refuses a reader.
        try writing { _ in }
        let staged = try StagedEmbeddings(in: path, dimension: new.dimension)
        while true {
            let missing = try items().filter { !staged.isUpToDate($0) }
            if missing.isEmpty {
                guard let dropped = try exchange(old, for: new, staged, keepingHistory: keepingHistory) else {
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
        progress: (AddProgress) -> Void
    ) throws(IndexError) {
        let dataset = Dataset(sources: items.map { ($0.source, $0.label, $0.group) })
        let bySource = Dictionary(uniqueKeysWithValues: zip(items.map { Array($0.source.utf8) }, items))
        let reader = BatchReader(self, dataset, for: embedder, readsAll: true)
        let queue = BoundedQueue<ReadBatch>(capacity: 2)
        let reading = Background { () throws(IndexError) in try reader.run(into: queue) }
        defer {
            queue.close()
            // Its error is thrown below, or by what ended the loop before.
            _ = try? reading.result()
        }
        var done = 0
        while !isCancelled(), let batch = queue.pop() {
            var skipped: [Skipped] = []
            let next = embed(batch, with: embedder, skipped: &skipped)
            for (position, item) in next.items.enumerated() {
                guard let old = bySource[Array(item.item.source.utf8)] else { continue }
                try staged.append(next.embeddings[position], contentHash: item.hash, of: old)
            }
            for reason in skipped {
                if let old = bySource[Array(reason.source.utf8)] { staged.leaveOut(old, reason) }
            }
            done += batch.sources.count
            progress(AddProgress(done: done, total: dataset.count))
        }
        queue.close()
        try reading.result()
    }

    /// The one transaction. Nil, and nothing done, if items have come or changed that are not staged; else what was
    /// dropped.
    private func exchange(
        _ old: Checkpoint, for new: Checkpoint, _ staged: StagedEmbeddings, keepingHistory: Bool
    ) throws(IndexError) -> [Skipped]? {
        let title = PendingChange(.rebuild, "\(backbone) to \(new.identity)")
        return try writing { transaction in
            var ids: [UInt64] = []
            var isWhole = true
            try tables.items.forEach(in: transaction) { id, bytes in
                guard let record = ItemRecord(stored: bytes) else {
                    throw IndexError.damagedItem(path: path, id: id)
                }
                ids.append(id)
                isWhole = staged.isUpToDate(record.item(id))
                return isWhole
            }
            guard isWhole else { return nil }
            let nextID = try tables.nextID(in: transaction, path: path)
            var recorder =
                keepingHistory ? try ChangeRecorder(title, self, nextID: nextID, in: transaction) : nil
            try recorder?.keep(.backbone(old.bytes), in: transaction)
            let rows = recorder == nil ? 0 : try rows(in: transaction)
            for block in 0..<UInt64(layout.blocks(rows: rows)) {
                guard let bytes = try tables.vectors.bytes(of: block, in: transaction),
                    SealedBlock.isIntact(bytes)
                else { throw IndexError.damagedBlock(path: path, block: block) }
                try recorder?.keep(.block(block, Array(bytes)), in: transaction)
            }
            try tables.vectors.removeAll(in: transaction)
            let editor = BlockEditor(
                BlockLayout(dimension: new.dimension), tables.vectors, path: path)
            var dropped: [Skipped] = []
            let time = Timestamp.now
            for id in ids {
                var record = try tables.record(id, in: transaction, path: path)
                guard let (vector, contentHash) = try staged[id] else {
                    try recorder?.keep(.item(id, record, vector: nil), in: transaction)
                    recorder?.count { $0.removed += 1 }
                    try tables.remove(id, record, in: transaction)
                    if let reason = staged.reason(id) { dropped.append(reason) }
                    continue
                }
                if record.contentHash != contentHash {
                    try recorder?.keep(.item(id, record, vector: nil), in: transaction)
                    record.time = time
                }
                recorder?.count { $0.updated += 1 }
                record.contentHash = contentHash
                record.row = try editor.append(id: id, vector[...], in: transaction)
                try tables.items.set(record, for: id, in: transaction)
            }
            try editor.flush(in: transaction)
            try tables.set(new, in: transaction)
            try setGraphRows(0, in: transaction)
            _ = try recorder?.finish(in: transaction)
            return dropped
        }
    }
}
