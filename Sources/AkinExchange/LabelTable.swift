import AkinBasics

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
        var bytes = try DelimitedText.bytes(path)
        let known = ["id", "label", "source", "group"]
        let delimiter = DelimitedText.delimiter(bytes, format, known: Set(known))
        var columns: [String]?
        var rows: [Row] = []
        try DelimitedText.forEachRow(of: &bytes, delimiter: delimiter, hasQuotes: true, path: path) {
            line, bytes, fields throws(ExchangeError) in
            let texts = fields.map { String(decoding: bytes[$0], as: UTF8.self) }
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
            let label = SpreadsheetCell.unmarked(written)
            guard !label.isEmpty else { throw .badLabel(path: path, line: line, bytes: 0, limit: 65535) }
            let id = field("id").map { ItemRules.id($0) }
            if let id, id == nil {
                throw .badID(path: path, line: line, id: String((field("id") ?? "").prefix(60)))
            }
            let source = field("source").map(SpreadsheetCell.unmarked)
            guard id != nil || source != nil else { throw .emptySource(path: path, line: line) }
            rows.append(
                Row(
                    line: line, id: id ?? nil, source: source, label: label.composed,
                    isMarked: label != written))
        }
        guard columns != nil else { throw .empty(path: path) }
        self.rows = rows
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
