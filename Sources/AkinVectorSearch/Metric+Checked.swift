import AkinTensors

extension Metric {
    /// Whether vectors of these dimensions can be compared.
    private func check(_ one: Int, _ other: Int) throws(MetricError) {
        guard one == other else { throw .dimensionsDiffer(one, other) }
        if let learned, !fits(one) { throw .otherDimension(learned: learned.weights.count, found: one) }
    }

    /// Throws where vectors of this dimension cannot be compared by it.
    package func check(dimension: Int) throws(MetricError) { try check(dimension, dimension) }

    /// The distance of two vectors of the same length; exactly 0 for equal ones (but for the inner product
    /// and a learned metric).
    public func distance(
        from x: some Collection<Float>, to y: some Collection<Float>
    ) throws(MetricError) -> Float {
        try check(x.count, y.count)
        return distance(trusted: x, to: y)
    }

    /// The distances of every query to every reference, `[queries, references]`.
    ///
    /// All but l1 and the learned one by matrix products: `|x|^2 + |y|^2 - 2 <x, y>`. Where that is small beside the norms it has lost
    /// its digits, and the distance is computed anew from the differences; so equal vectors are exactly 0 apart,
    /// and relative errors stay below about 1e-4.
    public func distances(from queries: Matrix, to references: Matrix) throws(MetricError) -> Matrix {
        try check(queries.columns, references.columns)
        return distances(trusted: queries, to: references)
    }

    /// The `k` nearest rows of `references` to each row of `queries`, nearest first, equally near ones by their
    /// number, which is their id; all rows if there are fewer than `k`. Exact.
    ///
    /// `excluding` is empty or has the rows that each query's answer must not contain.
    public func nearest(
        _ k: Int, to queries: Matrix, among references: Matrix, excluding: [Set<UInt64>] = []
    ) throws(MetricError) -> [[Neighbour]] {
        try check(queries.columns, references.columns)
        guard excluding.isEmpty || excluding.count == queries.rows else {
            throw .exclusionsDiffer(queries: queries.rows, exclusions: excluding.count)
        }
        return nearest(k, trusted: queries, among: references, excluding: excluding)
    }
}
