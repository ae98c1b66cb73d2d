import AkinBasics
import AkinItems
import AkinTensors
import AkinVectorSearch
import Synchronization

extension PostgreSQLReader {
    /// The `k` nearest items to each row of `queries`, nearest first, equally near ones by id; all items if there are fewer. To
    /// the last bit those that an index in a folder finds, whatever the method: there is no graph.
    ///
    /// The server measures in its own order of summation, and so a little differently. It is asked for more than `k`; these are
    /// measured again by Akin's metric, and if the farthest of them is not so far that all others are farther, however
    /// both have rounded, for more. A learned metric the server does not have: then all embeddings are fetched.
    public func neighbours(
        of queries: Matrix, k: Int, excluding: [Exclusion], filter: ItemFilter, method: SearchMethod
    ) throws -> [[Neighbour]] {
        try queries.checkUsable(dimension: dimension)
        guard excluding.isEmpty || excluding.count == queries.rows else {
            throw GalleryError.exclusionsDiffer(queries: queries.rows, exclusions: excluding.count)
        }
        guard k > 0, queries.rows > 0 else { return Array(repeating: [], count: queries.rows) }
        let search = ServerSearch(self, queries, k: min(k, try count), excluding, filter)
        guard search.k > 0 else { return Array(repeating: [], count: queries.rows) }
        guard let measure = try ServerMeasure(self, queries) else { return try search.streamed() }
        return try search.nearest(by: measure)
    }

    /// Of all embeddings; kept for as long as nothing changes.
    func norms() throws -> Norms {
        if let kept = gallery.largestNorm.withLock({ $0 }), kept.state == state { return kept.norms }
        let row = try connection().run(
            """
            select max(n), count(*) filter (where n > 0 and n < 1e-12) from
              (select vector_norm(embedding) as n from akin.embeddings where index_id = $1) as norms
            """, [.number(gallery.id)])
        let norms = Norms(largest: row[0, 0].double ?? 0, hasTiny: row[0, 1].number ?? 0 > 0)
        if let state { gallery.largestNorm.withLock { $0 = (state, norms) } }
        return norms
    }
}

/// The lengths of a gallery's embeddings.
struct Norms {
    let largest: Double
    /// Whether there are some whose squares the server loses.
    let hasTiny: Bool
}

/// How the server measures.
struct ServerMeasure {
    /// pgvector's.
    let sign: String
    /// A distance of Akin's in the server's units.
    let inServersUnits: (Float) -> Double
    /// By how much the two may differ there, at most, of a distance.
    let slack: (Double) -> Double

    /// Nil where the server has no such metric, or loses too much.
    init?(_ reader: PostgreSQLReader, _ queries: Matrix) throws {
        // Sums of so many products, each and each sum rounded: on both sides, and as much again.
        let rounding = Double(reader.dimension + 8) * 0x1p-22
        switch reader.metric {
        case .l2, .squaredL2:
            let isSquared = reader.metric == .squaredL2
            sign = "<->"
            inServersUnits = { isSquared ? Double($0).squareRoot() : Double($0) }
            slack = { $0 * rounding + 1e-15 }
        case .l1:
            sign = "<+>"
            inServersUnits = { Double($0) }
            slack = { $0 * rounding + 1e-30 }
        case .cosine:
            let lengths = (0..<queries.rows).map { Self.length(queries[$0]) }
            guard try !reader.norms().hasTiny, lengths.allSatisfy({ $0 == 0 || $0 > 1e-12 }) else {
                return nil
            }
            sign = "<=>"
            inServersUnits = { Double($0) }
            slack = { _ in 4 * rounding }
        case .innerProduct:
            let largest = try reader.norms().largest
            let length = (0..<queries.rows).map { Self.length(queries[$0]) }.max() ?? 0
            sign = "<#>"
            inServersUnits = { Double($0) - 1 }
            slack = { (abs($0) + 1 + largest * length) * rounding }
        case .learnedL1: return nil
        }
    }

    private static func length(_ vector: ArraySlice<Float>) -> Double {
        vector.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    }
}

/// Queries on their way to an answer.
struct ServerSearch {
    private let reader: PostgreSQLReader
    private let queries: Matrix
    let k: Int
    private let excluding: [Exclusion]
    private let filter: ItemFilter

    init(
        _ reader: PostgreSQLReader, _ queries: Matrix, k: Int, _ excluding: [Exclusion], _ filter: ItemFilter
    ) {
        (self.reader, self.queries, self.k) = (reader, queries, k)
        (self.excluding, self.filter) = (excluding, filter)
    }

    private struct Candidates {
        var ids: [UInt64] = []
        var values: [Float] = []
        /// The server's distance of the last.
        var farthest = -Double.infinity
    }

