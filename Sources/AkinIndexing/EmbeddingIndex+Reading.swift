import AkinStorage
import AkinTensors
import AkinVectorSearch

/// What an index holds.
public struct IndexStats: Sendable, Equatable, Codable {
    /// How many items there are.
    public let items: Int
    /// How many items each label has.
    public let labels: [String: Int]
    /// Length of an embedding.
    public let dimension: Int
    /// By what neighbours are near.
    public let metric: Metric.Kind
    /// Size on disk.
    public let bytes: Int
    /// Nil if there is no graph, or a damaged one: search is exact.
    public let graph: GraphStats?
    /// What of the graph cannot be read; nil if there is none, or nothing of the kind is seen at first sight. `verify`
    /// looks at all of it.
    public let graphDamage: String?

    private enum CodingKeys: String, CodingKey {
        case items, labels, dimension, metric, bytes, graph
        case graphDamage = "graph_damage"
    }
}

extension EmbeddingIndex {
    /// How many items there are; O(1).
    public var count: Int {
        get throws(IndexError) { try reading { try count(in: $0) } }
    }

    /// O(labels), and the beginnings of the graph's blocks.
    public func stats() throws(IndexError) -> IndexStats { try reading { try stats(in: $0) } }

    /// All items, or those of one label (none if there is no such), by ascending id.
    public func items(label: String? = nil) throws(IndexError) -> [Item] {
        try reading { try items(label: label, in: $0) }
    }

    /// Nil if there is no item with this id.
    public func item(_ id: UInt64) throws(IndexError) -> Item? { try reading { try item(id, in: $0) } }

    /// Nil if there is no item from there.
    public func item(source: String) throws(IndexError) -> Item? {
        try reading { try item(source: source, in: $0) }
    }

    /// Every item with its embedding, `[items, dimension]`, by ascending id.
    public func labelled() throws(IndexError) -> (items: [Item], embeddings: Matrix) {
        try reading { try labelled(in: $0) }
    }
}

extension EmbeddingIndex {
    func count(in transaction: borrowing ReadTransaction) throws -> Int {
        try tables.items.count(in: transaction)
    }

    func stats(in transaction: borrowing ReadTransaction) throws -> IndexStats {
        let counts = try tables.labels.counts(in: transaction).map { (try label($0.key), $0.count) }
        var graph: GraphStats?
        var damage: String?
        do {
            graph = try graphStats(in: transaction)
        } catch IndexError.damagedGraph(_, let part) {
            damage = part
        }
        return IndexStats(
            items: try count(in: transaction), labels: Dictionary(counts, uniquingKeysWith: +),
            dimension: dimension, metric: metric.kind, bytes: environment.bytes, graph: graph,
            graphDamage: damage)
    }

    private func label(_ key: TextKey) throws -> String {
        guard let label = String(validating: key.bytes, as: UTF8.self) else {
            throw StorageError.malformed(table: "labels", path: path)
        }
        return label
    }

    func items(label: String?, in transaction: borrowing ReadTransaction) throws -> [Item] {
        guard let label else {
            var items: [Item] = []
            try forEachRecord(in: transaction) { items.append($1.item($0)) }
            return items
        }
        guard !label.isEmpty else { return [] }
        var items: [Item] = []
        for id in try tables.labels.numbers(of: TextKey(label), in: transaction) {
            items.append(try tables.record(id, in: transaction, path: path).item(id))
        }
        return items
    }

    func item(_ id: UInt64, in transaction: borrowing ReadTransaction) throws -> Item? {
        guard try tables.items.bytes(of: id, in: transaction) != nil else { return nil }
        return try tables.record(id, in: transaction, path: path).item(id)
    }

    func item(source: String, in transaction: borrowing ReadTransaction) throws -> Item? {
        guard !source.isEmpty, let id = try tables.sources.value(of: TextKey(source), in: transaction) else {
            return nil
        }
        return try tables.record(id, in: transaction, path: path).item(id)
    }

    func labelled(in transaction: borrowing ReadTransaction) throws -> (items: [Item], embeddings: Matrix) {
        var items: [Item] = []
        var values: [Float] = []
        let count = try tables.items.count(in: transaction)
        items.reserveCapacity(count)
        values.reserveCapacity(count * dimension)
        try forEachItem(in: transaction) { id, record, vector in
            items.append(record.item(id))
            values.append(contentsOf: vector)
        }
        return (items, Matrix(rows: items.count, columns: dimension, values: values))
    }

    func forEachRecord(
        in transaction: borrowing ReadTransaction, _ body: (UInt64, ItemRecord) throws -> Void
    ) throws {
        try tables.items.forEach(in: transaction) { id, bytes in
            guard let record = ItemRecord(stored: bytes) else {
                throw IndexError.damagedItem(path: path, id: id)
            }
            try body(id, record)
            return true
        }
    }

    /// Every item with its embedding where it lies, by ascending id.
    func forEachItem(
        in transaction: borrowing ReadTransaction,
        _ body: (UInt64, ItemRecord, UnsafeBufferPointer<Float>) throws -> Void
    ) throws {
        let blocks = try resolvedBlocks(in: transaction)
        try forEachRecord(in: transaction) { id, record in
            let (block, place) = record.row.quotientAndRemainder(dividingBy: layout.capacity)
            guard blocks.indices.contains(block), blocks[block].id(at: place) == id else {
                throw IndexError.damagedItem(path: path, id: id)
            }
            try body(id, record, blocks[block].row(at: place, dimension: dimension))
        }
    }

    /// All blocks where they lie, in order; the pointers are valid until the transaction ends. Dead rows have id 0.
    ///
    /// Blocks that this object has not seen yet are compared with their checksums.
    func resolvedBlocks(
        in transaction: borrowing ReadTransaction, verifying: Bool = true
    ) throws -> [VectorBlock] {
        let items = try tables.items.count(in: transaction)
        var found: [UnsafeRawBufferPointer] = []
        var blocks: [VectorBlock] = []
        found.reserveCapacity(items / layout.capacity + 1)
        blocks.reserveCapacity(items / layout.capacity + 1)
        var rows = 0
        try tables.vectors.forEach(in: transaction) { number, bytes in
            // All are full but the last.
            guard number == UInt64(found.count), rows == found.count * layout.capacity,
                let count = layout.count(bytes, block: number), count > 0
            else { throw IndexError.damagedBlock(path: path, block: UInt64(found.count)) }
            found.append(bytes)
            blocks.append(layout.vectors(bytes, count: count))
            rows += count
            return true
        }
        guard try holdAllItems(blocks, rows: rows, in: transaction) else {
            throw IndexError.damagedBlock(path: path, block: layout.block(ofRow: rows))
        }
        if verifying, let damaged = verifiedVectors.firstDamaged(of: found) {
            throw IndexError.damagedBlock(path: path, block: UInt64(damaged))
        }
        return blocks
    }

    /// Where rows of the graph are missing, it may still be its record alone that is damaged.
    private func holdAllItems(
        _ blocks: [VectorBlock], rows: Int, in transaction: borrowing ReadTransaction
    ) throws -> Bool {
        let items = try tables.items.count(in: transaction)
        if try rows >= graphRows(in: transaction) { return rows >= items }
        return livingRows(blocks) == items
    }

    /// How many rows hold an item.
    func livingRows(_ blocks: [VectorBlock]) -> Int {
        blocks.reduce(0) { sum, block in
            sum + (0..<layout.capacity).prefix { block.id(at: $0) != nil }.count { block.id(at: $0) != 0 }
        }
    }
}
