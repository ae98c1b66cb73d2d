import CAkinKernels

/// A distance is made of a sum that a kernel takes over the components, and what a metric does with it.
///
/// Every distance that Akin gives for a pair of vectors, alone or in a search, is made by `distances(from:to:)`
/// here, so that it does not depend on what else was asked at the time.
extension Metric {
    /// Distances of `query` to `count` rows, one after the other, into `result`. `norms` are the rows' squared
    /// norms, if they are known; only cosine asks for norms.
    func distances(
        from query: UnsafePointer<Float>, squaredNorm: Float, to rows: UnsafePointer<Float>, count: Int,
        dimension: Int, norms: UnsafePointer<Float>? = nil, into result: UnsafeMutablePointer<Float>
    ) {
        switch self {
        case .l2, .squaredL2: akin_squared_l2(query, rows, dimension, count, dimension, result)
        case .l1: akin_l1(query, rows, dimension, count, dimension, result)
        case .learnedL1(let learned):
            akin_weighted_l1(query, rows, learned.weights, dimension, count, dimension, result)
        case .cosine, .innerProduct: akin_dot(query, rows, dimension, count, dimension, result)
        }
        switch self {
        case .squaredL2, .l1: break
        case .l2: for i in 0..<count { result[i] = result[i].squareRoot() }
        case .learnedL1(let learned): for i in 0..<count { result[i] += learned.offset }
        case .innerProduct: for i in 0..<count { result[i] = 1 - result[i] }
        case .cosine:
            for i in 0..<count {
                let norm = norms?[i] ?? squaredNormOf(rows + i * dimension, dimension)
                result[i] = cosineDistance(product: result[i], squaredNorms: squaredNorm, norm)
            }
        }
    }

    /// The distance of two vectors.
    @inline(__always)
    func distance(
        from query: UnsafePointer<Float>, squaredNorm: Float, to row: UnsafePointer<Float>, dimension: Int
    ) -> Float {
        var result: Float = 0
        distances(
            from: query, squaredNorm: squaredNorm, to: row, count: 1, dimension: dimension, into: &result)
        return result
    }
}

/// `<x, x>`, to the last bit what the kernel of products gives for `x` and a copy of it.
func squaredNormOf(_ row: UnsafePointer<Float>, _ dimension: Int) -> Float {
    var result: Float = 0
    akin_dot(row, row, dimension, 1, dimension, &result)
    return result
}

/// In double precision, where the product of two floats is exact and its root too if they are equal: so equal
/// vectors are exactly 0 apart.
func cosineDistance(product: Float, squaredNorms x: Float, _ y: Float) -> Float {
    guard x > 0, y > 0 else { return x == y ? 0 : 1 }
    return Float(max(0, 1 - Double(product) / (Double(x) * Double(y)).squareRoot()))
}
