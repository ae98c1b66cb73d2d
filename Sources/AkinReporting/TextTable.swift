import AkinBasics

/// Rows of cells in aligned columns under their titles, for a terminal.
struct TextTable {
    private let alignments: [TextColumns.Alignment]
    private var rows: [[String]]

    init(_ columns: [(title: String, alignment: TextColumns.Alignment)], rows: [[String]] = []) {
        alignments = columns.map(\.alignment)
        self.rows = [columns.map(\.title)] + rows.map { $0.map(printable) }
    }

    mutating func append(_ cells: [String]) { rows.append(cells.map(printable)) }

    /// Its lines, of at most `width` characters where that can be; as long as they are if it is nil.
    func lines(_ width: Int?) -> [String] { TextColumns.lines(rows, alignments, width: width) }
}
