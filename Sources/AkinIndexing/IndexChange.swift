import AkinBasics
import AkinEmbedding
import AkinStorage
import AkinTensors

/// Changes of an index that come into effect together, when the closure that they are given to returns;
/// `EmbeddingIndex.write` gives it.
///
/// A method that throws may have done a part of its work: let its error end the closure, and nothing is changed.
public struct IndexChange: ~Copyable {
    private let index: EmbeddingIndex
    let transaction: WriteTransaction
    var editor: IndexEditor

    init(
        _ index: EmbeddingIndex, _ change: PendingChange, in transaction: borrowing WriteTransaction
    ) throws {
        self.index = index
        self.transaction = WriteTransaction(transaction)
        editor = try IndexEditor(index, change, in: transaction)
    }

    /// Adds items whose embeddings, `[items, dimension]`, were made elsewhere by this index's backbone; an item
    /// whose source is there already is replaced. All of them are held in memory until the change is done.
    /// - Returns: How many are new.
    @discardableResult
    public mutating func add(
        _ items: [NewItem], embeddings: Matrix, backbone: BackboneIdentity
    ) throws(IndexError) -> Int {
        try index.check(items, embeddings, backbone)
        return try translating { change in
            try change.put(items, items.indices, embeddings, counts: ChangeCounts()).added
        }
    }

    /// Removes items; how many.
    @discardableResult
    public mutating func remove(ids: [UInt64]) throws(IndexError) -> Int {
        try translating { change in
            let ids = Set(ids).sorted()
            for id in ids {
                guard try change.editor.remove(id, in: change.transaction) else {
                    throw IndexError.unknownItem(id: id)
                }
            }
            return ids.count
        }
    }

    /// Removes all items of these labels; how many.
    @discardableResult
    public mutating func remove(labels: [String]) throws(IndexError) -> Int {
        var ids: [UInt64] = []
        for label in labels { ids += try known(label: label) }
        return try remove(ids: ids)
    }

    /// Removes the items of these sources; how many.
    @discardableResult
    public mutating func remove(sources: [String]) throws(IndexError) -> Int {
        var ids: [UInt64] = []
        for source in sources { ids.append(try known(source: source)) }
        return try remove(ids: ids)
    }

    /// Gives items another label; how many.
    @discardableResult
    public mutating func relabel(ids: [UInt64], to label: String) throws(IndexError) -> Int {
        try index.check(label: label)
        return try translating { change in
            let ids = Set(ids).sorted()
            for id in ids {
                guard try change.editor.relabel(id, to: label, in: change.transaction) else {
                    throw IndexError.unknownItem(id: id)
                }
            }
            return ids.count
        }
    }

    /// Gives all items of a label another; how many.
    @discardableResult
    public mutating func relabel(_ old: String, to new: String) throws(IndexError) -> Int {
        try relabel(ids: try known(label: old), to: new)
    }

    /// Puts some of the items into the index.
    mutating func put(
        _ items: [NewItem], _ range: Range<Int>, _ embeddings: Matrix, counts: ChangeCounts
    ) throws -> ChangeCounts {
        var counts = counts
        for position in range {
            let vector = embeddings[position]
            let hash = items[position].contentHash ?? vector.withUnsafeBytes { ContentHash(of: $0) }
            counts.count(try editor.put(items[position], contentHash: hash, vector, in: transaction))
        }
        return counts
    }

    /// Writes what is still in memory; the number of the change in the history, if it is there. To be called once,
    /// at the end.
    mutating func finish() throws -> UInt64? { try editor.finish(in: transaction) }

    private func known(label: String) throws(IndexError) -> [UInt64] {
        let ids = try EmbeddingIndex.translating(index.path) {
            label.isEmpty ? [] : try index.tables.labels.numbers(of: TextKey(label), in: transaction)
        }
        guard !ids.isEmpty else { throw .unknownLabel(label) }
        return ids
    }

    private func known(source: String) throws(IndexError) -> UInt64 {
        let id = try EmbeddingIndex.translating(index.path) {
            source.isEmpty ? nil : try index.tables.sources.value(of: TextKey(source), in: transaction)
        }
        guard let id else { throw .unknownSource(source) }
        return id
    }

    private mutating func translating<R>(
        _ body: (inout IndexChange) throws -> R
    ) throws(IndexError) -> R {
        do {
            return try body(&self)
        } catch {
            guard let error = IndexError(error, path: index.path) else {
                preconditionFailure("an error of no module of ours: \(error)")
            }
            throw error
        }
    }
}
