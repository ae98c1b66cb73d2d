import AkinTensors
import AkinVectorSearch
import Testing

/// Distances of rows by their positions.
@Suite struct MetricRowsTests {
    @Test(arguments: Metric.Kind.allCases, 0..<10)
    func pairsAreAsFarApartAsTheirVectors(kind: Metric.Kind, seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let columns = Int.random(in: 1...100, using: &generator)
        let metric = metric(kind, columns: columns, using: &generator)
        let rows = drawnMatrix(rows: 40, columns: columns, using: &generator)
        let pairs = (0..<90).map { _ in
            (
                left: Int32.random(in: 0..<40, using: &generator),
                right: Int32.random(in: 0..<40, using: &generator)
            )
        }
        let expected = pairs.map { metric.distance(trusted: rows[Int($0.left)], to: rows[Int($0.right)]) }
        #expect(metric.distances(of: pairs, in: rows) == expected, "seed \(seed), \(kind)")
        #expect(metric.distances(of: [], in: rows) == [])
    }

    @Test(arguments: Metric.Kind.allCases, 0..<10)
    func meansAreThoseOfTheDefinition(kind: Metric.Kind, seed: UInt64) {
        var generator = SeededGenerator(seed: seed, 1)
        let columns = Int.random(in: 1...100, using: &generator)
        let (size, groups) = (
            Int.random(in: 1...4, using: &generator), Int.random(in: 1...9, using: &generator)
        )
        let metric = metric(kind, columns: columns, using: &generator)
        let rows = Matrix(
            rows: 50, columns: columns, trusted: (0..<50 * columns).map { _ in generator.uniform() - 0.5 })
        let members = (0..<size * groups).map { _ in Int32.random(in: 0..<50, using: &generator) }
        let queries = (0..<7).map { _ in Int32.random(in: 0..<50, using: &generator) }
        let found = metric.distances(from: queries, toMeansOf: members, each: size, in: rows)
        #expect(found.rows == 7 && found.columns == groups)
        for group in 0..<groups {
            let own = members[group * size..<(group + 1) * size].map { rows[Int($0)].map(Double.init) }
            let mean = (0..<columns).map { k in
                own.reduce(0.0) { sum, row in
                    let length = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
                    return sum + (kind == .cosine ? row[k] / length : row[k])
                } / Double(size)
            }
            for (i, query) in queries.enumerated() {
                let expected = naiveDistance(metric, rows[Int(query)], mean.map { Float($0) }[...])
                #expect(abs(Double(found[i, group]) - expected) < 1e-4, "seed \(seed), \(kind)")
            }
        }
    }

    @Test func theMeanOfOneIsItself() {
        let rows = Matrix(rows: 3, columns: 2, trusted: [3, 4, -1, 2, 5, 0])
        for metric in [Metric.l2, .cosine] {
            let found = metric.distances(from: [0, 1], toMeansOf: [0, 2], each: 1, in: rows)
            #expect(found[0, 0] == 0 && found[1, 1] == metric.distance(trusted: rows[1], to: rows[2]))
        }
    }

    @Test func zerosDoNotTurnAMeanOfDirections() {
        let rows = Matrix(rows: 4, columns: 2, trusted: [0, 0, 3, 4, 8, 6, 0, 0])
        let found = Metric.cosine.distances(from: [1, 0], toMeansOf: [0, 2, 0, 3], each: 2, in: rows)
        #expect(
            abs(found[0, 0] - Metric.cosine.distance(trusted: rows[1], to: rows[2])) < 1e-6
                && found[0, 1] == 1)
        #expect(found[1, 0] == 1 && found[1, 1] == 0)
    }
}
