import Akin
import AkinBasics
import CAkinFiles
import Foundation

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// One JSON document of several, on a line of standard output.
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

/// Rows in columns, two blanks between them, folded to the terminal.
func aligned(_ rows: [[String]], indent: String = "") -> String {
    TextColumns.lines(rows.map { $0.map(printable) }, width: terminalWidth.map { $0 - indent.count })
        .map { indent + $0 }.joined(separator: "\n")
}

/// Characters in a line of the terminal to which is printed; nil where that goes elsewhere.
let terminalWidth: Int? = {
    guard isatty(STDOUT_FILENO) == 1 else { return nil }
    if let columns = ProcessInfo.processInfo.environment["COLUMNS"].flatMap({ Int($0) }), columns > 0 {
        return columns
    }
    var size = winsize()
    return ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : nil
}()

/// `3 added, 2 skipped`, without what is 0.
func changes(_ counts: [(number: Int, what: String)]) -> String {
    let said = counts.filter { $0.number > 0 }.map { "\($0.number) \($0.what)" }
    return said.isEmpty ? "nothing to do" : said.joined(separator: ", ")
}

/// How many files were passed over.
func count(_ ignored: [Ignored]) -> Int { ignored.reduce(0) { $0 + $1.count } }

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
