import AkinTensors
import AkinVectorSearch
import Testing

/// The definition of each metric, in double precision.
func naiveDistance(_ metric: Metric, _ x: ArraySlice<Float>, _ y: ArraySlice<Float>) -> Double {
    let pairs = zip(x, y).map { (Double($0), Double($1)) }
    let product = pairs.reduce(0) { $0 + $1.0 * $1.1 }
    let squared = pairs.reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    switch metric {
    case .l2: return squared.squareRoot()
    case .squaredL2: return squared
    case .l1: return pairs.reduce(0) { $0 + abs($1.0 - $1.1) }
    case .learnedL1(let learned):
        return zip(pairs, learned.weights).reduce(Double(learned.offset)) {
            $0 + Double($1.1) * abs($1.0.0 - $1.0.1)
        }
    case .innerProduct: return 1 - product
    case .cosine:
        let norms = pairs.reduce((0, 0)) { ($0.0 + $1.0 * $1.0, $0.1 + $1.1 * $1.1) }
        if norms.0 == 0 || norms.1 == 0 { return norms.0 == norms.1 ? 0 : 1 }
        return 1 - product / (norms.0 * norms.1).squareRoot()
    }
}

/// The metric of a name; where it is learned, with weights of both signs, and zeros.
func metric(
    _ kind: Metric.Kind, columns: Int, using generator: inout SeededGenerator
) -> Metric {
    Metric(
        kind,
        learned: LearnedL1(
            weights: (0..<columns).map { _ in
                [0, 1, 1, 1][Int.random(in: 0..<4, using: &generator)] * (2 * generator.uniform() - 0.5)
            }, offset: generator.uniform() - 0.5))!
}

/// Rows as embeddings have them, and as they should not: shifted far from the origin, near each other, equal,
/// zero, multiples of one another.
func drawnMatrix(rows: Int, columns: Int, using generator: inout SeededGenerator) -> Matrix {
    var matrix = Matrix(zeros: rows, columns: columns)
    let shift = [0, 0, 1, 100][Int.random(in: 0..<4, using: &generator)] as Float
    for row in 0..<rows {
        let earlier = row > 0 ? Int.random(in: 0..<row, using: &generator) : 0
        switch Int.random(in: 0..<10, using: &generator) {
        case 0 where row > 0: matrix[row] = matrix[earlier]
        case 1 where row > 0: matrix[row] = matrix[earlier].map { $0 + 1e-4 * generator.uniform() }[...]
        case 2 where row > 0: matrix[row] = matrix[earlier].map { 2 * $0 }[...]
        case 3: break
        default: for column in 0..<columns { matrix[row, column] = shift + generator.uniform() }
        }
    }
    return matrix
}

@Suite struct MetricTests {
    @Test(arguments: Metric.Kind.allCases, 0..<20)
    func batchedDistancesAgreeWithTheDefinition(kind: Metric.Kind, seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let columns = Int.random(in: 1...150, using: &generator)
        let metric = metric(kind, columns: columns, using: &generator)
        let all = drawnMatrix(
            rows: Int.random(in: 2...300, using: &generator), columns: columns, using: &generator)
        let queries = all.rows(at: 0..<min(all.rows, Int.random(in: 1...140, using: &generator)))
        let distances = metric.distances(trusted: queries, to: all)
        let magnitude = all.values.reduce(0) { max($0, Double(abs($1))) }
        for i in 0..<queries.rows {
            for j in 0..<all.rows {
                let expected = naiveDistance(metric, queries[i], all[j])
                // What a product of floats as large as these can be wrong by, for the metric that is one.
                let allowed =
                    1e-3 * abs(expected) + 1e-6
                    + (metric == .innerProduct ? 1e-6 * magnitude * magnitude * Double(columns) : 0)
                    + ([.l1, .learnedL1].contains(kind) ? 2e-6 * magnitude * Double(columns) : 0)
                #expect(
                    abs(Double(distances[i, j]) - expected) <= allowed,
                    "seed \(seed), \(kind), row \(i) to \(j) of \(columns) dimensions")
                if kind != .innerProduct, queries[i] == all[j] {
                    #expect(distances[i, j] == metric.learned?.offset ?? 0, "seed \(seed): equal vectors")
                }
                #expect(kind.mayBeNegative || distances[i, j] >= 0)
            }
        }
    }

    @Test(arguments: Metric.Kind.allCases) func oneDistanceOfEveryLength(kind: Metric.Kind) {
        var generator = SeededGenerator(seed: 7)
        for columns in 1...100 {
            let metric = metric(kind, columns: columns, using: &generator)
            let pair = drawnMatrix(rows: 2, columns: columns, using: &generator)
            let expected = naiveDistance(metric, pair[0], pair[1])
            let distance = metric.distance(trusted: pair[0], to: pair[1])
            let least = kind == .learnedL1 ? 1e-4 : 1e-6
            #expect(abs(Double(distance) - expected) <= 1e-4 * abs(expected) + least, "\(columns) dimensions")
        }
        let none = metric(kind, columns: 0, using: &generator)
        #expect(
            none.distance(trusted: [], to: []) == (kind == .innerProduct ? 1 : none.learned?.offset ?? 0))
    }

    @Test func zeroVectorsHaveNoDirection() {
        #expect(Metric.cosine.distance(trusted: [0, 0], to: [1, 2]) == 1)
        #expect(Metric.cosine.distance(trusted: [0, 0], to: [0, 0]) == 0)
        #expect(Metric.cosine.distance(trusted: [1, 0], to: [-2, 0]) == 2)
    }

    @Test func namesAreThoseOfTheFiles() {
        let names = ["l2", "squared-l2", "l1", "cosine", "inner-product", "learned-l1"]
        #expect(Metric.Kind.allCases.map(\.rawValue) == names)
        var generator = SeededGenerator(seed: 8)
        for kind in Metric.Kind.allCases {
            #expect(metric(kind, columns: 2, using: &generator).kind == kind)
        }
        #expect(Metric(.learnedL1) == nil && Metric(.cosine) == .cosine)
    }
}
