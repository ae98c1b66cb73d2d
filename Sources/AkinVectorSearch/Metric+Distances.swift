import AkinTensors

extension Metric {
    /// The distance of two vectors of the same length.
    public func distance(from x: some Collection<Float>, to y: some Collection<Float>) -> Float { fatalError() }

    /// `[queries, references]`.
    public func distances(from queries: Matrix, to references: Matrix) -> Matrix { fatalError() }

    /// The `k` nearest rows of `references` to each row of `queries`, nearest first.
    public func nearest(
        _ k: Int, to queries: Matrix, among references: Matrix, excluding: [Set<UInt64>] = []
    ) -> [[Neighbour]] { fatalError() }
}
