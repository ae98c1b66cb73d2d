import Akin
import AkinBasics
import CAkinFiles
import Foundation

/// One JSON document on one line of standard output.
func printJSON(_ value: some Encodable) throws {
    print(String(decoding: try jsonLine(of: value), as: UTF8.self), terminator: "")
}

/// A text on lines of its own; nothing where it is empty.
func printText(_ text: String) {
    print(text, terminator: text.isEmpty || text.hasSuffix("\n") ? "" : "\n")
}

/// Writes what has been printed; an error where that or something before could not be written.
func finishOutput() throws(CommandError) {
    let code = akin_finish_output()
    guard code == 0 else {
        throw .unwritableOutput(
            reason: code > 0 ? String(cString: strerror(code)) : "a part of it is lost, as on a full disk")
    }
}

func printError(_ line: some StringProtocol) { writeError("\(line)\n") }

/// Writes to standard error, behind what has been printed so far. Nobody can be told where that fails.
func writeError(_ text: String) {
    _ = akin_finish_output()
    try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
}

/// Rows in columns, two blanks between them.
func aligned(_ rows: [[String]], indent: String = "") -> String {
    let rows = rows.map { $0.map(printable) }
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in
        rows.map { $0.count > column ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
        let cells = row.enumerated().map { column, cell in
            column == row.count - 1 ? cell : cell + String(repeating: " ", count: widths[column] - cell.count)
        }
        return indent + cells.joined(separator: "  ")
    }.joined(separator: "\n")
}

/// `3 added, 2 skipped`, without what is 0.
func changes(_ counts: [(number: Int, what: String)]) -> String {
    let said = counts.filter { $0.number > 0 }.map { "\($0.number) \($0.what)" }
    return said.isEmpty ? "nothing to do" : said.joined(separator: ", ")
}

/// `12.3 MiB`.
func sizeText(_ bytes: Int) -> String {
    var value = Double(bytes)
    for unit in ["bytes", "KiB", "MiB", "GiB"] {
        if value < 1024 {
            return "\(unit == "bytes" ? "\(bytes)" : "\((value * 10).rounded() / 10)") \(unit)"
        }
        value /= 1024
    }
    return "\((value * 10).rounded() / 10) TiB"
}
