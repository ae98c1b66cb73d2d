import AkinTensors
import AkinVectorSearch
import Testing

/// Vectors with ids, codes and a graph over the first of them, in memory.
final class Compact {
    let metric: Metric
    let vectors: Matrix
    let coded: Int
    let ids: UnsafeMutableBufferPointer<UInt64>
    let values: UnsafeMutableBufferPointer<Float>
    let codes: CodeBuffer
    let builder: GraphBuilder
    /// How wide a search was found to have to be.
    let width: SearchWidth
    static let capacity = 64

    init(
        _ metric: Metric, _ kind: CodeKind, _ vectors: Matrix, coded: Int,
        parameters: GraphParameters = GraphParameters(), existing: Compact? = nil
    ) {
        self.metric = metric
        self.vectors = vectors
        self.coded = coded
        ids = .allocate(capacity: max(vectors.rows, 1))
        for row in 0..<vectors.rows { ids[row] = UInt64(row + 1) }
        values = .allocate(capacity: max(vectors.values.count, 1))
        _ = values.update(fromContentsOf: vectors.values)
        let (base, dimension) = (UnsafePointer(values.baseAddress!), vectors.columns)
        let space =
            existing?.codes.space
            ?? CodeSpace(metric, kind, dimension: dimension, count: coded) { base + $0 * dimension }
        codes = CodeBuffer(space, capacity: coded)
        for row in 0..<coded { codes.encode(base + row * dimension, row: row) }
        codes.grow(to: coded)
        let coded = Self.rows(vectors, ids, values, count: coded)
        builder = GraphBuilder(codes, coded, parameters, existing: existing?.builder.graph)
        width = builder.build()!
    }

    deinit {
        ids.deallocate()
        values.deallocate()
    }

    private static func rows(
        _ vectors: Matrix, _ ids: UnsafeMutableBufferPointer<UInt64>,
        _ values: UnsafeMutableBufferPointer<Float>, count: Int
    ) -> VectorRows {
        let blocks = stride(from: 0, to: count, by: capacity).map { row in
            VectorBlock(
                ids: ids.baseAddress! + row, rows: values.baseAddress! + row * vectors.columns,
                count: min(capacity, count - row))
        }
        return VectorRows(blocks: blocks, capacity: capacity, dimension: vectors.columns)
    }

    var search: CompactSearch {
        CompactSearch(
            codes.space, codes.table, builder.graph, Self.rows(vectors, ids, values, count: vectors.rows))
    }

    /// The share of the `k` nearest to these queries that a search of the width that was found finds.
    func recall(_ k: Int, of queries: Matrix) -> Double {
        let exact = search.exact(k, to: queries, filter: SearchFilter())
        let found = search.approximate(k, to: queries, ef: width.candidates, filter: SearchFilter())
        let hits = zip(exact, found).reduce(0) { $0 + SearchWidth.recalled($1.1, of: $1.0) }
        return Double(hits) / Double(exact.reduce(0) { $0 + $1.count })
    }

    /// All distances, one at a time, sorted.
    func naive(_ k: Int, _ query: ArraySlice<Float>, _ number: Int, _ filter: SearchFilter) -> [Neighbour] {
        let all = (0..<vectors.rows).filter { row in
            ids[row] != 0 && (filter.allowed?.contains(ids[row]) ?? true)
                && (filter.excluding.isEmpty || !filter.excluding[number].contains(ids[row]))
        }
        let found = all.map {
            Neighbour(id: ids[$0], distance: metric.distance(trusted: query, to: vectors[$0]))
        }
        return Array(found.sorted().prefix(k))
    }

    /// Links of every level, for comparison.
    var links: [[UInt32]] {
        let graph = builder.graph
        let lowest = (0..<graph.count).flatMap { row in
            Array(UnsafeBufferPointer(start: graph.links(of: row), count: graph.widths.lowest))
        }
        return [lowest]
            + graph.levels.flatMap { level in
                [
                    Array(UnsafeBufferPointer(start: level.rows, count: level.count)),
                    Array(UnsafeBufferPointer(start: level.down, count: level.count)),
                    Array(UnsafeBufferPointer(start: level.links, count: level.count * graph.widths.upper)),
                ]
            }
    }
}

@Suite struct CompactSearchTests {
    /// Those that have codes.
    static let metrics: [Metric] = [.l2, .squaredL2, .l1, .cosine, .innerProduct]

    @Test(arguments: Self.metrics, 0..<16)
    func whatCodesLeaveOutIsProvablyFarther(metric: Metric, seed: UInt64) {
        let kind: CodeKind = seed < 12 ? .i8 : .bf16
        var generator = SeededGenerator(seed: seed, 11)
        let columns = Int.random(in: 1...150, using: &generator)
        let references = drawnMatrix(
            rows: Int.random(in: 1...700, using: &generator), columns: columns, using: &generator)
        let coded = Int.random(in: 0...references.rows, using: &generator)
        let compact = Compact(
            metric, kind, references, coded: coded, parameters: GraphParameters(links: 6, candidates: 20))
        for _ in 0..<references.rows / 10 {
            compact.ids[Int.random(in: 0..<references.rows, using: &generator)] = 0
        }
        var queries = drawnMatrix(rows: [1, 3, 40][Int(seed) % 3], columns: columns, using: &generator)
        for row in 0..<queries.rows where row % 2 == 0 {
            queries[row] = references[Int.random(in: 0..<references.rows, using: &generator)]
        }
        let k = [1, 5, 50, 1000][Int.random(in: 0..<4, using: &generator)]
        var filter = SearchFilter()
        if seed % 2 == 0 {
            filter.excluding = (0..<queries.rows).map { _ in
                Set((0..<5).map { _ in UInt64.random(in: 1...700, using: &generator) })
            }
        }
        if seed % 3 == 0 {
            filter.allowed = Set((0..<200).map { _ in UInt64.random(in: 1...700, using: &generator) })
        }
        let found = compact.search.exact(k, to: queries, filter: filter)
        let near = compact.search.approximate(k, to: queries, ef: 50, filter: filter)
        for row in 0..<queries.rows {
            let expected = compact.naive(k, queries[row], row, filter)
            #expect(found[row] == expected, "query \(row), k \(k), \(references.rows) x \(columns)")
            // Whatever the walk saw: as many answers, none that must not be there, each with its true distance.
            #expect(near[row].count == expected.count)
            #expect(near[row] == near[row].sorted())
            let all = Dictionary(
                uniqueKeysWithValues: compact.naive(.max, queries[row], row, filter).map { ($0.id, $0) })
            #expect(near[row].allSatisfy { all[$0.id] == $0 })
        }
    }

