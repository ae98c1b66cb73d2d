import AkinBasics
import AkinEmbedding
import AkinItems

/// Changes of an index that come into effect together, when the closure that they are given to returns;
/// `EmbeddingIndex.write` gives it, for as long as its closure runs.
///
/// A method that throws may have done a part of its work: let its error end the closure, and nothing is changed.
public final class IndexWriter: GalleryWriter {
    private let access: IndexTransaction
    private let change: PendingChange
    /// Nil until there is a change.
    private var begun: ItemEditor?

    init(_ access: IndexTransaction, _ change: PendingChange) {
        self.access = access
        self.change = change
    }

    /// Which backbone made the embeddings.
    public var backbone: BackboneIdentity { access.home.backbone.identity }

    /// The items as the writer has made them so far; not for searching.
    public var current: IndexReader { access.current }

    /// Whether the index never had an item: then a batch may bring its own ids.
    public var hasHadNoItem: Bool { get throws { try access.current.nextID == 1 } }

    private func editor() throws(IndexError) -> ItemEditor {
        if let begun { return begun }
        let editor = try ItemEditor(access, change)
        begun = editor
        return editor
    }

    /// Adds an item, or replaces what the one of the same source is.
    ///
    /// - Throws: `GalleryError.wrongDimension` where the embedding does not fit the index.
    public func put(
        _ item: NewItem, contentHash: ContentHash, _ vector: ArraySlice<Float>
    ) throws -> PutOutcome {
        guard vector.count == access.layout.dimension else {
            throw GalleryError.wrongDimension(expected: access.layout.dimension, found: vector.count)
        }
        return try editor().put(item, contentHash: contentHash, vector)
    }

    /// Gives the item of a source another label and group, if it still has this content; nil if not.
    public func describe(_ item: NewItem, contentHash: ContentHash) throws -> PutOutcome? {
        try editor().describe(item, contentHash: contentHash)
    }

    /// Gives an item another source, label and group; false if there is no such item. Who has that source is removed
    /// before, or moved within the same `write`.
    public func moveItem(_ id: UInt64, to item: NewItem) throws -> Bool { try editor().move(id, to: item) }

    /// False if there is no such item.
    public func relabelItem(_ id: UInt64, to label: String) throws -> Bool {
        try editor().relabel(id, to: label)
    }

    /// False if there is no such item.
    public func removeItem(_ id: UInt64) throws -> Bool { try editor().remove(id) }

    /// Adds many items at once, or nothing if the source of one is there already: the position of that item in the
    /// batch, nil if all is well.
    public func add(_ batch: ItemBatch, keepingIDs: Bool) throws -> Int? {
        try editor().add(batch, keepingIDs: keepingIDs)
    }

    /// Writes what is still in memory; the number of the change in the history, if it is there. To be called once,
    /// at the end.
    func finish() throws(IndexError) -> UInt64? { try begun?.finish() }
}

extension OpenIndex {
    /// Calls `body` with a writer: one transaction of `change`. What `body` throws is thrown.
    func write<R>(_ change: PendingChange, _ body: (IndexWriter) throws -> R) throws -> R {
        let (result, number) = try write(failing: { $0 as any Error }) { access throws(any Error) in
            let writer = IndexWriter(access, change)
            let result = try body(writer)
            return (result, try writer.finish())
        }
        if let number { change.number = number }
        return result
    }
}
