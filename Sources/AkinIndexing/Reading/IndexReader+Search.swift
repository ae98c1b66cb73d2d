import AkinItems
import AkinStorage
import AkinTensors
import AkinVectorSearch

extension IndexReader {
    /// The `k` nearest items to each row of `queries`, nearest first, equally near ones by id; all items if there
    /// are fewer. Vectors are read where they lie in the memory map.
    ///
    /// `excluding` is empty or has one entry a query; what it names, and what `filter` does not let through, is left out
    /// inside the search, so that there are still `k` answers. By the graph an answer may miss an item, but none that was
    /// added since it was built, and it never names one that was removed. Where a graph finds too few, `automatic` is exact.
    ///
    /// - Throws: `IndexError.damagedGraph` if the graph is to be used and cannot be read; `GalleryError` if the queries do
    ///   not fit the index.
    public func neighbours(
        of queries: Matrix, k: Int, excluding: [Exclusion], filter: ItemFilter, method: SearchMethod
    ) throws -> [[Neighbour]] {
        try queries.checkUsable(dimension: dimension)
        guard excluding.isEmpty || excluding.count == queries.rows else {
            throw GalleryError.exclusionsDiffer(queries: queries.rows, exclusions: excluding.count)
        }
        let filter = SearchFilter(allowed: try allowed(filter), excluding: try ids(excluding))
        return try nearest(k, to: queries, filter: filter, method: method)
    }

    /// As the above, of queries that fit.
    func nearest(
        _ k: Int, to queries: Matrix, filter: SearchFilter, method: SearchMethod
    ) throws(IndexError) -> [[Neighbour]] {
        let k = min(k, try itemCount)
        var view = try method == .exact ? soundGraph() : graph()
        var method = method
        if method == .automatic, view?.searchWidth.suffices == false {
            (method, view) = (.exact, try soundGraph())
        }
        switch (method, view) {
        case (.exact, let view?):
            // Throws if a vector is not what was written.
            _ = try resolvedBlocks()
            return view.search.exact(k, to: queries, filter: filter)
        case (.automatic, let view?):
            return view.search.approximate(
                k, to: queries, ef: max(view.searchWidth.candidates, 2 * k), filter: filter)
        case (.graph(let width), let view?):
            return view.search.approximate(k, to: queries, ef: width, filter: filter)
        case (_, nil):
            return ExactSearch(metric, dimension: dimension, k: k)
                .nearest(to: queries, among: try resolvedBlocks(), filter: filter)
        }
    }

    private func ids(_ exclusions: [Exclusion]) throws(IndexError) -> [Set<UInt64>] {
        var groups: [String: Set<UInt64>] = [:]
        for case let group? in Set(exclusions.map(\.group)) where !group.isEmpty {
            groups[group] = Set(try ids(of: group, in: tables.groups))
        }
        return exclusions.map { exclusion in
            guard let group = exclusion.group, let members = groups[group] else { return exclusion.ids }
            return exclusion.ids.isEmpty ? members : exclusion.ids.union(members)
        }
    }

    /// Nil: all.
    private func allowed(_ filter: ItemFilter) throws(IndexError) -> Set<UInt64>? {
        var allowed = filter.ids
        func intersect(_ names: [String]?, _ table: SetTable<TextKey>) throws(IndexError) {
            guard let names else { return }
            var members: Set<UInt64> = []
            for name in Set(names) { members.formUnion(try ids(of: name, in: table)) }
            allowed = allowed?.intersection(members) ?? members
        }
        try intersect(filter.labels, tables.labels)
        try intersect(filter.groups, tables.groups)
        return allowed
    }
}
