import AkinTensors
import AkinVectorSearch
import Testing

/// Rows with equal codes share a node.
@Suite struct SharedNodesTests {
    /// Vectors of normally distributed components, of which `equal` rows are one vector, `centre` times all ones, or as
    /// `change` makes them of it.
    static func vectors(
        _ rows: Int, _ columns: Int, equal: Range<Int>, seed: UInt64, centre: Float = 0,
        change: (Int, inout [Float]) -> Void = { _, _ in }
    ) -> Matrix {
        var generator = SeededGenerator(seed: seed)
        var matrix = Matrix(
            rows: rows, columns: columns, trusted: (0..<rows * columns).map { _ in generator.normals().0 })
        for row in equal {
            var vector = [Float](repeating: centre, count: columns)
            change(row, &vector)
            matrix[row] = vector[...]
        }
        return matrix
    }

    private func shared(_ compact: Compact) -> [[Int]] {
        let graph = compact.builder.graph
        return (0..<graph.shared.count).map { graph.rows(of: Int(graph.shared.nodes[$0])) }
    }

    @Test(arguments: CompactSearchTests.metrics, CodeKind.allCases)
    func equalVectorsShareANode(metric: Metric, kind: CodeKind) {
        let references = Self.vectors(3000, 16, equal: 500..<1500, seed: 1)
        let compact = Compact(metric, kind, references, coded: 3000)
        #expect(shared(compact) == [Array(500..<1500)])
        #expect(compact.builder.graph.nodes.count == 2001)
        #expect(compact.builder.graph.faults() == [])
        #expect(compact.width.suffices && compact.width.candidates <= 800)
        let queries = Self.vectors(200, 16, equal: 0..<0, seed: 2)
        #expect(compact.recall(10, of: queries) > 0.98, "\(metric), \(kind)")
        // All of them are found, and of those that are as near those with the smallest ids.
        let zero = Matrix(zeros: 2, columns: 16)
        for k in [1, 10, 999, 1000, 1200] {
            let found = compact.search.approximate(k, to: zero, ef: 50, filter: SearchFilter())
            let exact = compact.search.exact(k, to: zero, filter: SearchFilter())
            if metric != .innerProduct {
                #expect(found.map { $0.prefix(1000) } == exact.map { $0.prefix(1000) })
            }
            #expect(found.allSatisfy { $0.count == k })
        }
    }

    @Test func whatIsGoneOrLeftOutOfANodeIsNotInAnAnswer() {
        let references = Self.vectors(2000, 8, equal: 100..<1100, seed: 3)
        let compact = Compact(.l2, .i8, references, coded: 2000)
        // The node itself, too.
        for row in 100..<130 { compact.ids[row] = 0 }
        let zero = Matrix(zeros: 2, columns: 8)
        let filter = SearchFilter(allowed: Set(140...1500), excluding: [Set(140..<150), Set(150..<1101)])
        let found = compact.search.approximate(10, to: zero, ef: 50, filter: filter)
        #expect(found[0].map(\.id) == Array(150..<160) && found[0].allSatisfy { $0.distance == 0 })
        #expect(found[1].count == 10 && found[1].prefix(10).map(\.id) == Array(140..<150))
        #expect(found == compact.search.exact(10, to: zero, filter: filter))
        let all = compact.search.approximate(5, to: zero, ef: 50, filter: SearchFilter())
        #expect(all[0].map(\.id) == [131, 132, 133, 134, 135])
    }

