import AkinTensors

/// How many candidates a search by a graph has to keep, and what share of the neighbours it finds with them: found by
/// searching.
///
/// What is enough for ten thousand items is too little for a million, and how much more depends on the vectors too. So the
/// neighbours of some rows are searched that have not joined the graph yet, as a new query has not, and the least width is
/// taken that finds nearly all.
package struct SearchWidth: Sendable, Equatable {
    package var candidates: Int
    /// The share of the 10 nearest that were found; nil where that was not measured.
    package var recall: Double?

    package init(candidates: Int, recall: Double?) {
        self.candidates = candidates
        self.recall = recall
    }

    /// The widths that are tried.
    package static let choices = [50, 100, 200, 400, 800, 1600, 3200]
    /// The share of the neighbours that must be found.
    package static let target = 0.995
    private static let neighbours = 10
    /// So many rows are asked for; of few rows so large a share of them. What 1000 find is within 0.003 of what others do.
    private static let sample = (rows: 1000, share: 0.2)
    /// A walk that keeps more candidates than this and than so large a share of the nodes is no quicker than looking at all.
    private static let widest = (candidates: 800, share: 1.0 / 128)

    /// Whether a search of this width finds what it should; else only looking at all does.
    package var suffices: Bool { recall.map { $0 >= Self.target } ?? true }

    /// The width that suffices where this and another do.
    package func sufficing(_ other: SearchWidth) -> SearchWidth {
        SearchWidth(
            candidates: max(candidates, other.candidates),
            recall: recall.flatMap { recall in other.recall.map { min(recall, $0) } })
    }

    /// How many of so many rows that are to join a graph are asked for before they do.
    static func sample(of rows: Int) -> Int { min(sample.rows, Int(Double(rows) * sample.share)) }

    /// The least width that finds enough of the neighbours of these rows, or the greatest that is tried. In the graph are all
    /// nodes but those of the rows in `waiting`. The same whatever the number of threads. O(rows).
    static func measured(
        _ search: CompactSearch, sample: [Int], waiting: [Int], nodes: Int
    ) -> SearchWidth {
        let vectors = search.vectors
        let (k, dimension) = (min(neighbours, nodes), vectors.dimension)
        guard k > 0, !sample.isEmpty else { return SearchWidth(candidates: choices[0], recall: 1) }
        var queries = Matrix(zeros: sample.count, columns: dimension)
        for (place, row) in sample.enumerated() {
            queries[place] = ArraySlice(UnsafeBufferPointer(start: vectors.vector(row), count: dimension))
        }
        let absent = Set(waiting.map { vectors.id($0) })
        let filter = SearchFilter(excluding: Array(repeating: absent, count: sample.count))
        let exact = search.exact(k, to: queries, filter: filter)
        let all = exact.reduce(0) { $0 + $1.count }
        var width = SearchWidth(candidates: choices[0], recall: 1)
        guard all > 0 else { return width }
        let widest = max(Self.widest.candidates, Int(Double(nodes) * Self.widest.share))
        for candidates in choices where candidates <= widest {
            let found = search.approximate(k, to: queries, ef: candidates, filter: filter)
            let hits = zip(exact, found).reduce(0) { $0 + recalled($1.1, of: $1.0) }
            width = SearchWidth(candidates: candidates, recall: Double(hits) / Double(all))
            if width.suffices { break }
        }
        return width
    }

    /// How many of the nearest were found; one as near as the farthest of them is as good.
    package static func recalled(_ found: [Neighbour], of nearest: [Neighbour]) -> Int {
        guard let farthest = nearest.last?.distance else { return 0 }
        return found.count { $0.distance <= farthest }
    }
}
