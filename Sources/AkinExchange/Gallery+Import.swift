import AkinBasics
import AkinEmbedding
import AkinItems

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

extension Gallery {
    /// Imports items with their embeddings. An item whose source is there already is replaced, unless it is the same.
    ///
    /// The files are read through before anything is written. Then a transaction for each 64 MB: after an error, or a
    /// kill, what `progress` told of is in the gallery, whole. `isCancelled` is asked before each.
    ///
    /// The items' ids are those of the files in a gallery that never had any item, if the files name them; else the
    /// gallery gives them new ones.
    ///
    /// - Throws: `ExchangeError` if the files are damaged, or do not name the gallery's backbone (JSON lines can) while the
    ///   source's options do not vouch for it; `GalleryError` if they do not fit the gallery's dimension or backbone.
    @discardableResult
    public func importItems(
        from source: ImportSource, isCancelled: () -> Bool = { false },
        progress: (WorkProgress) -> Void = { _ in }
    ) throws -> ImportReport {
        let began = ContinuousClock.now
        guard source.dimension == dimension else {
            throw GalleryError.wrongDimension(expected: dimension, found: source.dimension)
        }
        let change = PendingChange(.import, source.files.paths.joined(separator: ", "))
        // Refuses a gallery that is open for reading only, before the files are read.
        let isNew = try write(change) { try $0.hasHadNoItem }
        let total = try source.check()
        if !source.options.isSameBackbone {
            guard let found = source.backbone else {
                throw ExchangeError.unnamedBackbone(path: source.files.vectors, expected: backbone)
            }
            try check(found)
        }
        var counts = ChangeCounts()
        var done = 0
        try source.forEachBatch { batch in
            guard !isCancelled() else { return false }
            let keepsIDs = isNew && batch.id(0) != nil
            counts = try write(change) { try $0.put(batch, keepingIDs: keepsIDs, counts) }
            done += batch.count
            progress(WorkProgress(done: done, total: total))
            return true
        }
        return ImportReport(counts, source, since: began)
    }
}

extension Gallery {
    /// As the above, of files.
    @discardableResult
    public func importItems(
        from files: ExchangeFiles, options: ImportOptions = ImportOptions(),
        isCancelled: () -> Bool = { false }, progress: (WorkProgress) -> Void = { _ in }
    ) throws -> ImportReport {
        try importItems(
            from: try ImportSource(files, options), isCancelled: isCancelled, progress: progress)
    }
}

extension GalleryWriter {
    /// Adds a batch at once or, if one of its sources is there already, one item after the other.
    fileprivate func put(
        _ batch: ItemBatch, keepingIDs: Bool, _ before: ChangeCounts
    ) throws -> ChangeCounts {
        var counts = before
        guard try add(batch, keepingIDs: keepingIDs) != nil else {
            counts.added += batch.count
            return counts
        }
        let dimension = current.dimension
        for position in 0..<batch.count {
            counts.count(
                try put(batch.item(position), Array(batch.vector(position, dimension: dimension))[...]))
        }
        return counts
    }
}

extension ImportReport {
    fileprivate init(
        _ counts: ChangeCounts, _ source: ImportSource, since began: ContinuousClock.Instant
    ) {
        added = counts.added
        updated = counts.updated
        unchanged = counts.unchanged
        ignoredColumns = source.columns.ignored
        let seconds = max((ContinuousClock.now - began) / .seconds(1), 1e-9)
        itemsPerSecond = Double(added + updated + unchanged) / seconds
    }
}