    /// All queries in one statement; those that need more candidates again.
    func nearest(by measure: ServerMeasure) throws -> [[Neighbour]] {
        var found = [[Neighbour]](repeating: [], count: queries.rows)
        var open = Array(0..<queries.rows)
        // What a query excludes by number is asked for too, and left out here.
        var limit = k + k / 4 + 16 + (excluding.map(\.ids.count).max() ?? 0)
        while !open.isEmpty {
            let candidates = try candidates(of: open, limit, measure)
            var left: [Int] = []
            for (query, candidates) in zip(open, candidates) {
                let nearest = nearest(to: query, among: candidates)
                let isAll = candidates.ids.count < limit
                let bound =
                    nearest.count == k ? nearest.last.map { measure.inServersUnits($0.distance) } : nil
                if isAll || bound.map({ candidates.farthest > $0 + measure.slack($0) }) ?? false {
                    found[query] = nearest
                } else {
                    left.append(query)
                }
            }
            open = left
            limit *= 4
        }
        return found
    }

    private func nearest(to query: Int, among candidates: Candidates) -> [Neighbour] {
        let row = Matrix(rows: 1, columns: queries.columns, trusted: Array(queries[query]))
        let excluded = excluding.isEmpty ? [] : [excluding[query].ids]
        return candidates.ids.withUnsafeBufferPointer { ids in
            candidates.values.withUnsafeBufferPointer { values in
                ExactSearch(reader.metric, dimension: reader.dimension, k: k).nearest(
                    to: row, among: VectorBlock.blocks(of: ids, values, dimension: reader.dimension),
                    filter: SearchFilter(excluding: excluded))[0]
            }
        }
    }

    private func candidates(
        of open: [Int], _ limit: Int, _ measure: ServerMeasure
    ) throws -> [Candidates] {
        var parameters: [SQLValue] = [
            .number(reader.gallery.id), .floats(open.flatMap { Array(queries[$0]) }),
            .number(reader.dimension), .number(limit),
            // An empty group is none.
            .texts(open.map { excluding.isEmpty ? "" : known(excluding[$0].group ?? "") }),
        ]
        let condition = condition(&parameters)
        let needsItems = condition.contains("i.") || excluding.contains { $0.group != nil }
        // No distance (of a vector of length 0) is no reason to be left out.
        let rows = try reader.connection().run(
            """
            with q as materialized (
              select n, g, (($2::real[])[((n - 1) * $3 + 1)::int : (n * $3)::int])::vector as v
              from unnest($5::text[]) with ordinality as u(g, n))
            select q.n, c.id, c.d, e.embedding
            from q cross join lateral (
              select e.index_id, e.id, coalesce(nullif(e.embedding \(measure.sign) q.v, 'NaN'), '-Infinity') as d
              from akin.embeddings e \(needsItems ? Self.itsTexts : "")
              where e.index_id = $1 \(condition)
                \(needsItems ? #"and (q.g = '' or i."group" is distinct from q.g)"# : "")
              order by d, e.id limit $4) c
            \(Connection.itsEmbedding("c"))
            """, parameters)
        var candidates = [Candidates](repeating: Candidates(), count: open.count)
        for row in 0..<rows.count {
            guard let number = rows[row, 0].number, candidates.indices.contains(number - 1),
                let id = rows[row, 1].number, id > 0, let distance = rows[row, 2].double,
                rows[row, 3].appendVector(reader.dimension, to: &candidates[number - 1].values)
            else { throw reader.damaged }
            candidates[number - 1].ids.append(UInt64(id))
            candidates[number - 1].farthest = max(candidates[number - 1].farthest, distance)
        }
        return candidates
    }

    /// `i`, what is said of an item; as `Connection.itsEmbedding`.
    private static let itsTexts = """
        cross join lateral (select label, "group" from akin.items
          where index_id = e.index_id and id = e.id offset 0) i
        """

    /// A label or group as the server has it; empty where it cannot have it.
    private func known(_ text: String) -> String { text.utf8.contains(0) ? "" : text.composed }

    /// What `filter` asks of an item.
    private func condition(_ parameters: inout [SQLValue]) -> String {
        var condition = ""
        func texts(_ texts: [String]) -> SQLValue { .texts(texts.map(known).filter { !$0.isEmpty }) }
        if let ids = filter.ids {
            parameters.append(.numbers(ids.compactMap { Int(exactly: $0) }))
            condition += " and e.id = any($\(parameters.count))"
        }
        if let labels = filter.labels {
            parameters.append(texts(labels))
            condition += " and i.label = any($\(parameters.count))"
        }
        if let groups = filter.groups {
            parameters.append(texts(groups))
            condition += #" and i."group" = any($\#(parameters.count))"#
        }
        return condition
    }

    /// By fetching all embeddings.
    func streamed() throws -> [[Neighbour]] {
        var found = [[Neighbour]](repeating: [], count: queries.rows)
        let allowsAll = filter == ItemFilter()
        try reader.forEachPage { items, values in
            let allowed = allowsAll ? nil : Set(items.filter(filter.admits).map(\.id))
            let excluded = excluding.map { one in Set(items.filter(one.names).map(\.id)) }
            let nearest = items.map(\.id).withUnsafeBufferPointer { ids in
                values.withUnsafeBufferPointer { values in
                    ExactSearch(reader.metric, dimension: reader.dimension, k: k).nearest(
                        to: queries, among: VectorBlock.blocks(of: ids, values, dimension: reader.dimension),
                        filter: SearchFilter(allowed: allowed, excluding: excluded))
                }
            }
            for query in 0..<queries.rows {
                found[query] = Array((found[query] + nearest[query]).sorted().prefix(k))
            }
        }
        return found
    }
}
