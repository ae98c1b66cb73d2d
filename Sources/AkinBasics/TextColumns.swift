/// Rows of cells in aligned columns, two blanks between them.
package enum TextColumns {
    package enum Alignment: Sendable { case left, right }

    /// No column on the left is folded to less.
    private static let narrowest = 8

    /// The lines. A column is as wide as its widest cell; where a line would be longer than `width`, the widest columns on
    /// the left get narrower, and their cells go on in further lines.
    ///
    /// - Parameters:
    ///   - alignments: Of each column; columns for which none is given are on the left.
    ///   - width: As many characters as fit into a line; nil for as long as it takes.
    package static func lines(
        _ rows: [[String]], _ alignments: [Alignment] = [], width: Int? = nil
    ) -> [String] {
        let columns = rows.map(\.count).max() ?? 0
        let alignments = (0..<columns).map { $0 < alignments.count ? alignments[$0] : .left }
        var widths = (0..<columns).map { column in
            rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
        }
        if let width { fold(&widths, alignments, into: width - 2 * (columns - 1)) }
        return rows.flatMap { row in
            let cells = row.enumerated().map { folded($1, widths[$0]) }
            return (0..<(cells.map(\.count).max() ?? 0)).map { line in
                joined(cells.map { line < $0.count ? $0[line] : "" }, widths, alignments)
            }
        }
    }

    private static func joined(
        _ cells: [String], _ widths: [Int], _ alignments: [Alignment]
    ) -> String {
        let last = cells.lastIndex { !$0.isEmpty } ?? -1
        return cells.prefix(last + 1).enumerated().map { column, cell in
            let padding = String(repeating: " ", count: max(widths[column] - cell.count, 0))
            return alignments[column] == .right ? padding + cell : column == last ? cell : cell + padding
        }.joined(separator: "  ")
    }

    private static func fold(_ widths: inout [Int], _ alignments: [Alignment], into room: Int) {
        let columns = widths.indices.filter { alignments[$0] == .left }
        var limit = columns.map { widths[$0] }.max() ?? 0
        while widths.reduce(0, +) > room, limit > narrowest {
            limit -= 1
            for column in columns { widths[column] = min(widths[column], limit) }
        }
    }

    /// A cell in pieces, best cut behind a blank or a mark that joins words.
    private static func folded(_ cell: String, _ width: Int) -> [String] {
        var rest = Array(cell)
        var pieces: [String] = []
        while rest.count > width {
            let mark = rest[..<width].lastIndex { " /-_,.".contains($0) }.map { $0 + 1 } ?? 0
            let cut = rest[width] != " " && mark > width / 2 ? mark : width
            pieces.append(String(rest[..<(rest[cut - 1] == " " ? cut - 1 : cut)]))
            rest.removeFirst(rest[cut] == " " ? cut + 1 : cut)
        }
        return pieces + (rest.isEmpty && !pieces.isEmpty ? [] : [String(rest)])
    }
}
