/// Rows of floats in one contiguous run, row-major: a set of embeddings is `[items, dimension]`.
///
/// For results and for handing embeddings about. Networks work on `FloatBuffer` instead.
public struct Matrix: Sendable, Equatable {
    /// How many rows.
    public private(set) var rows: Int
    /// Values in a row.
    public let columns: Int
    /// `rows * columns` values.
    public var values: [Float]

    /// A matrix of these values, `rows * columns` of them, row after row.
    public init(rows: Int, columns: Int, values: [Float]) throws(MatrixError) {
        guard try Self.count(rows, columns) == values.count else {
            throw .doesNotFill(rows: rows, columns: columns, values: values.count)
        }
        self.init(rows: rows, columns: columns, trusted: values)
    }

    /// A matrix of zeros.
    public init(rows: Int, columns: Int) throws(MatrixError) {
        self.init(
            rows: rows, columns: columns, trusted: [Float](repeating: 0, count: try Self.count(rows, columns))
        )
    }

    private static func count(_ rows: Int, _ columns: Int) throws(MatrixError) -> Int {
        let (count, isTooLarge) = rows.multipliedReportingOverflow(by: columns)
        guard rows >= 0, columns >= 0, !isTooLarge, count <= Int.max / MemoryLayout<Float>.stride else {
            throw .badSize(rows: rows, columns: columns)
        }
        return count
    }

    /// As the first, of values that were made to fill it.
    package init(rows: Int, columns: Int, trusted values: [Float]) {
        precondition(
            rows >= 0 && columns >= 0 && values.count == rows * columns, "values do not fill the matrix")
        self.rows = rows
        self.columns = columns
        self.values = values
    }

    /// A matrix of zeros, of a size that something else has.
    package init(zeros rows: Int, columns: Int) {
        self.init(rows: rows, columns: columns, trusted: [Float](repeating: 0, count: rows * columns))
    }

    /// The values of one row.
    public subscript(row: Int) -> ArraySlice<Float> {
        get { values[row * columns..<(row + 1) * columns] }
        set {
            precondition(newValue.count == columns, "a row of another length")
            values.replaceSubrange(row * columns..<(row + 1) * columns, with: newValue)
        }
    }

    /// One value.
    public subscript(row: Int, column: Int) -> Float {
        get { values[row * columns + column] }
        set { values[row * columns + column] = newValue }
    }

    /// One more row, at the end.
    package mutating func append(_ row: [Float]) {
        precondition(row.count == columns, "a row of another length")
        values += row
        rows += 1
    }

    /// The rows at `positions`, in that order.
    public func rows(at positions: some Collection<Int>) -> Matrix {
        var picked: [Float] = []
        picked.reserveCapacity(positions.count * columns)
        for position in positions { picked.append(contentsOf: self[position]) }
        return Matrix(rows: positions.count, columns: columns, trusted: picked)
    }
}
