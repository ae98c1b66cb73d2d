#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Vectors where they lie, by their row: all blocks but the last have `capacity` of them. An id of 0 marks a dead row.
package struct VectorRows: Sendable {
    package let blocks: [VectorBlock]
    package let capacity: Int
    package let dimension: Int
    package let count: Int

    package init(blocks: [VectorBlock], capacity: Int, dimension: Int) {
        self.blocks = blocks
        self.capacity = capacity
        self.dimension = dimension
        count = blocks.isEmpty ? 0 : (blocks.count - 1) * capacity + blocks[blocks.count - 1].count
    }

    @inline(__always)
    package func id(_ row: Int) -> UInt64 {
        let (block, place) = row.quotientAndRemainder(dividingBy: capacity)
        return blocks[block].ids[place]
    }

    @inline(__always)
    package func vector(_ row: Int) -> UnsafePointer<Float> {
        let (block, place) = row.quotientAndRemainder(dividingBy: capacity)
        return blocks[block].rows + place * dimension
    }

    /// Whether two rows have the same vector, bit by bit.
    package func isSame(_ row: Int, as other: Int) -> Bool {
        memcmp(vector(row), vector(other), 4 * dimension) == 0
    }

    /// Some of them, in this order.
    package func rows(at numbers: [Int]) -> VectorRows {
        let picked = numbers.map { number in
            let (block, place) = number.quotientAndRemainder(dividingBy: capacity)
            return VectorBlock(ids: blocks[block].ids + place, rows: vector(number), count: 1)
        }
        return VectorRows(blocks: picked, capacity: 1, dimension: dimension)
    }

    /// The blocks of the rows from `first` on.
    package func blocks(from first: Int) -> [VectorBlock] {
        guard first < count else { return [] }
        let (number, place) = first.quotientAndRemainder(dividingBy: capacity)
        let cut = blocks[number]
        let rest = VectorBlock(
            ids: cut.ids + place, rows: cut.rows + place * dimension, count: cut.count - place)
        return [rest] + blocks[(number + 1)...]
    }
}
