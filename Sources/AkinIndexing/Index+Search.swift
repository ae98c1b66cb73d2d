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
}

extension Index {
    /// The `k` nearest items to each row of `queries`, nearest first, equally near ones by id; all items if there
    /// are fewer. Exact: every item is looked at, where it lies in the memory map.
    ///
    /// `excluding` is empty or has one entry a query; what it names is left out inside the search, so that there
    /// are still `k` answers.
    public func neighbours(
        of queries: Matrix, k: Int, excluding: [Exclusion] = []
    ) throws(IndexError) -> [[Neighbour]] {
        try check(queries)
        guard excluding.isEmpty || excluding.count == queries.rows else {
            throw .exclusionsDiffer(queries: queries.rows, exclusions: excluding.count)
        }
        return try read { transaction in
            var groups: [String: Set<UInt64>] = [:]
            for case let group? in Set(excluding.map(\.group)) where !group.isEmpty {
                groups[group] = Set(try tables.groups.numbers(of: TextKey(group), in: transaction))
            }
            let excluded = excluding.map { exclusion in
                guard let group = exclusion.group, let members = groups[group] else { return exclusion.ids }
                return exclusion.ids.isEmpty ? members : exclusion.ids.union(members)
            }
            return ExactSearch(metric, dimension: dimension, k: k)
                .nearest(to: queries, among: try resolvedBlocks(in: transaction), excluding: excluded)
        }
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
        embedding.withUnsafeBufferPointer { values in
            var norm: Float = 0
            for value in values { norm += value * value }
            return norm < 0x1p125
        }
    }
}
