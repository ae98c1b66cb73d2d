import AkinTensors
import Foundation

/// t-SNE as van der Maaten and Hinton 2008 write it down, all pairs in double precision, one after the other: what the fast one is
/// checked against.
struct NaiveNeighbourMap {
    /// `p(i, j)`, `[vectors, vectors]`; equations 1 and 2 and section 2.
    let affinities: [[Double]]

    /// From vectors and their squared Euclidean distances.
    init(_ vectors: Matrix, perplexity: Double) {
        let count = vectors.rows
        let shares = (0..<count).map { i in
            Self.shares(
                (0..<count).map { j in
                    zip(vectors[i], vectors[j]).reduce(0) {
                        $0 + (Double($1.0) - Double($1.1)) * (Double($1.0) - Double($1.1))
                    }
                }, own: i, perplexity: perplexity)
        }
        affinities = (0..<count).map { i in
            (0..<count).map { j in (shares[i][j] + shares[j][i]) / (2 * Double(count)) }
        }
    }

    private static func shares(_ squares: [Double], own: Int, perplexity: Double) -> [Double] {
        // The precision by halving its logarithm.
        var (low, high) = (-60.0, 60.0)
        var result: [Double] = []
        let least = squares.enumerated().filter { $0.offset != own }.map(\.element).min() ?? 0
        for _ in 0..<200 {
            let factor = exp((low + high) / 2)
            let weights = squares.enumerated().map { $0 == own ? 0 : exp(-factor * ($1 - least)) }
            let sum = weights.reduce(0, +)
            result = weights.map { $0 / sum }
            let entropy = -result.filter { $0 > 0 }.reduce(0) { $0 + $1 * log($1) }
            if entropy > log(perplexity) { low = (low + high) / 2 } else { high = (low + high) / 2 }
        }
        return result
    }

    private func nearness(_ points: DoubleMatrix, _ i: Int, _ j: Int) -> Double {
        let (dx, dy) = (points[i, 0] - points[j, 0], points[i, 1] - points[j, 1])
        return i == j ? 0 : 1 / (1 + dx * dx + dy * dy)
    }

    /// The Kullback-Leibler divergence of the points' nearness from the affinities.
    func divergence(_ points: DoubleMatrix) -> Double {
        let count = points.rows
        let pairs = (0..<count).flatMap { i in (0..<count).map { (i, $0) } }
        let sum = pairs.reduce(0) { $0 + nearness(points, $1.0, $1.1) }
        return pairs.reduce(0) { total, pair in
            let p = affinities[pair.0][pair.1]
            guard p > 0 else { return total }
            return total + p * log(p / nearness(points, pair.0, pair.1))
        } + log(sum)
    }

    /// Equation 5.
    func gradient(_ points: DoubleMatrix, exaggeration: Double = 1) -> DoubleMatrix {
        let count = points.rows
        var sum = 0.0
        for i in 0..<count { for j in 0..<count { sum += nearness(points, i, j) } }
        var result = DoubleMatrix(rows: count, columns: 2)
        for i in 0..<count {
            for j in 0..<count where i != j {
                let q = nearness(points, i, j)
                let factor = 4 * (exaggeration * affinities[i][j] - q / sum) * q
                for axis in 0..<2 { result[i, axis] += factor * (points[i, axis] - points[j, axis]) }
            }
        }
        return result
    }

    /// Section 3.4 with the gains of Jacobs 1988.
    func moved(
        _ start: DoubleMatrix, steps: Int, exaggeration: Double, momentum: Double, rate: Double
    ) -> DoubleMatrix {
        var points = start
        var last = DoubleMatrix(rows: start.rows, columns: 2)
        var gains = [Double](repeating: 1, count: 2 * start.rows)
        for _ in 0..<steps {
            let slopes = gradient(points, exaggeration: exaggeration)
            for place in gains.indices {
                let turns = (slopes.values[place] > 0) == (last.values[place] > 0)
                gains[place] = max(0.01, turns ? gains[place] * 0.8 : gains[place] + 0.2)
                last.values[place] =
                    momentum * last.values[place] - rate * gains[place] * slopes.values[place]
                points.values[place] += last.values[place]
            }
            for axis in 0..<2 {
                let middle = (0..<start.rows).reduce(0) { $0 + points[$1, axis] } / Double(start.rows)
                for row in 0..<start.rows { points[row, axis] -= middle }
            }
        }
        return points
    }
}

/// Drawn vectors and points.
enum Drawn {
    /// Normal numbers, `[rows, columns]`, each row about the centre of its group.
    static func groups(
        _ rows: Int, _ columns: Int, groups: Int = 4, apart: Float = 3, seed: UInt64 = 1
    ) -> Matrix {
        var generator = SeededGenerator(seed: seed)
        let centres = (0..<groups * columns).map { _ in generator.normals().0 * apart }
        let values = (0..<rows * columns).map { place in
            centres[place / columns % groups * columns + place % columns] + generator.normals().0
        }
        return Matrix(rows: rows, columns: columns, trusted: values)
    }

    static func points(_ count: Int, scale: Double = 5, seed: UInt64 = 2) -> DoubleMatrix {
        var generator = SeededGenerator(seed: seed)
        return DoubleMatrix(
            rows: count, columns: 2,
            values: (0..<2 * count).map { _ in Double(generator.normals().0) * scale })
    }
}
