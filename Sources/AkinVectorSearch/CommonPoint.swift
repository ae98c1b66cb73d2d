import AkinTensors

extension Metric {
    /// The rows of those vectors that lie at one point, to within rounding, where that is more than half of them; empty
    /// where there is no such point. O(rows · dimension).
    ///
    /// By `cosine`, vectors of one direction lie at one point.
    package func commonPoint(of vectors: Matrix) -> [Int] {
        let dimension = vectors.columns
        return vectors.values.withUnsafeBufferPointer { values in
            let lengths = (0..<vectors.rows).map { row in
                values[row * dimension..<(row + 1) * dimension].reduce(0) { $0 + Double($1) * Double($1) }
                    .squareRoot()
            }
            func areOne(_ first: Int, _ second: Int) -> Bool {
                let (own, other) = (lengths[first], lengths[second])
                // A vector of zeros has no direction.
                guard own > 0, other > 0 else { return own == other }
                let scale = self == .cosine ? own / other : 1
                var squared = 0.0
                for i in 0..<dimension {
                    let difference =
                        Double(values[first * dimension + i]) - scale * Double(values[second * dimension + i])
                    squared += difference * difference
                }
                return squared.squareRoot() <= Self.resolution * max(own, scale * other)
            }
            // Whichever is more than half is left when unlike ones are struck off in pairs (Boyer and Moore 1991).
            var (candidate, surplus) = (0, 0)
            for row in 0..<vectors.rows {
                if surplus == 0 { candidate = row }
                surplus += areOne(row, candidate) ? 1 : -1
            }
            let found = (0..<vectors.rows).filter { areOne($0, candidate) }
            return 2 * found.count > vectors.rows ? found : []
        }
    }

    /// What tells two points from one, as a share of how far they lie from zero: some sixty times a float's rounding.
    package static let resolution = 0x1p-17
}
