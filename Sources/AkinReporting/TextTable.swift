import AkinBasics

/// Rows of cells in aligned columns, for a terminal.
struct TextTable {
    enum Alignment { case left, right }

    private let alignments: [Alignment]
    private var rows: [[String]]

    init(_ columns: [(title: String, alignment: Alignment)], rows: [[String]] = []) {
        alignments = columns.map(\.alignment)
        self.rows = [columns.map(\.title)] + rows.map { $0.map(printable) }
    }

    mutating func append(_ cells: [String]) { rows.append(cells.map(printable)) }

    /// Lines with two blanks between columns, none at the end; a column is as wide as its widest cell.
    var lines: [String] {
        let widths = alignments.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                let padding = String(repeating: " ", count: widths[column] - cell.count)
                line += column == 0 ? "" : "  "
                line += alignments[column] == .left ? cell + padding : padding + cell
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }
}
