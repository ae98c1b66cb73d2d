import AkinBasics
import AkinEmbedding
import AkinItems
import AkinTensors

/// The files of an import, read as one. To be used by one thread at a time.
public final class ImportSource {
    /// What they are.
    public let files: ExchangeFiles
    /// What is taken for granted.
    public let options: ImportOptions
    /// What is worth knowing of the columns of the file of items.
    public let columns: ColumnRemarks
    /// Of a table of items, its labels as they are written there, as far as a spreadsheet may have changed them.
    package let tableLabels: TableLabels
    private let vectors: VectorFile
    /// The file that says what the items are.
    let itemPath: String
    /// Nil where the file of vectors says it, or nothing does.
    private let items: ItemList?
    private let rules: ItemRules
    /// How many items there are, once all have been looked at.
    private var checked: Int?

    /// Reads what the files' beginnings say.
    public init(_ files: ExchangeFiles, _ options: ImportOptions = ImportOptions()) throws(ExchangeError) {
        self.files = files
        self.options = options
        do throws(GalleryError) {
            if let label = options.label { try NewItem.check(label: label.composed) }
        } catch {
            throw .badOption(error)
        }
        let rules = ItemRules(
            label: options.label, source: absolutePath(files.vectors), readsIDs: !options.givesNewIDs)
        self.rules = rules
        vectors = try VectorFile(files.vectors, rules)
        itemPath = files.items ?? files.vectors
        let read = try files.items.map { file throws(ExchangeError) in try ItemList.read(file, rules: rules) }
        items = read?.items
        columns = read?.remarks ?? ColumnRemarks()
        tableLabels = read?.labels ?? TableLabels()
    }

    /// Length of an embedding.
    public var dimension: Int { vectors.dimension }

    /// What made the vectors, as the options or else the files say; nil if neither does.
    public var backbone: BackboneIdentity? {
        options.backboneName.map { BackboneIdentity(named: $0) } ?? vectors.backbone
    }

    /// Reads everything through, once, and throws where something is wrong; how many items there are. No source may come
    /// twice: the second item would replace the first.
    @discardableResult
    public func check() throws(ExchangeError) -> Int {
        if let checked { return checked }
        let count = try readThrough()
        checked = count
        return count
    }

    private func readThrough() throws(ExchangeError) -> Int {
        var count = 0
        var lines: [ContentHash: Int] = [:]
        var last: UInt64 = 0
        var hasIDs: Bool?
        if let items {
            try checkIDs(of: items, after: &last)
            try checkSources(of: items, among: &lines)
        }
        if let items, let rows = vectors.rows, rows != items.count { throw countsDiffer(rows) }
        try vectors.forEachPiece { piece throws(ExchangeError) in
            count += piece.count
            if let items = piece.items {
                guard hasIDs != items.ids.isEmpty else {
                    throw .incomplete(path: itemPath, line: items.lines[0], what: "an id")
                }
                hasIDs = !items.ids.isEmpty
                try checkIDs(of: items, after: &last)
                try checkSources(of: items, among: &lines)
            }
            return true
        }
        if let items, count != items.count { throw countsDiffer(count) }
        return count
    }

    private func checkIDs(of items: ItemList, after last: inout UInt64) throws(ExchangeError) {
        for (item, id) in items.ids.enumerated() {
            guard id > last else {
                throw .idsDescend(path: itemPath, place: .line(items.lines[item]), id: id, previous: last)
            }
            last = id
        }
    }

    /// `lines`: on which each source stands.
    private func checkSources(
        of items: ItemList, among lines: inout [ContentHash: Int]
    ) throws(ExchangeError) {
        lines.reserveCapacity(lines.count + items.count)
        for item in 0..<items.count {
            let hash = items.texts.withUnsafeBytes {
                ContentHash(of: UnsafeRawBufferPointer(rebasing: $0[items.source(item)]))
            }
            if let first = lines.updateValue(items.lines[item], forKey: hash) {
                throw .repeatedSource(
                    path: itemPath, line: items.lines[item], first: first,
                    source: Source(items.text(items.source(item))))
            }
        }
    }

    private func countsDiffer(_ count: Int) -> ExchangeError {
        .countsDiffer(
            vectors: vectors.path, count: count, items: itemPath, itemCount: items?.count ?? 0)
    }

    /// Calls `body` with all items, in order, until it gives false.
    func forEachBatch(_ body: (ItemBatch) throws -> Bool) throws {
        var failure: (any Error)?
        try vectors.forEachPiece { piece throws(ExchangeError) in
            // The file may have changed since it was counted.
            if let items, piece.firstRow + piece.count > items.count {
                throw countsDiffer(piece.firstRow + piece.count)
            }
            let list = items ?? piece.items ?? unnamed(piece)
            let first = items == nil ? 0 : piece.firstRow
            let batch = ItemBatch(
                items: list, range: first..<first + piece.count, vectors: piece.vectors,
                contentHashes: contentHashes(of: piece, list))
            do {
                return try body(batch)
            } catch {
                failure = error
                return false
            }
        }
        if let failure { throw failure }
    }

    /// Items of which nothing is said.
    private func unnamed(_ piece: VectorFile.Piece) -> ItemList {
        var items = ItemList()
        let label = rules.label ?? ItemRules.unlabelled
        for row in piece.firstRow..<piece.firstRow + piece.count {
            items.append(label: label, source: rules.source(ofRow: row), group: [])
        }
        return items
    }

    /// Those of the file, and else those of the embeddings.
    private func contentHashes(of piece: VectorFile.Piece, _ items: ItemList) -> [ContentHash] {
        nonisolated(unsafe) let vectors = piece.vectors
        let dimension = self.vectors.dimension
        let step = 1024
        let parts = ThreadPool.shared.map((piece.count + step - 1) / step) { part in
            (part * step..<min((part + 1) * step, piece.count)).map { row in
                ContentHash(
                    of: UnsafeRawBufferPointer(start: vectors + row * dimension, count: 4 * dimension))
            }
        }
        let hashes = parts.flatMap { $0 }
        guard !items.contentHashes.isEmpty else { return hashes }
        return zip(items.contentHashes, hashes).map { $0 ?? $1 }
    }
}
