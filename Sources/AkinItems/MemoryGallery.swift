import AkinBasics
import AkinEmbedding
import AkinTensors
import AkinVectorSearch
import Foundation
import Synchronization

/// A gallery in memory: the quick start for a program that has some embeddings and asks about others. It ends with the
/// program.
///
/// Search is exact. A change copies what it changes, so that readers go on with what they see.
public final class MemoryGallery: Gallery {
    /// Which backbone made the embeddings.
    public let backbone: BackboneIdentity
    /// By what neighbours are near.
    public let metric: Metric
    /// Length of an embedding.
    public let dimension: Int

    private let number = MemoryGallery.made.add(1, ordering: .relaxed).newValue
    private static let made = Atomic<Int>(0)
    private let contents = Mutex(MemoryContents())
    /// Held by whoever writes.
    private let writing = NSLock()

    /// An empty gallery.
    ///
    /// - Throws: `GalleryError.noDimension`; `wrongDimension` where the metric was learned for others.
    public init(
        dimension: Int, metric: Metric = .l2, backbone: BackboneIdentity = .unnamed()
    ) throws(GalleryError) {
        guard dimension > 0 else { throw .noDimension(dimension) }
        if let learned = metric.learned, !metric.fits(dimension) {
            throw .wrongDimension(expected: learned.weights.count, found: dimension)
        }
        self.dimension = dimension
        self.metric = metric
        self.backbone = backbone
    }

    /// One with the items of another, by ascending id, and no more than a number in the place of each embedding: to see what
    /// a change would make of the items.
    package convenience init(trying items: [Item], nextID: UInt64, backbone: BackboneIdentity) throws {
        try self.init(dimension: 1, backbone: backbone)
        contents.withLock {
            ($0.items, $0.ids, $0.nextID) = (items, items.map(\.id), nextID)
            $0.values = [Float](repeating: 0, count: items.count)
            $0.places = Dictionary(uniqueKeysWithValues: items.map { ($0.source, $0.id) })
        }
    }

    /// Calls `body` with the gallery as it is now.
    public func read<R>(_ body: (MemoryReader) throws -> R) throws -> R {
        try body(reader(of: contents.withLock { $0 }))
    }

    /// Calls `body` with what changes the gallery.
    public func write<R>(_ change: PendingChange, _ body: (MemoryWriter) throws -> R) throws -> R {
        writing.lock()
        defer { writing.unlock() }
        let writer = MemoryWriter(reader(of: contents.withLock { $0 }), backbone: backbone)
        let result = try body(writer)
        let changed = writer.finished()
        contents.withLock { $0 = changed }
        return result
    }

    private func reader(of contents: MemoryContents) -> MemoryReader {
        MemoryReader(contents, metric: metric, dimension: dimension, gallery: number)
    }
}

/// What a `MemoryGallery` holds at one moment.
struct MemoryContents: Sendable {
    /// By ascending id.
    var items: [Item] = []
    /// Of the items, in their order.
    var ids: [UInt64] = []
    /// `[items, dimension]`
    var values: [Float] = []
    var places: [Source: UInt64] = [:]
    var nextID: UInt64 = 1
    /// How often it was changed.
    var number = 0

    /// Where an item stands; nil if there is none.
    func place(of id: UInt64) -> Int? {
        var (low, high) = (0, ids.count)
        while low < high {
            let middle = (low + high) / 2
            if ids[middle] < id { low = middle + 1 } else { high = middle }
        }
        return low < ids.count && ids[low] == id ? low : nil
    }
}

/// A `MemoryGallery` as it was at one moment.
public final class MemoryReader: GalleryReader {
    /// By what neighbours are near.
    public let metric: Metric
    /// Length of an embedding.
    public let dimension: Int
    var contents: MemoryContents
    private let gallery: Int

    init(_ contents: MemoryContents, metric: Metric, dimension: Int, gallery: Int) {
        self.contents = contents
        self.metric = metric
        self.dimension = dimension
        self.gallery = gallery
    }

    /// How many items there are.
    public var count: Int { contents.items.count }

    /// That of no other gallery.
    public var state: GalleryState? { GalleryState(gallery: -gallery, number: contents.number) }

    /// How many items each label has.
    public func labelCounts() -> [String: Int] {
        contents.items.reduce(into: [:]) { $0[$1.label, default: 0] += 1 }
    }

    /// Nil if there is no item with this id.
    public func item(_ id: UInt64) -> Item? { contents.place(of: id).map { contents.items[$0] } }

    /// Nil if there is no item from there.
    public func item(source: Source) -> Item? { contents.places[source].flatMap { item($0) } }

    /// All items, or those of one label, by ascending id.
    public func items(label: String?) -> [Item] {
        contents.items.filter { label == nil || $0.label == label }
    }

    /// The items whose sources begin so.
    public func items(sourcePrefix prefix: String) -> [Item] {
        contents.items.filter { $0.source.path.utf8.starts(with: prefix.utf8) }
    }

    /// Calls `body` with every item and its embedding, by ascending id.
    public func forEachItem(_ body: (Item, UnsafeBufferPointer<Float>) throws -> Void) throws {
        try contents.values.withUnsafeBufferPointer { values in
            for (place, item) in contents.items.enumerated() {
                try body(item, .init(rebasing: values[place * dimension..<(place + 1) * dimension]))
            }
        }
    }

