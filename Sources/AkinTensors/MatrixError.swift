import AkinBasics

/// Why numbers make no matrix.
public enum MatrixError: ExplainedError, Hashable, Sendable {
    /// There are not `rows * columns` values.
    case doesNotFill(rows: Int, columns: Int, values: Int)
    /// There are fewer than no rows or columns, or more values than there can be.
    case badSize(rows: Int, columns: Int)
}

extension MatrixError {
    /// What happened; what to do.
    public var description: String {
        switch self {
        case .doesNotFill(let rows, let columns, let values):
            "\(values) values do not fill a matrix of \(rows) rows and \(columns) columns; give as many as rows times columns"
        case .badSize(let rows, let columns):
            "there is no matrix of \(rows) rows and \(columns) columns; give numbers of 0 or more whose product can be counted"
        }
    }
}