    @Test(arguments: CodeKind.allCases) func zerosOfBothSignsAreEqual(kind: CodeKind) {
        let references = Self.vectors(600, 8, equal: 0..<200, seed: 4) { row, vector in
            for i in 0..<8 where row >> i & 1 == 1 { vector[i] = -0.0 }
        }
        for metric in CompactSearchTests.metrics {
            let compact = Compact(metric, kind, references, coded: 600)
            #expect(shared(compact) == [Array(0..<200)], "\(metric)")
            let exact = compact.search.exact(20, to: Matrix(zeros: 1, columns: 8), filter: SearchFilter())
            let found = compact.search.approximate(
                20, to: Matrix(zeros: 1, columns: 8), ef: 20, filter: SearchFilter())
            if metric != .innerProduct { #expect(found == exact, "\(metric)") }
        }
    }

    /// By cosine they are equal, but for what rounding leaves.
    @Test(arguments: CodeKind.allCases) func vectorsOfOneDirectionShareANode(kind: CodeKind) {
        let references = Self.vectors(2000, 16, equal: 0..<400, seed: 5, centre: 1) { row, vector in
            vector[3] = 2
            for i in 0..<16 { vector[i] *= 0.37 * Float(row + 1) }
        }
        let compact = Compact(.cosine, kind, references, coded: 2000)
        #expect(shared(compact).map(\.count).reduce(0, +) >= 350)
        let queries = references.rows(at: [7, 300])
        for k in [1, 10, 300] {
            #expect(
                compact.search.approximate(k, to: queries, ef: 100, filter: SearchFilter())
                    == compact.search.exact(k, to: queries, filter: SearchFilter()), "\(k)")
        }
    }

    /// Codes do not tell them apart; their true distances do.
    @Test(arguments: [1e-7, 1e-4, 1e-3, 1e-2, 0.1] as [Float], CodeKind.allCases)
    func nearCopiesAreRankedByTheirVectors(spread: Float, kind: CodeKind) {
        var generator = SeededGenerator(seed: 6)
        let references = Self.vectors(3000, 16, equal: 200..<800, seed: 6, centre: 0.5) { _, vector in
            for i in 0..<16 { vector[i] += spread * generator.normals().0 }
        }
        let compact = Compact(.l2, kind, references, coded: 3000)
        #expect(compact.builder.graph.faults() == [])
        let far = Self.vectors(100, 16, equal: 0..<0, seed: 7)
        let near = references.rows(at: stride(from: 200, to: 800, by: 6).map { $0 })
        for queries in [far, near] {
            let recall = compact.recall(10, of: queries)
            #expect(recall >= 0.98 || !compact.width.suffices, "\(recall), \(compact.width)")
        }
    }

    @Test(arguments: CodeKind.allCases) func newRowsJoinTheNodesThatThereAre(kind: CodeKind) {
        let references = Self.vectors(3000, 12, equal: 1000..<1600, seed: 8) { row, vector in
            if row % 3 == 0 { vector[0] = 1 }
        }
        let first = Compact(.l2, kind, references.rows(at: 0..<1300), coded: 1300)
        #expect(shared(first).map(\.count) == [200, 100])
        let grown = Compact(.l2, kind, references, coded: 3000, existing: first)
        #expect(shared(grown).map(\.count) == [400, 200])
        #expect(grown.builder.graph.faults() == [])
        let queries = Self.vectors(200, 12, equal: 0..<0, seed: 9)
        #expect(grown.recall(10, of: queries) > 0.98)
        let zero = Matrix(zeros: 1, columns: 12)
        #expect(
            grown.search.approximate(400, to: zero, ef: 50, filter: SearchFilter())
                == grown.search.exact(400, to: zero, filter: SearchFilter()))
    }

    @Test func allVectorsMayBeEqual() {
        for count in [1, 2, 700] {
            let compact = Compact(.l2, .i8, Matrix(zeros: count, columns: 8), coded: count)
            #expect(compact.builder.graph.nodes == [0] && compact.builder.graph.faults() == [])
            let query = Self.vectors(1, 8, equal: 0..<0, seed: 10)
            #expect(
                compact.search.approximate(10, to: query, ef: 50, filter: SearchFilter())
                    == compact.search.exact(10, to: query, filter: SearchFilter()))
        }
    }

    @Test func theSameVectorsGiveTheSameGraph() {
        let references = Self.vectors(2000, 12, equal: 100..<900, seed: 11) { row, vector in
            vector[row % 5] = 1
        }
        let once = Compact(.l2, .i8, references, coded: 2000)
        let again = Compact(.l2, .i8, references, coded: 2000)
        #expect(once.links == again.links && shared(once) == shared(again))
        #expect(once.width == again.width)
    }
}