    /// The nearest items, by looking at all of them.
    public func neighbours(
        of queries: Matrix, k: Int, excluding: [Exclusion], filter: ItemFilter, method: SearchMethod
    ) throws -> [[Neighbour]] {
        try queries.checkUsable(dimension: dimension)
        guard excluding.isEmpty || excluding.count == queries.rows else {
            throw GalleryError.exclusionsDiffer(queries: queries.rows, exclusions: excluding.count)
        }
        let items = contents.items
        let allowed = filter == ItemFilter() ? nil : Set(items.filter(filter.admits).map(\.id))
        let excluded = excluding.map { exclusion in
            exclusion.group == nil ? exclusion.ids : Set(items.filter(exclusion.names).map(\.id))
        }
        return contents.ids.withUnsafeBufferPointer { ids in
            contents.values.withUnsafeBufferPointer { values in
                ExactSearch(metric, dimension: dimension, k: min(k, items.count)).nearest(
                    to: queries, among: VectorBlock.blocks(of: ids, values, dimension: dimension),
                    filter: SearchFilter(allowed: allowed, excluding: excluded))
            }
        }
    }
}

/// What changes a `MemoryGallery`.
public final class MemoryWriter: GalleryWriter {
    /// Which backbone made the embeddings.
    public let backbone: BackboneIdentity
    /// The gallery as the writer has made it so far.
    public let current: MemoryReader

    init(_ current: MemoryReader, backbone: BackboneIdentity) {
        self.current = current
        self.backbone = backbone
    }

    /// Whether the gallery never had an item.
    public var hasHadNoItem: Bool { current.contents.nextID == 1 }

    func finished() -> MemoryContents {
        current.contents.number += 1
        return current.contents
    }

    /// Adds an item, or replaces what the one of the same source is.
    public func put(
        _ item: NewItem, contentHash: ContentHash, _ vector: ArraySlice<Float>
    ) throws -> PutOutcome {
        guard let old = current.item(source: item.source), let place = current.contents.place(of: old.id)
        else {
            try Item.checkNumbers(1, from: current.contents.nextID)
            append(item, id: current.contents.nextID, contentHash: contentHash, vector)
            return .added
        }
        if old.isSame(item, contentHash: contentHash) { return .unchanged }
        current.contents.items[place] = Item(item, id: old.id, contentHash: contentHash, time: Date())
        let start = place * current.dimension
        current.contents.values.replaceSubrange(start..<start + current.dimension, with: vector)
        return .updated
    }

    /// Gives the item of a source another label and group, if it still has this content.
    public func describe(_ item: NewItem, contentHash: ContentHash) -> PutOutcome? {
        guard let old = current.item(source: item.source), old.contentHash == contentHash,
            let place = current.contents.place(of: old.id)
        else { return nil }
        if old.isSame(item, contentHash: contentHash) { return .unchanged }
        current.contents.items[place] = Item(item, id: old.id, contentHash: contentHash, time: old.time)
        return .updated
    }

    /// False if there is no such item.
    public func moveItem(_ id: UInt64, to item: NewItem) -> Bool {
        guard let place = current.contents.place(of: id) else { return false }
        let old = current.contents.items[place]
        // Another may have been moved to where this one was.
        if current.contents.places[old.source] == id { current.contents.places[old.source] = nil }
        current.contents.places[item.source] = id
        current.contents.items[place] = Item(item, id: id, contentHash: old.contentHash, time: old.time)
        return true
    }

    /// False if there is no such item.
    public func relabelItem(_ id: UInt64, to label: String) -> Bool {
        guard let place = current.contents.place(of: id) else { return false }
        current.contents.items[place].label = label
        return true
    }

    /// False if there is no such item.
    public func removeItem(_ id: UInt64) -> Bool {
        guard let place = current.contents.place(of: id) else { return false }
        current.contents.places[current.contents.items[place].source] = nil
        current.contents.items.remove(at: place)
        current.contents.ids.remove(at: place)
        let start = place * current.dimension
        current.contents.values.removeSubrange(start..<start + current.dimension)
        return true
    }

    /// Adds many items at once, or nothing if the source of one is there already.
    public func add(_ batch: ItemBatch, keepingIDs: Bool) throws -> Int? {
        var sources = Set<Source>()
        let items = (0..<batch.count).map(batch.item)
        if let known = items.firstIndex(where: {
            current.contents.places[$0.source] != nil || !sources.insert($0.source).inserted
        }) {
            return known
        }
        if !keepingIDs { try Item.checkNumbers(items.count, from: current.contents.nextID) }
        for (position, item) in items.enumerated() {
            let id = keepingIDs ? batch.id(position) : nil
            append(
                item, id: id ?? current.contents.nextID, contentHash: batch.contentHashes[position],
                Array(batch.vector(position, dimension: current.dimension))[...])
        }
        return nil
    }

    private func append(
        _ item: NewItem, id: UInt64, contentHash: ContentHash, _ vector: ArraySlice<Float>
    ) {
        current.contents.items.append(Item(item, id: id, contentHash: contentHash, time: Date()))
        current.contents.ids.append(id)
        current.contents.values.append(contentsOf: vector)
        current.contents.places[item.source] = id
        current.contents.nextID = id + 1
    }
}

extension Item {
    fileprivate init(_ item: NewItem, id: UInt64, contentHash: ContentHash, time: Date?) {
        self.init(
            id: id, label: item.label, source: item.source, group: item.group, contentHash: contentHash,
            time: time)
    }
}
