import AkinBasics
import AkinTensors
import AkinVectorSearch

/// A gallery as it was at one moment, whatever others change meanwhile.
///
/// All answers of a reader fit together: an id that a search gives is an item, and its label is what it was then.
public protocol GalleryReader: AnyObject {
    /// By what neighbours are near.
    var metric: Metric { get }
    /// Length of an embedding.
    var dimension: Int { get }
    /// How many items there are; O(1).
    var count: Int { get throws }
    /// Which state it sees: what was computed from one reader holds for all others of the same state. Nil if that is
    /// not known.
    var state: GalleryState? { get }

    /// How many items each label has; O(labels).
    func labelCounts() throws -> [String: Int]
    /// Nil if there is no item with this id.
    func item(_ id: UInt64) throws -> Item?
    /// Nil if there is no item from there.
    func item(source: Source) throws -> Item?
    /// All items, or those of one label (none if there is no such), by ascending id.
    func items(label: String?) throws -> [Item]
    /// The items whose sources begin so, as those of the files in a folder do; O(those).
    func items(sourcePrefix: String) throws -> [Item]

    /// Calls `body` with the id and the content of every item, by ascending id.
    func forEachContent(_ body: (UInt64, ContentHash) throws -> Void) throws
    /// Calls `body` with every item and its embedding where it lies (for as long as `body` runs), by ascending id.
    func forEachItem(_ body: (Item, UnsafeBufferPointer<Float>) throws -> Void) throws

    /// The `k` nearest items to each row of `queries`, nearest first, equally near ones by id; all items if there are
    /// fewer.
    ///
    /// `excluding` is empty or has one entry a query; what it names, and what `filter` does not let through, is left out
    /// inside the search, so that there are still `k` answers.
    func neighbours(
        of queries: Matrix, k: Int, excluding: [Exclusion], filter: ItemFilter, method: SearchMethod
    ) throws -> [[Neighbour]]
}

/// A state of a gallery, told from all others in this process.
public struct GalleryState: Sendable, Hashable {
    private let gallery: Int
    private let number: Int

    /// The number of the gallery in this process, and that of its state.
    package init(gallery: Int, number: Int) {
        self.gallery = gallery
        self.number = number
    }
}

extension GalleryReader {
    /// All items, by ascending id.
    public func items() throws -> [Item] { try items(label: nil) }

    /// By way of the items.
    public func forEachContent(_ body: (UInt64, ContentHash) throws -> Void) throws {
        for item in try items() { try body(item.id, item.contentHash) }
    }

    /// Every item with its embedding, `[items, dimension]`, by ascending id.
    public func labelled() throws -> (items: [Item], embeddings: Matrix) {
        var items: [Item] = []
        var values: [Float] = []
        let count = try count
        items.reserveCapacity(count)
        values.reserveCapacity(count * dimension)
        try forEachItem { item, vector in
            items.append(item)
            values.append(contentsOf: vector)
        }
        return (items, Matrix(rows: items.count, columns: dimension, trusted: values))
    }

    /// As the requirement, nothing left out.
    public func neighbours(
        of queries: Matrix, k: Int, excluding: [Exclusion] = [], filter: ItemFilter = ItemFilter()
    ) throws -> [[Neighbour]] {
        try neighbours(of: queries, k: k, excluding: excluding, filter: filter, method: .automatic)
    }
}
