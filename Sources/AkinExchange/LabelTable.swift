import AkinBasics
import Foundation

/// The labels in a table that an export has written and somebody has changed: CSV with commas, semicolons or tabs, or TSV. Its first line
/// names the columns, of which `label` and one of `id` and `source` are needed.
public struct LabelTable: Sendable {
    /// What it says of an item.
    public struct Row: Sendable {
        /// Where it stands, from 1.
        public let line: Int
        /// The item's number; nil where the table has none.
        public let id: UInt64?
        /// Where the item comes from; nil where the table does not say.
        public let source: String?
        /// The label that it is to have.
        public let label: String
        /// Whether the label was marked: no spreadsheet has changed it.
        public let isMarked: Bool
    }

    /// By line.
    public private(set) var rows: [Row] = []

    /// Reads a file.
    public init(contentsOf path: String) throws(ExchangeError) {
        let format: ExchangeFiles.ItemFormat = path.lowercased().hasSuffix(".tsv") ? .tabs : .commas
        var bytes: [UInt8]
        do throws(ExchangeError) { bytes = try DelimitedText.bytes(path) } catch {
            if case .notText = error, Self.isSpreadsheet(path) { throw .spreadsheetFile(path: path) }
            throw error
        }
        let known = ["id", "label", "source", "group"]
        let delimiter = DelimitedText.delimiter(bytes, format, known: Set(known))
        var columns: [String]?
        var rows: [Row] = []
        try DelimitedText.forEachRow(of: &bytes, delimiter: delimiter, hasQuotes: true, path: path) {
            line, bytes, fields throws(ExchangeError) in
            let texts = fields.map { String(decoding: bytes[$0], as: UTF8.self) }
            // Spreadsheets leave such rows behind.
            if texts.allSatisfy(\.isEmpty) { return }
            guard let names = columns else {
                columns = try Self.columns(texts, known, path)
                return
            }
            guard texts.count == names.count else {
                throw .wrongFieldCount(path: path, line: line, expected: names.count, found: texts.count)
            }
            func field(_ name: String) -> String? {
                names.firstIndex(of: name).map { texts[$0] }.flatMap { $0.isEmpty ? nil : $0 }
            }
            let written = field("label") ?? ""
            // Two labels that look the same would be two classes.
            let label = SpreadsheetCell.unmarked(written).trimmingCharacters(in: .whitespaces)
            guard !label.isEmpty else { throw .noLabel(path: path, line: line) }
            let id = try field("id").map { text throws(ExchangeError) in
                guard let id = Self.id(text) else {
                    throw .badItemID(path: path, line: line, id: String(text.prefix(60)))
                }
                return id
            }
            let source = field("source").map(SpreadsheetCell.unmarked)
            guard id != nil || source != nil else { throw .emptySource(path: path, line: line) }
            rows.append(
                Row(
                    line: line, id: id, source: source, label: label.composed,
                    isMarked: SpreadsheetCell.unmarked(written) != written))
        }
        guard columns != nil else { throw .empty(path: path) }
        self.rows = rows
    }

    /// Whether the name is that of a spreadsheet program's own file.
    private static func isSpreadsheet(_ path: String) -> Bool {
        [".xlsx", ".xlsm", ".xls", ".ods", ".numbers"].contains { path.lowercased().hasSuffix($0) }
    }

    /// A spreadsheet may have put decimals to it.
    private static func id(_ text: String) -> UInt64? {
        ItemRules.id(text) ?? Double(text).flatMap { UInt64(exactly: $0) }.flatMap { $0 > 0 ? $0 : nil }
    }

    /// Their names as they are known.
    private static func columns(
        _ names: [String], _ known: [String], _ path: String
    ) throws(ExchangeError) -> [String] {
        let names = names.map { $0.lowercased() }
        for name in known where names.count(where: { $0 == name }) > 1 {
            throw .repeatedColumn(path: path, column: name)
        }
        guard names.contains("label"), names.contains("id") || names.contains("source") else {
            throw .noLabels(path: path, found: names)
        }
        return names
    }
}
