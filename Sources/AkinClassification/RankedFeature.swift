import AkinTensors

/// One component of all embeddings, its values as ranks: whole numbers order them as well, in fewer bits.
struct RankedFeature: Sendable {
    /// Of each embedding the position of its value in `values`.
    let ranks: [UInt32]
    /// Those that there are, ascending.
    let values: [Float]

    /// Of each component; on all threads of the pool. O(embeddings · dimension).
    static func features(of embeddings: Matrix) -> [RankedFeature] {
        ThreadPool.shared.map(embeddings.columns) { RankedFeature(column: $0, of: embeddings) }
    }

    private init(column: Int, of embeddings: Matrix) {
        let count = embeddings.rows
        let records = FixedList<UInt64>(capacity: count)
        for item in 0..<count {
            // There are two zeros, which are equal.
            let bits = (embeddings.values[item * embeddings.columns + column] + 0).bitPattern
            let ordered = bits & 0x8000_0000 == 0 ? bits | 0x8000_0000 : ~bits
            records.append(UInt64(ordered) << 32 | UInt64(item))
        }
        var ranks = [UInt32](repeating: 0, count: count)
        var values: [Float] = []
        let sorter = RecordSorter(capacity: count)
        let sorted = sorter.sorted(records.base, count: count, bits: 32)
        for i in 0..<count {
            let item = Int(truncatingIfNeeded: sorted[i] & 0xFFFF_FFFF)
            if i == 0 || sorted[i] >> 32 != sorted[i - 1] >> 32 {
                values.append(embeddings.values[item * embeddings.columns + column])
            }
            ranks[item] = UInt32(values.count - 1)
        }
        (self.ranks, self.values) = (ranks, values)
    }

    /// What tells the values of two neighbouring ranks apart: at least the lower, less than the upper.
    func threshold(from lower: UInt32, to upper: UInt32) -> Float {
        let (low, high) = (values[Int(lower)], values[Int(upper)])
        let middle = low / 2 + high / 2
        return middle >= low && middle < high ? middle : low
    }
}
