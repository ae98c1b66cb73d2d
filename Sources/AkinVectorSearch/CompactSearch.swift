import AkinTensors
import CAkinKernels
import Synchronization

/// Search of vectors of which the first rows have codes and a graph.
///
/// A row that has no code yet is compared as it is, so that no answer misses it. The distances of the answers are
/// those of the metric's own kernel: codes only choose what is looked at.
package struct CompactSearch: Sendable {
    let space: CodeSpace
    let codes: CodeTable
    let graph: Graph
    let vectors: VectorRows

    package init(_ space: CodeSpace, _ codes: CodeTable, _ graph: Graph, _ vectors: VectorRows) {
        precondition(codes.count <= vectors.count && graph.count == codes.count, "codes of other rows")
        self.space = space
        self.codes = codes
        self.graph = graph
        self.vectors = vectors
    }

    /// Walks that nobody uses now, with their memory.
    private static let idle = Mutex<[GraphWalk]>([])

    static func withWalk<R>(_ body: (GraphWalk) -> R) -> R {
        let walk = idle.withLock { $0.popLast() } ?? GraphWalk()
        defer { idle.withLock { if $0.count < 64 { $0.append(walk) } } }
        return body(walk)
    }

    /// Queries that one thread takes at a time.
    private static let tile = 32

    /// Below this share of the rows, a filter leaves so few that looking at all of them is sooner done.
    private static let fewestAllowed = 0.1

    /// The `k` nearest to each row of `queries` by the graph: of those nearest by their codes that a walk keeping `ef`
    /// candidates sees, the nearest by their true distances. Almost always the nearest of all.
    package func approximate(_ k: Int, to queries: Matrix, ef: Int, filter: SearchFilter) -> [[Neighbour]] {
        guard k > 0, queries.rows > 0 else { return Array(repeating: [], count: queries.rows) }
        var ef = min(max(ef, k), codes.count)
        var expected = k
        if let allowed = filter.allowed {
            let share = Double(allowed.count) / Double(max(vectors.count, 1))
            guard share >= Self.fewestAllowed else { return exact(k, to: queries, filter: filter) }
            ef = Int(Double(ef) / share)
            expected = min(k, allowed.count)
        }
        let tail = nearestByVectors(k, queries, filter, from: codes.count)
        let tiles = (queries.rows + Self.tile - 1) / Self.tile
        var found = [[Neighbour]](repeating: [], count: queries.rows)
        queries.values.withUnsafeBufferPointer { values in
            let values = values.baseAddress!
            found.withUnsafeMutableBufferPointer { found in
                nonisolated(unsafe) let (found, values) = (found, values)
                ThreadPool.shared.forEach(tiles) { tile, _ in
                    let rows = tile * Self.tile..<min(queries.rows, (tile + 1) * Self.tile)
                    let coded = CodeQueries(
                        values + rows.lowerBound * space.dimension, count: rows.count, space)
                    Self.withWalk { walk in
                        for row in rows {
                            found[row] = self.walk(
                                walk, k, values + row * space.dimension, coded, row - rows.lowerBound,
                                ef: ef, tail[row]
                            ) { filter.admits($0, query: row) }
                        }
                    }
                }
            }
        }
        // Where a filter or dead rows have left too few, all are looked at.
        let short = found.indices.filter { found[$0].count < min(expected, vectors.count) }
        if !short.isEmpty {
            let again = exact(
                k, to: queries.rows(at: short),
                filter: SearchFilter(
                    allowed: filter.allowed,
                    excluding: filter.excluding.isEmpty ? [] : short.map { filter.excluding[$0] }))
            for (place, answer) in zip(short, again) { found[place] = answer }
        }
        return found
    }

    /// One query's answer, of the graph and of `tail`.
    private func walk(
        _ walk: GraphWalk, _ k: Int, _ x: UnsafePointer<Float>, _ queries: CodeQueries, _ number: Int,
        ef: Int,
        _ tail: [Neighbour], admits: (UInt64) -> Bool
    ) -> [Neighbour] {
        let code = queries.bytes + number * space.stride
        guard let start = walk.descend(to: 0, code, codes, graph) else { return tail }
        walk.search(level: 0, from: start, ef: min(ef, graph.count), code, codes, graph)
        var list = NearestList(k)
        for neighbour in tail { list.insert(neighbour) }
        let query = Query(
            x: x, squaredNorm: squaredNormOf(x, space.dimension), coded: queries.queries[number])
        var reach = space.reach(list.bound, of: query.coded)
        let ahead = 2
        for i in 0..<min(ahead, walk.count) { fetch(Int(walk.found[i].node)) }
        for i in 0..<walk.count {
            let node = walk.found[i].node
            let distance = space.distance(
                Int64(walk.found[i].score) + Int64(query.coded.base), of: query.coded)
            if let rows = graph.shared.rows(of: node) {
                guard take(rows, distance, within: reach, query, into: &list, admits) else { break }
            } else {
                let row = Int(node)
                // All that follow are as far or farther by their codes.
                guard isPossible(row, distance, within: reach, query) else { break }
                if i + ahead < walk.count { fetch(Int(walk.found[i + ahead].node)) }
                let id = vectors.id(row)
                guard admits(id) else { continue }
                list.insert(Neighbour(id: id, distance: trueDistance(row, query)))
            }
            reach = space.reach(list.bound, of: query.coded)
        }
        return list.neighbours.sorted()
    }

    /// Shows a list the rows that share a node; false if none of them can be near enough.
    private func take(
        _ rows: UnsafeBufferPointer<UInt32>, _ distance: Float, within reach: Float, _ query: Query,
        into list: inout NearestList, _ admits: (UInt64) -> Bool
    ) -> Bool {
        var isAnyPossible = false
        var isPassed = false
        /// That of the vector which some rows have in common; nil before it is known.
        var common: Float?
        for entry in rows {
            let row = min(codes.count - 1, Int(entry & ~SharedNodes.sameVector))
            if entry & SharedNodes.sameVector == 0 {
                common = nil
                isPassed = !isPossible(row, distance, within: reach, query)
                isAnyPossible = isAnyPossible || !isPassed
            }
            guard !isPassed else { continue }
            let id = vectors.id(row)
            guard admits(id) else { continue }
            let own = common ?? trueDistance(row, query)
            common = own
            // Those of the same vector that follow have greater ids.
            isPassed = !list.insert(Neighbour(id: id, distance: own))
        }
        return isAnyPossible
    }

    /// One query as it is and in code space.
    private struct Query {
        let x: UnsafePointer<Float>
        let squaredNorm: Float
        let coded: CodeSpace.Query
    }

    /// Whether a row whose code lies at this distance may lie within `reach`, by the triangle inequality.
    @inline(__always)
    private func isPossible(_ row: Int, _ distance: Float, within reach: Float, _ query: Query) -> Bool {
        !(distance - query.coded.error - query.coded.errorForRows * codes.error(row) > reach)
    }

    @inline(__always)
    private func trueDistance(_ row: Int, _ query: Query) -> Float {
        space.metric.distance(
            from: query.x, squaredNorm: query.squaredNorm, to: vectors.vector(row),
            dimension: space.dimension)
    }

    private func fetch(_ row: Int) { akin_fetch(vectors.vector(row), 4 * space.dimension) }

    /// The nearest of the rows from `first` on, by their vectors alone.
    private func nearestByVectors(_ k: Int, _ queries: Matrix, _ filter: SearchFilter, from first: Int)
        -> [[Neighbour]]
    {
        let blocks = vectors.blocks(from: first)
        guard !blocks.isEmpty else { return Array(repeating: [], count: queries.rows) }
        return ExactSearch(space.metric, dimension: space.dimension, k: k)
            .nearest(to: queries, among: blocks, filter: filter)
    }

    /// The `k` nearest to each row of `queries`, of all. A row is left out by its code only where that proves it
    /// farther away than the `k` nearest so far; codes of bfloat16, by which that would hardly be quicker, are not
    /// looked at.
    package func exact(_ k: Int, to queries: Matrix, filter: SearchFilter) -> [[Neighbour]] {
        guard k > 0, queries.rows > 0 else { return Array(repeating: [], count: queries.rows) }
        guard space.kind == .i8 else { return nearestByVectors(k, queries, filter, from: 0) }
        let tail = nearestByVectors(k, queries, filter, from: codes.count)
        let tiles = (queries.rows + Self.tile - 1) / Self.tile
        let blocks = (codes.count + codes.blockRows - 1) / max(1, codes.blockRows)
        let parts = tiles >= ThreadPool.shared.threads ? 1 : max(1, min(blocks, 16 / tiles))
        var found = [[NearestList]](repeating: [], count: tiles * parts)
        queries.values.withUnsafeBufferPointer { values in
            let values = values.baseAddress!
            found.withUnsafeMutableBufferPointer { found in
                nonisolated(unsafe) let (found, values) = (found, values)
                ThreadPool.shared.forEach(tiles * parts) { task, _ in
                    let rows = run(task / parts, of: tiles, in: queries.rows)
                    found[task] = scan(
                        k, values, rows, blocks: run(task % parts, of: parts, in: blocks), filter)
                }
            }
        }
        return (0..<tiles).flatMap { tile in
            run(tile, of: tiles, in: queries.rows).enumerated().map { place, row in
                let lists = found[tile * parts..<(tile + 1) * parts]
                let all = lists.flatMap { $0[place].neighbours } + tail[row]
                return Array(all.sorted().prefix(k))
            }
        }
    }

    /// The nearest to some queries of the rows in some blocks of codes.
    private func scan(
        _ k: Int, _ values: UnsafePointer<Float>, _ rows: Range<Int>, blocks: Range<Int>,
        _ filter: SearchFilter
    ) -> [NearestList] {
        let coded = CodeQueries(values + rows.lowerBound * space.dimension, count: rows.count, space)
        var lists = [NearestList](repeating: NearestList(k), count: rows.count)
        let norms = rows.map { squaredNormOf(values + $0 * space.dimension, space.dimension) }
        // What a walk finds is in the answer, or nearer ones are: so it bounds how far the others may lie.
        var bounds = [Float](repeating: .infinity, count: rows.count)
        Self.withWalk { walk in
            for (i, row) in rows.enumerated() {
                let near = self.walk(
                    walk, k, values + row * space.dimension, coded, i, ef: max(2 * k, 32), []
                ) { filter.admits($0, query: row) }
                if near.count == k { bounds[i] = near[k - 1].distance }
            }
        }
        let piece = min(codes.blockRows, 256)
        let scores = UnsafeMutablePointer<Int32>.allocate(capacity: rows.count * piece)
        defer { scores.deallocate() }
        for block in blocks {
            let end = min(codes.count, (block + 1) * codes.blockRows)
            for first in Swift.stride(from: block * codes.blockRows, to: end, by: piece) {
                let count = min(piece, end - first)
                let farthest = codes.largestError(from: first, count)
                codes.scores(coded.bytes, rows.count, from: first, count, into: scores)
                for (i, row) in rows.enumerated() {
                    let x = values + row * space.dimension
                    var place = 0
                    while true {
                        let query = coded.queries[i]
                        let limit = space.largestScore(
                            within: space.reach(min(bounds[i], lists[i].bound), of: query), of: query,
                            error: farthest)
                        place = akin_next_within(scores + i * count, limit, place, count)
                        guard place < count else { break }
                        let id = vectors.id(first + place)
                        if filter.admits(id, query: row) {
                            let distance = space.metric.distance(
                                from: x, squaredNorm: norms[i], to: vectors.vector(first + place),
                                dimension: space.dimension)
                            lists[i].insert(Neighbour(id: id, distance: distance))
                        }
                        place += 1
                    }
                }
            }
        }
        return lists
    }
}
