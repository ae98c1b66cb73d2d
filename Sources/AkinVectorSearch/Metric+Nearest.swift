import AkinTensors

extension Metric {
    /// The `k` nearest rows of `references` to each row of `queries`, nearest first, equally near ones by their
    /// number, which is their id; all rows if there are fewer than `k`. Exact.
    ///
    /// `excluding` is empty or has the rows that each query's answer must not contain.
    public func nearest(
        _ k: Int, to queries: Matrix, among references: Matrix, excluding: [Set<UInt64>] = []
    ) -> [[Neighbour]] {
        precondition(queries.columns == references.columns, "vectors of different dimensions")
        let dimension = references.columns
        // An id of 0 would mean that there is nothing.
        let ids = (0..<UInt64(references.rows)).map { $0 + 1 }
        let filter = SearchFilter(excluding: excluding.map { Set($0.lazy.map { $0 &+ 1 }) })
        // Blocks that stay in a core's cache.
        let blockRows = max(8, 0x20000 / (4 * max(dimension, 1)))
        return references.values.withUnsafeBufferPointer { values in
            ids.withUnsafeBufferPointer { ids in
                let blocks = stride(from: 0, to: references.rows, by: blockRows).map { row in
                    VectorBlock(
                        ids: ids.baseAddress! + row, rows: values.baseAddress! + row * dimension,
                        count: min(blockRows, references.rows - row))
                }
                return ExactSearch(self, dimension: dimension, k: k)
                    .nearest(to: queries, among: blocks, filter: filter)
                    .map { $0.map { Neighbour(id: $0.id - 1, distance: $0.distance) } }
            }
        }
    }
}
