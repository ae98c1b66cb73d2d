import AkinBasics
import AkinDatasets
import AkinEmbedding
import AkinStorage
import AkinTensors
import AkinVectorSearch

/// What an import takes for granted.
public struct ImportOptions: Sendable, Equatable {
    /// The label of all items, whatever the files say.
    public var label: String?
    /// What made the vectors, where the files do not say it; two imports of one name count as one backbone's.
    public var backboneName: String?
    /// The vectors are the index's backbone's, whatever the files say.
    public var isSameBackbone = false
    /// The index numbers the items, whatever the files say.
    public var givesNewIDs = false

    /// Nothing is taken for granted by default.
    public init() {}
}

/// What an import did.
public struct ImportReport: Sendable, Equatable, Codable {
    /// New sources.
    public let added: Int
    /// Sources whose embedding, label or group had changed.
    public let updated: Int
    /// Sources that were left as they are.
    public let unchanged: Int
    /// The columns that say nothing an item has.
    public let ignoredColumns: [String]
    /// Items, divided by the whole time.
    public let itemsPerSecond: Double

    private enum CodingKeys: String, CodingKey {
        case added, updated, unchanged
        case ignoredColumns = "ignored_columns"
        case itemsPerSecond = "items_per_second"
    }
}

extension EmbeddingIndex {
    /// Makes an index and imports files into it. Nothing is made if the files cannot be read through.
    ///
    /// Its backbone is the one that the files name, or `options`, or else one that is the same as no other.
    public static func create(
        at path: String, importing files: ExchangeFiles, metric: Metric.Kind = .l2,
        options: ImportOptions = ImportOptions(), isCancelled: () -> Bool = { false },
        progress: (AddProgress) -> Void = { _ in }
    ) throws(IndexError) -> (index: EmbeddingIndex, report: ImportReport) {
        let began = ContinuousClock.now
        let source = try ImportSource(files, options)
        let count = try source.check(keepingIDs: true)
        let named = options.backboneName.map { BackboneIdentity(named: $0) }
        let index = try create(
            at: path, dimension: source.vectors.dimension, metric: metric,
            backbone: named ?? source.vectors.backbone ?? .unnamed())
        let counts = try index.write(
            source, files, count: count, isCancelled: isCancelled, progress: progress)
        return (index, ImportReport(counts, source, since: began))
    }

    /// Imports items with their embeddings. An item whose source is there already is replaced, unless it is the same.
    ///
    /// The files are read through before anything is written. Then a transaction for each 64 MB: after an error, or a
    /// kill, what `progress` told of is in the index, whole. `isCancelled` is asked before each.
    ///
    /// The items' ids are those of the files in an index that never had any item, if the files name them; else the
    /// index gives them new ones.
    ///
    /// - Throws: `exchange` if the files are damaged, do not fit the index's dimension, or do not name its backbone
    ///   (JSON lines can) while `options` does not vouch for it.
    @discardableResult
    public func importItems(
        from files: ExchangeFiles, options: ImportOptions = ImportOptions(),
        isCancelled: () -> Bool = { false }, progress: (AddProgress) -> Void = { _ in }
    ) throws(IndexError) -> ImportReport {
        let began = ContinuousClock.now
        let source = try ImportSource(files, options)
        guard source.vectors.dimension == dimension else {
            throw .wrongDimension(expected: dimension, found: source.vectors.dimension)
        }
        let count = try source.check(keepingIDs: try hasHadNoItem)
        if !options.isSameBackbone {
            guard
                let found = options.backboneName.map({ BackboneIdentity(named: $0) })
                    ?? source.vectors.backbone
            else { throw .exchange(.unnamedBackbone(path: files.vectors, expected: backbone)) }
            try check(found)
        }
        let counts = try write(source, files, count: count, isCancelled: isCancelled, progress: progress)
        return ImportReport(counts, source, since: began)
    }

    private func write(
        _ source: ImportSource, _ files: ExchangeFiles, count: Int, isCancelled: () -> Bool,
        progress: (AddProgress) -> Void
    ) throws(IndexError) -> ChangeCounts {
        let isNew = try hasHadNoItem
        let change = PendingChange(.import, files.paths.joined(separator: ", "))
        var counts = ChangeCounts()
        var done = 0
        try source.forEachBatch { batch throws(IndexError) in
            guard !isCancelled() else { return false }
            let keepsIDs = isNew && !batch.items.ids.isEmpty
            let before = counts
            let (after, number) = try writing { transaction in
                var counts = before
                var number: UInt64?
                switch try BulkWriter.add(
                    batch, to: self, keepingIDs: keepsIDs, as: change, in: transaction)
                {
                case .added(let change):
                    counts.added += batch.range.count
                    number = change
                case .sourceKnown(let position) where keepsIDs:
                    let item = batch.range.lowerBound + position
                    throw IndexError.exchange(
                        .repeatedSource(
                            path: source.itemPath, place: source.place(item, of: batch),
                            source: Source(batch.items.text(batch.items.source(item)))))
                case .sourceKnown: number = try put(batch, &counts, as: change, in: transaction)
                }
                return (counts, number)
            }
            counts = after
            if let number { change.number = number }
            done += batch.range.count
            progress(AddProgress(done: done, total: count))
            return true
        }
        return counts
    }

    private var hasHadNoItem: Bool {
        get throws(IndexError) { try reading { try tables.number(Setting.nextID, in: $0, path: path) == 1 } }
    }

    /// One item after the other; the number of the change in the history.
    private func put(
        _ batch: ItemBatch, _ counts: inout ChangeCounts, as change: PendingChange,
        in transaction: borrowing WriteTransaction
    ) throws -> UInt64? {
        var editor = try IndexEditor(self, change, in: transaction)
        for (position, item) in batch.range.enumerated() {
            let vector = UnsafeBufferPointer(start: batch.vectors + position * dimension, count: dimension)
            counts.count(
                try editor.put(
                    batch.items.newItem(item), contentHash: batch.contentHashes[position],
                    Array(vector)[...], in: transaction))
        }
        return try editor.finish(in: transaction)
    }
}

extension ImportReport {
    fileprivate init(
        _ counts: ChangeCounts, _ source: ImportSource, since began: ContinuousClock.Instant
    ) {
        added = counts.added
        updated = counts.updated
        unchanged = counts.unchanged
        ignoredColumns = source.ignoredColumns
        let seconds = max((ContinuousClock.now - began) / .seconds(1), 1e-9)
        itemsPerSecond = Double(added + updated + unchanged) / seconds
    }
}
