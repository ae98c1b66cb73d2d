import AkinNetworks
import AkinTensors
import CAkinKernels

/// How far apart two embeddings are judged to be, where classes of a few images each are told apart.
public enum Comparison: Sendable, Hashable {
    /// Euclidean distance.
    case l2
    /// `1 - <a, b> / (|a| |b|)`. A vector of zeros lies 1 from every other, and 0 from another of zeros.
    case cosine
    /// A learned similarity (Koch et al. 2015, section 3.1): the score of two embeddings is
    /// `sum(weights[k] * |a[k] - b[k]|) + bias`, higher for those that are more alike; the distance is the score
    /// turned round, below 0 for a pair that the sigmoid takes for one class.
    case learnedL1(weights: [Float], bias: Float)

    /// Which of them, by the names that commands use.
    public enum Kind: String, Codable, Sendable, CaseIterable {
        case l2, cosine
        case learnedL1 = "learned-l1"
    }

    /// Which it is.
    public var kind: Kind {
        switch self {
        case .l2: .l2
        case .cosine: .cosine
        case .learnedL1: .learnedL1
        }
    }

    /// The distances of every query to every reference, `[queries, references]`.
    public func distances(from queries: Matrix, to references: Matrix) -> Matrix {
        precondition(queries.columns == references.columns, "vectors of different dimensions")
        let queries = ComparableEmbeddings(queries, by: self)
        let references = ComparableEmbeddings(references, by: self)
        var result = Matrix(rows: queries.count, columns: references.count)
        result.values.withUnsafeMutableBufferPointer { result in
            guard let base = result.baseAddress else { return }
            for row in 0..<queries.count {
                references.distances(
                    from: queries[row], to: references.values.base, count: references.count,
                    into: base + row * references.count)
            }
        }
        return result
    }
}

/// Embeddings brought into a form in which every comparison is one or two passes of a kernel.
struct ComparableEmbeddings {
    /// `[count, columns]`. Cosine: of length 1, with one column more that is 1 for a vector of zeros, so that it
    /// stands at right angles to all others. Learned L1: each column times the magnitude of its weight, first those
    /// that say "different", then those that say "alike".
    let values: FloatBuffer
    let count: Int
    let columns: Int
    private let kind: Kind

    private enum Kind {
        case l2, cosine
        /// The first `different` columns count for the distance, the others against it.
        case learnedL1(different: Int, bias: Float)
    }

    init(_ embeddings: Matrix, by comparison: Comparison) {
        let (count, dimension) = (embeddings.rows, embeddings.columns)
        self.count = count
        switch comparison {
        case .l2:
            kind = .l2
            columns = dimension
            values = FloatBuffer(count: count * dimension)
            values.base.update(from: embeddings.values, count: count * dimension)
        case .cosine:
            kind = .cosine
            columns = dimension + 1
            values = FloatBuffer(count: count * columns)
            embeddings.values.withUnsafeBufferPointer { from in
                for row in 0..<count {
                    let to = values.base + row * columns
                    to.update(from: from.baseAddress! + row * dimension, count: dimension)
                    Self.makeDirection(of: to, columns: columns)
                }
            }
        case .learnedL1(let weights, let bias):
            precondition(weights.count == dimension, "a weight for each dimension")
            let different = weights.indices.filter { weights[$0] < 0 }
            let order = different + weights.indices.filter { weights[$0] > 0 }
            kind = .learnedL1(different: different.count, bias: bias)
            columns = order.count
            values = FloatBuffer(count: count * order.count)
            embeddings.values.withUnsafeBufferPointer { from in
                for row in 0..<count {
                    for (column, k) in order.enumerated() {
                        values.base[row * order.count + column] =
                            weights[k].magnitude * from[row * dimension + k]
                    }
                }
            }
        }
    }

    subscript(row: Int) -> UnsafeMutablePointer<Float> { values.base + row * columns }

    /// The distances of `query` to `count` rows, one behind the other.
    func distances(
        from query: UnsafePointer<Float>, to rows: UnsafePointer<Float>, count: Int,
        into result: UnsafeMutablePointer<Float>
    ) {
        switch kind {
        case .l2:
            akin_squared_l2(query, rows, columns, count, columns, result)
            for i in 0..<count { result[i] = result[i].squareRoot() }
        case .cosine:
            akin_squared_l2(query, rows, columns, count, columns, result)
            for i in 0..<count { result[i] /= 2 }
        case .learnedL1(let different, let bias):
            akin_l1(query, rows, columns, count, different, result)
            for i in 0..<count {
                var alike: Float = 0
                akin_l1(
                    query + different, rows + i * columns + different, columns, 1, columns - different, &alike
                )
                result[i] -= alike + bias
            }
        }
    }

    /// The mean of the rows at `positions`, as a row.
    func writeMean(of positions: some Collection<Int32>, to mean: UnsafeMutablePointer<Float>) {
        mean.update(from: self[Int(positions.first!)], count: columns)
        guard positions.count > 1 else { return }
        for position in positions.dropFirst() {
            let row = self[Int(position)]
            for k in 0..<columns { mean[k] += row[k] }
        }
        let scale = 1 / Float(positions.count)
        for k in 0..<columns { mean[k] *= scale }
        if case .cosine = kind { Self.makeDirection(of: mean, columns: columns) }
    }

    /// Length 1; the last column stays 0 unless all others are.
    private static func makeDirection(of row: UnsafeMutablePointer<Float>, columns: Int) {
        var squared: Float = 0
        akin_dot(row, row, columns, 1, columns, &squared)
        guard squared > 0 else {
            row[columns - 1] = 1
            return
        }
        let scale = 1 / squared.squareRoot()
        for k in 0..<columns { row[k] *= scale }
    }
}

extension LossSpecification.Kind {
    /// How embeddings are compared that this loss has trained.
    public var comparison: Comparison.Kind {
        switch self {
        case .binaryCrossEntropy: .learnedL1
        case .supervisedContrastive, .multiSimilarity, .normalisedSoftmax: .cosine
        default: .l2
        }
    }
}
