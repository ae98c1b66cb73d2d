/// Rows of double-precision numbers in one contiguous run, row-major: for systems of equations, where single precision
/// would be too little.
package struct DoubleMatrix: Sendable, Equatable {
    /// How many rows.
    package let rows: Int
    /// Values in a row.
    package let columns: Int
    /// `rows * columns` values.
    package var values: [Double]

    /// A matrix of these values, row after row.
    package init(rows: Int, columns: Int, values: [Double]) {
        precondition(values.count == rows * columns, "values do not fill the matrix")
        self.rows = rows
        self.columns = columns
        self.values = values
    }

    /// A matrix of zeros.
    package init(rows: Int, columns: Int) {
        self.init(rows: rows, columns: columns, values: [Double](repeating: 0, count: rows * columns))
    }

    /// One value.
    package subscript(row: Int, column: Int) -> Double {
        get { values[row * columns + column] }
        set { values[row * columns + column] = newValue }
    }

    /// The values of one row.
    package subscript(row: Int) -> ArraySlice<Double> { values[row * columns..<(row + 1) * columns] }

    /// The rows at `positions`, in that order.
    package func rows(at positions: some Collection<Int>) -> DoubleMatrix {
        var picked: [Double] = []
        picked.reserveCapacity(positions.count * columns)
        for position in positions { picked.append(contentsOf: self[position]) }
        return DoubleMatrix(rows: positions.count, columns: columns, values: picked)
    }

    /// Calls `body` with a row where it lies.
    package func withRow<R>(_ row: Int, _ body: (UnsafeBufferPointer<Double>) -> R) -> R {
        values.withUnsafeBufferPointer {
            body(UnsafeBufferPointer(rebasing: $0[row * columns..<(row + 1) * columns]))
        }
    }

    /// Calls `body` with every row, to be changed where it lies; on all threads of the pool.
    package mutating func updateRows(
        _ body: (_ row: Int, _ values: UnsafeMutableBufferPointer<Double>) -> Void
    ) {
        let (rows, columns) = (rows, columns)
        values.withUnsafeMutableBufferPointer { all in
            nonisolated(unsafe) let all = all
            ThreadPool.shared.forEachChunk(of: rows, size: 64) { range, _ in
                for row in range {
                    body(row, UnsafeMutableBufferPointer(rebasing: all[row * columns..<(row + 1) * columns]))
                }
            }
        }
    }
}
