import AkinTensors
import CAkinKernels

extension Metric {
    /// As `distance(from:to:)`, of vectors that can be compared.
    package func distance(trusted x: some Collection<Float>, to y: some Collection<Float>) -> Float {
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
    package func fits(_ dimension: Int) -> Bool {
        learned.map { $0.weights.count == dimension } ?? true
    }

    /// Of how many queries the distances to so many references are best taken at once: they fit into memory, and are few enough that the
    /// allocator keeps their room from one time to the next.
    package static func queriesAtOnce(references: Int) -> Int { max(1, 7_500_000 / max(1, references)) }

    /// As `distances(from:to:)`, of vectors that can be compared.
    package func distances(trusted queries: Matrix, to references: Matrix) -> Matrix {
        precondition(queries.columns == references.columns, "vectors of different dimensions")
        let dimension = queries.columns
        precondition(fits(dimension), "not a weight for each dimension")
        var result = Matrix(zeros: queries.rows, columns: references.rows)
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
        // Of cosine the inverses of the norms; of a vector of length 0 there is none.
        func scale(_ row: UnsafePointer<Float>) -> Float {
            let squared = squaredNormOf(row, dimension)
            guard self == .cosine else { return squared }
            return squared > 0 ? Float(1 / Double(squared).squareRoot()) : .nan
        }
        let scales = (0..<references.count).map { scale(y + $0 * dimension) }
        for (i, query) in queries.enumerated() {
            finish(
                corner + i * stride, of: x + query * dimension, scale(x + query * dimension), to: y, scales,
                dimension: dimension)
        }
    }

    /// Makes distances of the products of a query with some rows; where they cannot be told well enough, of the vectors.
    private func finish(
        _ row: UnsafeMutablePointer<Float>, of query: UnsafePointer<Float>, _ scale: Float,
        to references: UnsafePointer<Float>, _ scales: [Float], dimension: Int
    ) {
        let count = scales.count
        if self == .innerProduct {
            for j in 0..<count { row[j] = 1 - row[j] }
            return
        }
        let (isCosine, plain) = (self == .cosine, self == .l2 ? .squaredL2 : self)
        let norm = isCosine ? squaredNormOf(query, dimension) : 0
        var j = 0
        while true {
            j =
                isCosine
                ? akin_cosine_of_products(row, scale, scales, j, count)
                : akin_squared_l2_of_products(row, scale, scales, j, count)
            guard j < count else { break }
            row[j] = plain.distance(
                from: query, squaredNorm: norm, to: references + j * dimension, dimension: dimension)
            j += 1
        }
        if self == .l2 { for j in 0..<count { row[j] = row[j].squareRoot() } }
    }
}
