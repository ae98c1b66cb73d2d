import AkinItems
import AkinTensors
import AkinVectorSearch

/// Vectors as the methods of a map take them. A map shows which distances are larger than others, not how large they are: so
/// all are of a size that floats can tell apart, and lie about zero where that changes no distance.
struct MapVectors {
    /// `[items, dimension]`; their Euclidean distances are what a plane is laid through.
    let rows: Matrix
    /// `[items, dimension]`; the rows that `metric` compares.
    private let compared: Matrix
    /// What neighbours are near by, in the same order as by the metric that was given.
    private let metric: Metric
    /// Whether what the metric gives has to be squared first: what the perplexity is fitted to is a squared distance; of distances
    /// that may be below zero, the distance itself.
    private let squares: Bool

    /// - By l2, squared l2 and l1: the vectors about their mean.
    /// - By cosine: the vectors' directions, of length 1; their squared distance is twice that by cosine.
    /// - By the inner product: the vectors.
    /// - By a learned metric: the vectors, in `rows` each component times the size of its weight.
    init(_ vectors: Matrix, by metric: Metric) throws(MapError) {
        for row in 0..<vectors.rows where !isUsableEmbedding(vectors[row]) {
            throw .notFinite(row: row)
        }
        switch metric {
        case .l2, .squaredL2, .cosine:
            rows = metric == .cosine ? vectors.directions : vectors.aboutTheirMean
            (compared, self.metric, squares) = (rows, .squaredL2, false)
        case .l1:
            rows = vectors.aboutTheirMean
            (compared, self.metric, squares) = (rows, .l1, true)
        case .innerProduct:
            rows = vectors.scaled
            (compared, self.metric, squares) = (rows, .innerProduct, false)
        case .learnedL1(let learned):
            compared = vectors.scaled
            rows = vectors.mapColumns { abs(learned.weights[$0]) }.scaled
            (self.metric, squares) = (metric, false)
        }
    }

    var count: Int { rows.rows }

    /// Whether there is nothing that a map could tell apart.
    var areOnePoint: Bool { Metric.l2.commonPoint(of: rows).count == rows.rows }

    /// The `k` nearest others of some of the vectors, with what takes the place of the squared distance in t-SNE, by ascending
    /// distance; of equally near ones those of smaller numbers.
    func nearest(_ k: Int, to queries: Range<Int>) -> [[(row: Int, square: Double)]] {
        let found = metric.nearest(k + 1, trusted: compared.rows(at: queries), among: compared)
        return zip(queries, found).map { query, neighbours in
            neighbours.lazy.filter { $0.id != UInt64(query) }.prefix(k).map { neighbour in
                let distance = Double(neighbour.distance)
                return (Int(neighbour.id), squares ? distance * distance : distance)
            }
        }
    }
}

extension Matrix {
    /// Divided by the largest size of a value.
    fileprivate var scaled: Matrix {
        let largest = values.reduce(0) { max($0, abs($1)) }
        guard largest > 0 else { return self }
        return Matrix(rows: rows, columns: columns, trusted: values.map { $0 / largest })
    }

    fileprivate func mapColumns(_ factor: (Int) -> Float) -> Matrix {
        let factors = (0..<columns).map(factor)
        var result = scaled
        for row in 0..<rows {
            for column in 0..<columns { result.values[row * columns + column] *= factors[column] }
        }
        return result
    }

    /// Of each column, in double precision.
    var columnMeans: [Double] {
        var means = [Double](repeating: 0, count: columns)
        guard rows > 0 else { return means }
        values.withUnsafeBufferPointer { values in
            for row in 0..<rows {
                for column in 0..<columns { means[column] += Double(values[row * columns + column]) }
            }
        }
        return means.map { $0 / Double(rows) }
    }

    fileprivate var aboutTheirMean: Matrix {
        let means = columnMeans
        var result = self
        for row in 0..<rows {
            for column in 0..<columns {
                let place = row * columns + column
                result.values[place] = Float(Double(values[place]) - means[column])
            }
        }
        return result.scaled
    }

    /// Of length 1; a vector of zeros has no direction, and stays.
    fileprivate var directions: Matrix {
        var result = self
        for row in 0..<rows {
            let squared = self[row].reduce(0) { $0 + Double($1) * Double($1) }
            guard squared > 0 else { continue }
            let scale = 1 / squared.squareRoot()
            for place in row * columns..<(row + 1) * columns {
                result.values[place] = Float(Double(values[place]) * scale)
            }
        }
        return result
    }
}
