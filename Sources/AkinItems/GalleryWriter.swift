import AkinBasics
import AkinEmbedding
import AkinTensors

/// Changes of a gallery that come into effect together, when the closure that they are given to returns.
///
/// A method that throws may have done a part of its work: let its error end the closure, and nothing is changed.
public protocol GalleryWriter: AnyObject {
    /// What reads what the writer has made of the gallery so far, as far as `items` go.
    associatedtype Reader: GalleryReader

    /// Which backbone made the embeddings.
    var backbone: BackboneIdentity { get }
    /// The gallery as the writer has made it so far; not for searching.
    var current: Reader { get }
    /// Whether the gallery never had an item: then a batch may bring its own ids.
    var hasHadNoItem: Bool { get throws }

    /// Adds an item, or replaces what the one of the same source is. Its embedding must fit the gallery.
    func put(_ item: NewItem, contentHash: ContentHash, _ vector: ArraySlice<Float>) throws -> PutOutcome
    /// Gives the item of a source another label and group, if it still has this content; nil if not.
    func describe(_ item: NewItem, contentHash: ContentHash) throws -> PutOutcome?
    /// Gives an item another source, label and group; false if there is no such item. Where another item has that source,
    /// it is removed before, or moved itself within the same `write`.
    func moveItem(_ id: UInt64, to item: NewItem) throws -> Bool
    /// False if there is no such item.
    func relabelItem(_ id: UInt64, to label: String) throws -> Bool
    /// False if there is no such item.
    func removeItem(_ id: UInt64) throws -> Bool
    /// Adds many items at once, or nothing if the source of one is there already: the position of that item in the
    /// batch, nil if all is well. `keepingIDs`: the batch has ids, which ascend and are above all that were given.
    func add(_ batch: ItemBatch, keepingIDs: Bool) throws -> Int?
}

/// What became of an item that was put into a gallery.
public enum PutOutcome: Sendable { case added, updated, unchanged }

extension GalleryWriter {
    /// Adds items whose embeddings, `[items, dimension]`, were made elsewhere by the gallery's backbone; an item
    /// whose source is there already is replaced. All of them are held in memory until the change is done.
    /// - Returns: How many are new.
    @discardableResult
    public func add(
        _ items: [NewItem], embeddings: Matrix, backbone found: BackboneIdentity
    ) throws -> Int {
        guard found.hash == backbone.hash else {
            throw GalleryError.otherBackbone(expected: backbone, found: found)
        }
        try NewItem.check(items, embeddings, dimension: current.dimension)
        var counts = ChangeCounts()
        for (position, item) in items.enumerated() { counts.count(try put(item, embeddings[position])) }
        return counts.added
    }

    /// Puts an item into the gallery; where nothing is said of what it was made from, that is its embedding.
    package func put(_ item: NewItem, _ vector: ArraySlice<Float>) throws -> PutOutcome {
        let hash = item.contentHash ?? vector.withUnsafeBytes { ContentHash(of: $0) }
        return try put(item, contentHash: hash, vector)
    }

    /// Removes items; how many.
    @discardableResult
    public func remove(ids: [UInt64]) throws -> Int {
        let ids = Set(ids).sorted()
        for id in ids {
            guard try removeItem(id) else { throw GalleryError.unknownItem(id: id) }
        }
        return ids.count
    }

    /// Removes all items of these labels; how many.
    @discardableResult
    public func remove(labels: [String]) throws -> Int {
        try remove(ids: labels.flatMap { try known(label: $0) })
    }

    /// Removes the items of these sources; how many.
    @discardableResult
    public func remove(sources: [Source]) throws -> Int {
        try remove(
            ids: sources.map { source in
                guard let item = try current.item(source: source) else {
                    throw GalleryError.unknownSource(source)
                }
                return item.id
            })
    }

    /// Gives items another label; how many.
    @discardableResult
    public func relabel(ids: [UInt64], to label: String) throws -> Int {
        let label = label.composed
        try NewItem.check(label: label)
        let ids = Set(ids).sorted()
        for id in ids {
            guard try relabelItem(id, to: label) else { throw GalleryError.unknownItem(id: id) }
        }
        return ids.count
    }

    /// Gives all items of a label another; how many.
    @discardableResult
    public func relabel(_ old: String, to new: String) throws -> Int {
        try relabel(ids: try known(label: old), to: new)
    }

    private func known(label: String) throws -> [UInt64] {
        let items = try current.items(label: label)
        guard !items.isEmpty else { throw GalleryError.unknownLabel(label) }
        return items.map(\.id)
    }
}
