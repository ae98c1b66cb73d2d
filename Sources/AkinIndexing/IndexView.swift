import AkinStorage
import AkinTensors
import AkinVectorSearch

/// An index as it was at one moment, whatever others change meanwhile; `EmbeddingIndex.read` gives it.
///
/// All answers of a view fit together: an id that a search gives is an item, and its label is what it was then.
public struct IndexView: ~Copyable {
    private let index: EmbeddingIndex
    private let transaction: ReadTransaction

    fileprivate init(_ index: EmbeddingIndex, _ transaction: borrowing ReadTransaction) {
        self.index = index
        self.transaction = ReadTransaction(transaction)
    }

    /// How many items there are; O(1).
    public var count: Int {
        get throws(IndexError) { try translating { try index.count(in: transaction) } }
    }

    /// As `EmbeddingIndex.stats`.
    public func stats() throws(IndexError) -> IndexStats {
        try translating { try index.stats(in: transaction) }
    }

    /// As `EmbeddingIndex.items`.
    public func items(label: String? = nil) throws(IndexError) -> [Item] {
        try translating { try index.items(label: label, in: transaction) }
    }

    /// Nil if there is no item with this id.
    public func item(_ id: UInt64) throws(IndexError) -> Item? {
        try translating { try index.item(id, in: transaction) }
    }

    /// Nil if there is no item from there.
    public func item(source: String) throws(IndexError) -> Item? {
        try translating { try index.item(source: source, in: transaction) }
    }

    /// As `EmbeddingIndex.labelled`.
    public func labelled() throws(IndexError) -> (items: [Item], embeddings: Matrix) {
        try translating { try index.labelled(in: transaction) }
    }

    /// As `EmbeddingIndex.neighbours`.
    public func neighbours(
        of queries: Matrix, k: Int, excluding: [Exclusion] = [], filter: ItemFilter = ItemFilter(),
        method: SearchMethod = .automatic
    ) throws(IndexError) -> [[Neighbour]] {
        try translating {
            try index.neighbours(
                of: queries, k: k, excluding: excluding, filter: filter, method: method, in: transaction)
        }
    }

    /// As `EmbeddingIndex.history`.
    public func history() throws(IndexError) -> [Change] {
        try translating { try index.history(in: transaction) }
    }

    private func translating<R>(_ body: () throws -> R) throws(IndexError) -> R {
        try EmbeddingIndex.translating(index.path, body)
    }
}

extension EmbeddingIndex {
    /// Calls `body` with a view of the index as it is now; no later change shows in it.
    ///
    /// Changes wait for no view and no view for changes; but what a view may still read takes room in the file, so it
    /// should not be kept for long. `body` may change the index, which its view does not show.
    ///
    /// - Throws: What `body` throws, and `IndexError`.
    public func read<R>(_ body: (borrowing IndexView) throws -> R) throws -> R {
        let result = try reading { transaction in
            let view = IndexView(self, transaction)
            return Result { try body(view) }
        }
        return try result.get()
    }
}
