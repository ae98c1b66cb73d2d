import AkinTensors
import CAkinKernels

/// Some rows that lie one after the other in memory, with their ids.
package struct VectorBlock: @unchecked Sendable {
    let ids: UnsafePointer<UInt64>
    let rows: UnsafePointer<Float>
    let count: Int

    /// The pointers must stay valid for as long as the block is searched.
    package init(ids: UnsafePointer<UInt64>, rows: UnsafePointer<Float>, count: Int) {
        self.ids = ids
        self.rows = rows
        self.count = count
    }

    func writeSquaredNorms(to result: UnsafeMutablePointer<Float>, dimension: Int) {
        for row in 0..<count { result[row] = squaredNormOf(rows + row * dimension, dimension) }
    }

    package func id(at position: Int) -> UInt64? { position < count ? ids[position] : nil }

    package func row(at position: Int, dimension: Int) -> UnsafeBufferPointer<Float> {
        UnsafeBufferPointer(start: rows + position * dimension, count: dimension)
    }
}

/// The `k` nearest of a set of vectors, by looking at all of them.
///
/// Distances are those of the metric's own kernel, so an answer does not depend on the other queries, nor on how
/// vectors are divided into blocks or work into threads. Several queries are compared with a block by a matrix
/// product first: it is inexact, but its error has a bound, and a vector is left out only where that proves it
/// farther away than the k nearest so far. The few others are looked at with the kernel.
package struct ExactSearch: Sendable {
    let metric: Metric
    let dimension: Int
    let k: Int

    package init(_ metric: Metric, dimension: Int, k: Int) {
        precondition(metric.fits(dimension), "not a weight for each dimension")
        self.metric = metric
        self.dimension = dimension
        self.k = k
    }

    /// Queries that are compared with a block at a time.
    private static let tile = 256
    /// Below as many, a matrix product is slower than the kernel.
    private static let fewest = 16

    /// The nearest to each row of `queries`, nearest first; all there are if fewer than `k`.
    package func nearest(
        to queries: Matrix, among blocks: [VectorBlock], filter: SearchFilter = SearchFilter()
    ) -> [[Neighbour]] {
        precondition(
            filter.excluding.isEmpty || filter.excluding.count == queries.rows, "not one exclusion a query")
        precondition(queries.columns == dimension, "queries of another dimension")
        guard k > 0, queries.rows > 0, dimension > 0 else { return Array(repeating: [], count: queries.rows) }
        let tiles = (queries.rows + Self.tile - 1) / Self.tile
        let parts = max(1, min(blocks.count, 16 / tiles))
        var found = [[NearestList]](repeating: [], count: tiles * parts)
        queries.values.withUnsafeBufferPointer { values in
            found.withUnsafeMutableBufferPointer { found in
                let values = values.baseAddress!
                nonisolated(unsafe) let found = found
                ThreadPool.shared.forEach(tiles * parts) { task, _ in
                    let rows = run(task / parts, of: tiles, in: queries.rows)
                    let blocks = blocks[run(task % parts, of: parts, in: blocks.count)]
                    found[task] = nearest(
                        to: values + rows.lowerBound * dimension, rows, among: blocks, filter)
                }
            }
        }
        var result: [[Neighbour]] = []
        result.reserveCapacity(queries.rows)
        for tile in 0..<tiles {
            let lists = found[tile * parts..<(tile + 1) * parts]
            for query in 0..<run(tile, of: tiles, in: queries.rows).count {
                result.append(Array(lists.flatMap { $0[query].neighbours }.sorted().prefix(k)))
            }
        }
        return result
    }

    private func nearest(
        to queries: UnsafePointer<Float>, _ numbers: Range<Int>, among blocks: ArraySlice<VectorBlock>,
        _ filter: SearchFilter
    ) -> [NearestList] {
        let count = numbers.count
        var lists = [NearestList](repeating: NearestList(k), count: count)
        let norms = (0..<count).map { squaredNormOf(queries + $0 * dimension, dimension) }
        let largest = blocks.reduce(0) { max($0, $1.count) }
        let excluded = { (query: Int, id: UInt64) in
            !filter.admits(id, query: numbers.lowerBound + query)
        }
        if count < Self.fewest || !metric.isMadeOfProducts {
            let distances = FloatBuffer(count: largest)
            let rowNorms = FloatBuffer(count: largest)
            for block in blocks {
                if metric == .cosine { block.writeSquaredNorms(to: rowNorms.base, dimension: dimension) }
                for query in 0..<count {
                    metric.distances(
                        from: queries + query * dimension, squaredNorm: norms[query], to: block.rows,
                        count: block.count, dimension: dimension, norms: rowNorms.base, into: distances.base)
                    for row in 0..<block.count where !(distances.base[row] > lists[query].bound) {
                        guard !excluded(query, block.ids[row]) else { continue }
                        lists[query].insert(Neighbour(id: block.ids[row], distance: distances.base[row]))
                    }
                }
            }
            return lists
        }
        let filter = ProductFilter(metric, dimension: dimension)
        let products = FloatBuffer(count: count * largest)
        let weights = FloatBuffer(count: largest)
        for block in blocks {
            BLAS.multiply(
                queries, stride: dimension, by: block.rows, stride: dimension, bTransposed: true,
                into: products.base, stride: block.count, rows: count, columns: block.count, inner: dimension)
            block.writeSquaredNorms(to: weights.base, dimension: dimension)
            for row in 0..<block.count { weights.base[row] = filter.weight(weights.base[row]) }
            for query in 0..<count {
                let values = products.base + query * block.count
                var row = 0
                while true {
                    let (offset, scale) = filter.threshold(lists[query].bound, squaredNorm: norms[query])
                    row = akin_next_not_below(values, weights.base, offset, scale, row, block.count)
                    guard row < block.count else { break }
                    if !excluded(query, block.ids[row]) {
                        let distance = metric.distance(
                            from: queries + query * dimension, squaredNorm: norms[query],
                            to: block.rows + row * dimension, dimension: dimension)
                        lists[query].insert(Neighbour(id: block.ids[row], distance: distance))
                    }
                    row += 1
                }
            }
        }
        return lists
    }
}
