import AkinNetworks
import AkinTensors
import AkinVectorSearch

/// A database of labelled embeddings of one backbone: a folder holding one LMDB environment.
public final class Index: Sendable {
    /// The backbone that made the embeddings.
    public let checkpoint: Checkpoint
    public let metric: Metric
    /// Length of an embedding.
    public let dimension: Int

    public static func create(
        at path: String, checkpoint: Checkpoint, metric: Metric = .l2
    ) throws(IndexError) -> Index { fatalError() }

    public init(opening path: String, readOnly: Bool = false) throws(IndexError) { fatalError() }

    /// How many items there are.
    public var count: Int { get throws(IndexError) { fatalError() } }
    public func stats() throws(IndexError) -> IndexStats { fatalError() }

    /// All items, or those of one label, by ascending id.
    public func items(label: String? = nil) throws(IndexError) -> [Item] { fatalError() }
    public func item(_ id: UInt64) throws(IndexError) -> Item? { fatalError() }
    public func item(source: String) throws(IndexError) -> Item? { fatalError() }

    @discardableResult public func remove(ids: [UInt64]) throws(IndexError) -> Int { fatalError() }
    @discardableResult public func remove(labels: [String]) throws(IndexError) -> Int { fatalError() }
    @discardableResult public func remove(sources: [String]) throws(IndexError) -> Int { fatalError() }
    @discardableResult public func relabel(ids: [UInt64], to label: String) throws(IndexError) -> Int { fatalError() }
    @discardableResult public func relabel(_ old: String, to new: String) throws(IndexError) -> Int { fatalError() }

    /// The `k` nearest items to each row of `queries`, nearest first; exact. `excluding` is empty or has one
    /// entry a query.
    public func neighbours(
        of queries: Matrix, k: Int, excluding: [Exclusion] = []
    ) throws(IndexError) -> [[Neighbour]] { fatalError() }

    /// Every item with its embedding `[items, dimension]`, by ascending id.
    public func labelled() throws(IndexError) -> (items: [Item], embeddings: Matrix) { fatalError() }
}

/// Items that must not be in the answer to a query.
public struct Exclusion: Sendable, Equatable {
    public var ids: Set<UInt64>
    /// All items of this group.
    public var group: String?

    public init(ids: Set<UInt64> = [], group: String? = nil) {
        self.ids = ids
        self.group = group
    }
}

/// What an index holds.
public struct IndexStats: Sendable, Equatable, Codable {
    public let items: Int
    /// How many items each label has.
    public let labels: [String: Int]
    public let dimension: Int
    public let metric: Metric
    /// Size on disk.
    public let bytes: Int
}
