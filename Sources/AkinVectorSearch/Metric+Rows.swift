import AkinTensors

/// Distances of rows that are named by their positions: of pairs of them, and of some from the means of others. Made by
/// the kernel that searches use, so that they are to the last bit what a search says.
extension Metric {
    /// The distance of each pair of rows, in their order. On all threads of the pool.
    package func distances(of pairs: [(left: Int32, right: Int32)], in rows: Matrix) -> [Float] {
        let dimension = rows.columns
        precondition(fits(dimension), "not a weight for each dimension")
        return rows.values.withUnsafeBufferPointer { values in
            guard let base = values.baseAddress else { return [] }
            return ThreadPool.shared.map(pairs.count) { i in
                let left = base + Int(pairs[i].left) * dimension
                return distance(
                    from: left, squaredNorm: squaredNormOf(left, dimension),
                    to: base + Int(pairs[i].right) * dimension, dimension: dimension)
            }
        }
    }

    /// The distances of the rows at `queries` from the means of groups, `[queries, groups]`; `members` are the groups'
    /// rows, `size` of each, group after group. On the calling thread.
    package func distances(
        from queries: [Int32], toMeansOf members: [Int32], each size: Int, in rows: Matrix
    ) -> Matrix {
        let dimension = rows.columns
        precondition(fits(dimension), "not a weight for each dimension")
        let groups = members.count / size
        var means = Matrix(zeros: groups, columns: dimension)
        var result = Matrix(zeros: queries.count, columns: groups)
        rows.values.withUnsafeBufferPointer { values in
            means.values.withUnsafeMutableBufferPointer { means in
                result.values.withUnsafeMutableBufferPointer { result in
                    guard let base = values.baseAddress, let means = means.baseAddress else { return }
                    for group in 0..<groups {
                        let own = members[group * size..<(group + 1) * size]
                        writeMean(
                            of: own.map { base + Int($0) * dimension }, dimension: dimension,
                            to: means + group * dimension)
                    }
                    let norms = (0..<groups).map { squaredNormOf(means + $0 * dimension, dimension) }
                    for (i, query) in queries.enumerated() {
                        let query = base + Int(query) * dimension
                        distances(
                            from: query, squaredNorm: squaredNormOf(query, dimension), to: means,
                            count: groups, dimension: dimension, norms: norms,
                            into: result.baseAddress! + i * groups)
                    }
                }
            }
        }
        return result
    }

    /// What stands for several vectors (Snell et al. 2017, equation 1): their mean; for cosine that of their directions,
    /// in which vectors of zeros, which have none, do not count.
    package func writeMean(
        of vectors: [UnsafePointer<Float>], dimension: Int, to mean: UnsafeMutablePointer<Float>
    ) {
        precondition(!vectors.isEmpty, "nothing has no mean")
        mean.update(repeating: 0, count: dimension)
        for vector in vectors {
            let scale = vectors.count == 1 ? 1 : weightInMean(of: vector, dimension)
            for k in 0..<dimension { mean[k] += scale * vector[k] }
        }
        guard vectors.count > 1 else { return }
        let share = 1 / Float(vectors.count)
        for k in 0..<dimension { mean[k] *= share }
    }

    private func weightInMean(of vector: UnsafePointer<Float>, _ dimension: Int) -> Float {
        guard self == .cosine else { return 1 }
        let squared = squaredNormOf(vector, dimension)
        return squared > 0 ? 1 / squared.squareRoot() : 0
    }
}
