import Foundation

/// The modules in the table of CONTRIBUTING.md, from the ground up.
struct ModuleTable {
    /// Names as on disk; those of one row do not stand above each other.
    var rows: [[String]]

    /// The table whose first column is headed `module`; empty where there is none.
    init(markdown: String) {
        let lines = markdown.split(separator: "\n", omittingEmptySubsequences: false)
        let cells = lines.map(Self.firstCell)
        guard let head = cells.firstIndex(of: "module") else {
            rows = []
            return
        }
        rows = cells[(head + 1)...].prefix { $0 != nil }.compactMap { cell in
            let parts = cell!.split(separator: "`", omittingEmptySubsequences: false)
            let names = parts.indices.filter { $0 % 2 == 1 }.map { Self.nameOnDisk(parts[$0]) }
            return names.isEmpty ? nil : names
        }
    }

    private static func firstCell(of line: Substring) -> String? {
        guard line.hasPrefix("|") else { return nil }
        return line.dropFirst().prefix { $0 != "|" }.trimmingCharacters(in: .whitespaces)
    }

    /// The table leaves out the prefix: `Tensors` is `AkinTensors`, `CJPEG` is `CAkinJPEG`.
    private static func nameOnDisk(_ name: Substring) -> String {
        if name == "Akin" { return "Akin" }
        let isC = name.first == "C" && name.dropFirst().first?.isUppercase == true
        return isC ? "CAkin" + name.dropFirst() : "Akin" + name
    }
}
