import AkinTensors

extension Metric {
    /// The distance of two vectors of the same length; exactly 0 for equal ones (but for the inner product
    /// and a learned metric).
    public func distance(from x: some Collection<Float>, to y: some Collection<Float>) -> Float {
        precondition(x.count == y.count, "vectors of \(x.count) and \(y.count) dimensions")
        let dimension = x.count
        precondition(fits(dimension), "not a weight for each dimension")
        return Array(x).withUnsafeBufferPointer { x in
            Array(y).withUnsafeBufferPointer { y in
                guard let x = x.baseAddress, let y = y.baseAddress else { return distanceOfNothing }
                return distance(
                    from: x, squaredNorm: squaredNormOf(x, dimension), to: y, dimension: dimension)
            }
        }
    }

    private var distanceOfNothing: Float {
        switch self {
        case .innerProduct: 1
        case .learnedL1(let learned): learned.offset
        default: 0
        }
    }

    /// Whether it is a metric of vectors of this dimension.
    func fits(_ dimension: Int) -> Bool {
        learned.map { $0.weights.count == dimension } ?? true
    }

    /// The distances of every query to every reference, `[queries, references]`.
    ///
    /// All but l1 and the learned one by matrix products: `|x|^2 + |y|^2 - 2 <x, y>`. Where that is small beside the norms it has lost
    /// its digits, and the distance is computed anew from the differences; so equal vectors are exactly 0 apart,
    /// and relative errors stay below about 1e-4.
    public func distances(from queries: Matrix, to references: Matrix) -> Matrix {
        precondition(queries.columns == references.columns, "vectors of different dimensions")
        let dimension = queries.columns
        precondition(fits(dimension), "not a weight for each dimension")
        var result = Matrix(rows: queries.rows, columns: references.rows)
        guard queries.rows > 0, references.rows > 0, dimension > 0 else { return result }
        let across = (queries.rows + 127) / 128
        let down = (references.rows + 511) / 512
        queries.values.withUnsafeBufferPointer { x in
            references.values.withUnsafeBufferPointer { y in
                result.values.withUnsafeMutableBufferPointer { result in
                    let x = x.baseAddress!
                    let y = y.baseAddress!
                    nonisolated(unsafe) let result = result.baseAddress!
                    ThreadPool.shared.forEach(across * down) { tile, _ in
                        distances(
                            from: x, run(tile / down, of: across, in: queries.rows),
                            to: y, run(tile % down, of: down, in: references.rows),
                            dimension: dimension, into: result, stride: references.rows)
                    }
                }
            }
        }
        return result
    }

    /// One tile of `distances(from:to:)`.
    private func distances(
        from x: UnsafePointer<Float>, _ queries: Range<Int>, to y: UnsafePointer<Float>,
        _ references: Range<Int>,
        dimension: Int, into result: UnsafeMutablePointer<Float>, stride: Int
    ) {
        let corner = result + queries.lowerBound * stride + references.lowerBound
        let y = y + references.lowerBound * dimension
        guard isMadeOfProducts else {
            for (i, query) in queries.enumerated() {
                distances(
                    from: x + query * dimension, squaredNorm: 0, to: y, count: references.count,
                    dimension: dimension, into: corner + i * stride)
            }
            return
        }
        BLAS.multiply(
            x + queries.lowerBound * dimension, stride: dimension, by: y, stride: dimension,
            bTransposed: true,
            into: corner, stride: stride, rows: queries.count, columns: references.count, inner: dimension)
        let norms = (0..<references.count).map { squaredNormOf(y + $0 * dimension, dimension) }
        for (i, query) in queries.enumerated() {
            let x = x + query * dimension
            let norm = squaredNormOf(x, dimension)
            let row = corner + i * stride
            for j in 0..<references.count {
                row[j] =
                    finished(row[j], norm, norms[j])
                    ?? distance(
                        from: x, squaredNorm: norm, to: y + j * dimension, dimension: dimension)
            }
        }
    }

    /// The distance that belongs to a product of two vectors; nil if it cannot be told well enough.
    @inline(__always)
    private func finished(_ product: Float, _ x: Float, _ y: Float) -> Float? {
        switch self {
        case .innerProduct: return 1 - product
        case .cosine:
            let distance = cosineDistance(product: product, squaredNorms: x, y)
            return distance > 0x1p-6 ? distance : nil
        case .l2, .squaredL2:
            let squared = x + y - 2 * product
            guard squared > 0x1p-6 * (x + y) else { return nil }
            return self == .l2 ? squared.squareRoot() : squared
        case .l1, .learnedL1: return nil
        }
    }
}
