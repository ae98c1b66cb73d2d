import AkinTensors

extension Metric {
    /// As `nearest(_:to:among:excluding:)`, of vectors that can be compared.
    package func nearest(
        _ k: Int, trusted queries: Matrix, among references: Matrix, excluding: [Set<UInt64>] = []
    ) -> [[Neighbour]] {
        precondition(queries.columns == references.columns, "vectors of different dimensions")
        let dimension = references.columns
        // An id of 0 would mean that there is nothing.
        let ids = (0..<UInt64(references.rows)).map { $0 + 1 }
        let filter = SearchFilter(excluding: excluding.map { Set($0.lazy.map { $0 &+ 1 }) })
        return references.values.withUnsafeBufferPointer { values in
            ids.withUnsafeBufferPointer { ids in
                ExactSearch(self, dimension: dimension, k: k)
                    .nearest(
                        to: queries, among: VectorBlock.blocks(of: ids, values, dimension: dimension),
                        filter: filter
                    )
                    .map { $0.map { Neighbour(id: $0.id - 1, distance: $0.distance) } }
            }
        }
    }
}

extension VectorBlock {
    /// Rows that lie one after the other, in blocks that stay in a core's cache.
    package static func blocks(
        of ids: UnsafeBufferPointer<UInt64>, _ values: UnsafeBufferPointer<Float>, dimension: Int
    ) -> [VectorBlock] {
        guard let id = ids.baseAddress, let row = values.baseAddress else { return [] }
        let capacity = max(8, 0x20000 / (4 * max(dimension, 1)))
        return stride(from: 0, to: ids.count, by: capacity).map { first in
            VectorBlock(
                ids: id + first, rows: row + first * dimension, count: min(capacity, ids.count - first))
        }
    }
}