    static func clustered(_ rows: Int, _ columns: Int, seed: UInt64) -> Matrix {
        var generator = SeededGenerator(seed: seed)
        let centres = Matrix(
            rows: 40, columns: columns, trusted: (0..<40 * columns).map { _ in generator.uniform() })
        var matrix = Matrix(zeros: rows, columns: columns)
        for row in 0..<rows {
            for column in 0..<columns {
                matrix[row, column] = centres[row * 40 / rows, column] + 0.3 * generator.uniform()
            }
        }
        return matrix
    }

    @Test(arguments: Self.metrics, CodeKind.allCases)
    func theGraphFindsNearlyAll(metric: Metric, kind: CodeKind) {
        let references = Self.clustered(4000, 24, seed: 1)
        let queries = Self.clustered(200, 24, seed: 2)
        let compact = Compact(metric, kind, references, coded: 4000)
        let exact = compact.search.exact(10, to: queries, filter: SearchFilter())
        // The nearest by inner product are no neighbours of one another, so a walk has to see more.
        let ef = metric == .innerProduct ? 600 : 64
        let near = compact.search.approximate(10, to: queries, ef: ef, filter: SearchFilter())
        let hits = zip(exact, near).reduce(0) { $0 + Set($1.0.map(\.id)).intersection($1.1.map(\.id)).count }
        let least = metric == .innerProduct && kind == .bf16 ? 0.9 : 0.95
        #expect(Double(hits) / 2000 > least, "\(metric), \(kind): \(hits) of 2000")
    }

    /// A walk keeps no more than there are, however many are asked for.
    @Test func aSearchMayBeWiderThanTheGraph() {
        let references = Self.clustered(300, 12, seed: 8)
        let compact = Compact(.l2, .i8, references, coded: 300)
        let queries = Self.clustered(20, 12, seed: 9)
        #expect(
            compact.search.approximate(5, to: queries, ef: .max, filter: SearchFilter())
                == compact.search.exact(5, to: queries, filter: SearchFilter()))
        let half = SearchFilter(allowed: Set(1...150))
        #expect(
            compact.search.approximate(5, to: queries, ef: .max, filter: half)
                == compact.search.exact(5, to: queries, filter: half))
    }

    @Test(arguments: CodeKind.allCases)
    func theSameGraphEachTime(kind: CodeKind) {
        let references = Self.clustered(3000, 20, seed: 3)
        let once = Compact(.l2, kind, references, coded: 3000)
        let again = Compact(.l2, kind, references, coded: 3000)
        #expect(once.links == again.links)
        let other = Compact(.l2, kind, references, coded: 3000, parameters: GraphParameters(seed: 2))
        #expect(once.links != other.links)
    }

    @Test func everyRowIsReachedAndEveryLinkLeadsToOne() {
        for count in [1, 2, 17, 600] {
            // Equal vectors would crowd each other out of the lists; they share a node.
            let references =
                count == 600
                ? Matrix(
                    rows: 600, columns: 8,
                    trusted: (0..<600).flatMap { [Float](repeating: Float($0 / 200), count: 8) })
                : Self.clustered(count, 8, seed: 4)
            let graph = Compact(
                .l2, .i8, references, coded: count, parameters: GraphParameters(links: 4, candidates: 16))
            let links = graph.links[0]
            var reached = [Bool](repeating: false, count: count)
            var queue = [graph.builder.graph.levels.first.map { Int($0.rows[0]) } ?? 0]
            reached[queue[0]] = true
            while let row = queue.popLast() {
                for link in links[row * 8..<row * 8 + 8] where link != Graph.none && !reached[Int(link)] {
                    reached[Int(link)] = true
                    queue.append(Int(link))
                }
            }
            #expect(reached.indices.filter { reached[$0] } == graph.builder.graph.nodes, "\(count)")
            #expect(graph.builder.graph.nodes.count == (count == 600 ? 3 : count))
        }
    }

    @Test(arguments: CodeKind.allCases)
    func aGraphGrows(kind: CodeKind) {
        let references = Self.clustered(4000, 24, seed: 5)
        let first = Compact(.l2, kind, references.rows(at: 0..<2500), coded: 2500)
        let grown = Compact(.l2, kind, references, coded: 4000, existing: first)
        let queries = Self.clustered(200, 24, seed: 6)
        let exact = grown.search.exact(10, to: queries, filter: SearchFilter())
        let near = grown.search.approximate(10, to: queries, ef: 64, filter: SearchFilter())
        let hits = zip(exact, near).reduce(0) { $0 + Set($1.0.map(\.id)).intersection($1.1.map(\.id)).count }
        #expect(Double(hits) / 2000 > 0.97, "\(hits) of 2000")
    }
}
