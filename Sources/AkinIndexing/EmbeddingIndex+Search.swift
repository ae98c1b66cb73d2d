import AkinStorage
import AkinTensors
import AkinVectorSearch

/// Items that must not be in the answer to a query.
public struct Exclusion: Sendable, Equatable {
    /// These items.
    public var ids: Set<UInt64>
    /// All items of this group.
    public var group: String?

    /// Nothing is excluded by default.
    public init(ids: Set<UInt64> = [], group: String? = nil) {
        self.ids = ids
        self.group = group
    }

    /// Whether an item is one of these.
    public func names(_ item: Item) -> Bool {
        ids.contains(item.id) || (group != nil && group != "" && hasSameBytes(group, item.group))
    }
}

/// Items among which the answers to queries are looked for: those that fulfil all that is given.
public struct ItemFilter: Sendable, Equatable {
    /// Items of one of these labels.
    public var labels: [String]?
    /// Items of one of these groups.
    public var groups: [String]?
    /// These items.
    public var ids: Set<UInt64>?

    /// All items by default.
    public init(labels: [String]? = nil, groups: [String]? = nil, ids: Set<UInt64>? = nil) {
        self.labels = labels
        self.groups = groups
        self.ids = ids
    }

    /// Whether an item fulfils it.
    public func admits(_ item: Item) -> Bool {
        (labels?.contains { hasSameBytes($0, item.label) } ?? true)
            && (groups?.contains { $0 != "" && hasSameBytes($0, item.group) } ?? true)
            && (ids?.contains(item.id) ?? true)
    }
}

/// How neighbours are searched.
public enum SearchMethod: Sendable, Equatable {
    /// By the graph if there is one, with a walk as wide as it needs to find nearly all; else exactly.
    case automatic
    /// By looking at all items, or leaving one out only where it is proved that it is no neighbour. Does without the
    /// graph where that is damaged.
    case exact
    /// By the graph, with a walk that keeps so many candidates: more find more, in more time. Exactly if there is no
    /// graph.
    case graph(width: Int)
}

extension EmbeddingIndex {
    /// The `k` nearest items to each row of `queries`, nearest first, equally near ones by id; all items if there
    /// are fewer. Vectors are read where they lie in the memory map.
    ///
    /// `excluding` is empty or has one entry a query; what it names, and what `filter` does not let through, is left out
    /// inside the search, so that there are still `k` answers. By the graph an answer may miss an item, but none that was
    /// added since it was built, and it never names one that was removed.
    ///
    /// - Throws: `damagedGraph` if the graph is to be used and cannot be read.
    public func neighbours(
        of queries: Matrix, k: Int, excluding: [Exclusion] = [], filter: ItemFilter = ItemFilter(),
        method: SearchMethod = .automatic
    ) throws(IndexError) -> [[Neighbour]] {
        try reading {
            try neighbours(of: queries, k: k, excluding: excluding, filter: filter, method: method, in: $0)
        }
    }

    func neighbours(
        of queries: Matrix, k: Int, excluding: [Exclusion], filter: ItemFilter, method: SearchMethod,
        in transaction: borrowing ReadTransaction
    ) throws -> [[Neighbour]] {
        try check(queries)
        guard excluding.isEmpty || excluding.count == queries.rows else {
            throw IndexError.exclusionsDiffer(queries: queries.rows, exclusions: excluding.count)
        }
        let k = min(k, try count(in: transaction))
        let filter = SearchFilter(
            allowed: try allowed(filter, in: transaction), excluding: try ids(excluding, in: transaction))
        let view = try method == .exact ? soundGraph(in: transaction) : graph(in: transaction)
        switch (method, view) {
        case (.exact, let view?):
            // Throws if a vector is not what was written.
            _ = try resolvedBlocks(in: transaction)
            return view.search.exact(k, to: queries, filter: filter)
        case (.automatic, let view?):
            return view.search.approximate(k, to: queries, ef: max(view.searchWidth, 2 * k), filter: filter)
        case (.graph(let width), let view?):
            return view.search.approximate(k, to: queries, ef: width, filter: filter)
        case (_, nil):
            return ExactSearch(metric, dimension: dimension, k: k)
                .nearest(to: queries, among: try resolvedBlocks(in: transaction), filter: filter)
        }
    }

    private func ids(
        _ exclusions: [Exclusion], in transaction: borrowing ReadTransaction
    ) throws -> [Set<UInt64>] {
        var groups: [String: Set<UInt64>] = [:]
        for case let group? in Set(exclusions.map(\.group)) where !group.isEmpty {
            groups[group] = Set(try tables.groups.numbers(of: TextKey(group), in: transaction))
        }
        return exclusions.map { exclusion in
            guard let group = exclusion.group, let members = groups[group] else { return exclusion.ids }
            return exclusion.ids.isEmpty ? members : exclusion.ids.union(members)
        }
    }

    /// Nil: all.
    private func allowed(
        _ filter: ItemFilter, in transaction: borrowing ReadTransaction
    ) throws -> Set<UInt64>? {
        var allowed = filter.ids
        func intersect(_ names: [String]?, _ table: SetTable<TextKey>) throws {
            guard let names else { return }
            let members = try Set(
                Set(names).filter { !$0.isEmpty }
                    .flatMap { try table.numbers(of: TextKey($0), in: transaction) })
            allowed = allowed?.intersection(members) ?? members
        }
        try intersect(filter.labels, tables.labels)
        try intersect(filter.groups, tables.groups)
        return allowed
    }

    /// Embeddings that can be stored and compared: of the right dimension, no value that is no number or infinite,
    /// and none so large that a distance could not be told.
    func check(_ embeddings: Matrix) throws(IndexError) {
        guard embeddings.columns == dimension else {
            throw .wrongDimension(expected: dimension, found: embeddings.columns)
        }
        for row in 0..<embeddings.rows where !Self.isUsable(embeddings[row]) {
            throw .notFinite(position: row)
        }
    }

    /// A squared norm below a quarter of the largest float leaves room for every sum that a metric takes.
    static func isUsable(_ embedding: ArraySlice<Float>) -> Bool {
        embedding.withUnsafeBufferPointer { isUsable($0) }
    }

    /// Sixteen sums side by side; a value that is no number makes its own one.
    static func isUsable(_ embedding: UnsafeBufferPointer<Float>) -> Bool {
        guard let base = embedding.baseAddress else { return true }
        var norms = SIMD16<Float>.zero
        let whole = embedding.count & ~15
        for start in stride(from: 0, to: whole, by: 16) {
            let values = UnsafeRawPointer(base + start).loadUnaligned(as: SIMD16<Float>.self)
            norms += values * values
        }
        var norm = norms.sum()
        for value in embedding[whole...] { norm += value * value }
        return norm < 0x1p125
    }
}
