import AkinTensors
import AkinVectorSearch
import Testing

@Suite struct ExactSearchTests {
    /// All distances, one at a time, sorted.
    static func naive(
        _ metric: Metric, _ k: Int, _ query: ArraySlice<Float>, _ references: Matrix, excluding: Set<UInt64>
    ) -> [Neighbour] {
        let all = (0..<references.rows).map {
            Neighbour(id: UInt64($0), distance: metric.distance(trusted: query, to: references[$0]))
        }
        return Array(all.filter { !excluding.contains($0.id) }.sorted().prefix(k))
    }

    @Test(arguments: Metric.Kind.allCases, 0..<25)
    func searchGivesTheSameAsSortingEverything(kind: Metric.Kind, seed: UInt64) {
        var generator = SeededGenerator(seed: seed, 1)
        let columns = Int.random(in: 1...200, using: &generator)
        let metric = metric(kind, columns: columns, using: &generator)
        let references = drawnMatrix(
            rows: Int.random(in: 0...900, using: &generator), columns: columns, using: &generator)
        let strangers = drawnMatrix(
            rows: [1, 2, 15, 16, 40, 300][Int(seed) % 6], columns: columns, using: &generator)
        var queries = strangers
        for row in 0..<queries.rows where references.rows > 0 && row % 2 == 0 {
            queries[row] = references[Int.random(in: 0..<references.rows, using: &generator)]
        }
        let k = [0, 1, 5, 50, 1000][Int.random(in: 0..<5, using: &generator)]
        let excluding: [Set<UInt64>] =
            seed % 2 == 0
            ? []
            : (0..<queries.rows).map { _ in
                Set((0..<5).map { _ in UInt64.random(in: 0..<900, using: &generator) })
            }
        let found = metric.nearest(k, trusted: queries, among: references, excluding: excluding)
        #expect(found.count == queries.rows)
        for row in 0..<queries.rows {
            let expected = Self.naive(
                metric, k, queries[row], references, excluding: excluding.isEmpty ? [] : excluding[row])
            #expect(
                found[row] == expected, "seed \(seed), query \(row), k \(k), \(references.rows) x \(columns)")
        }
    }

    /// Vectors so near each other, far from the origin, that a matrix product cannot tell them apart.
    @Test func theProductsErrorHidesNothing() {
        var generator = SeededGenerator(seed: 3)
        var references = Matrix(zeros: 2000, columns: 64)
        for i in references.values.indices { references.values[i] = 1000 + 1e-3 * generator.uniform() }
        let queries = references.rows(at: 0..<32)
        for kind in Metric.Kind.allCases {
            let metric = metric(kind, columns: 64, using: &generator)
            let found = metric.nearest(7, trusted: queries, among: references)
            for row in 0..<queries.rows {
                #expect(
                    found[row] == Self.naive(metric, 7, queries[row], references, excluding: []), "\(metric)")
                if !kind.mayBeNegative { #expect(found[row][0].distance == 0) }
            }
        }
    }

    @Test func anAnswerDoesNotDependOnTheOtherQueries() {
        var generator = SeededGenerator(seed: 4)
        let references = drawnMatrix(rows: 700, columns: 130, using: &generator)
        let queries = drawnMatrix(rows: 70, columns: 130, using: &generator)
        for kind in Metric.Kind.allCases {
            let metric = metric(kind, columns: 130, using: &generator)
            let together = metric.nearest(9, trusted: queries, among: references)
            for row in [0, 13, 69] {
                #expect(
                    metric.nearest(9, trusted: queries.rows(at: [row]), among: references)[0] == together[row]
                )
            }
        }
    }
}
