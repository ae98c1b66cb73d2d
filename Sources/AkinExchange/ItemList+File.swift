import AkinBasics
import AkinItems
import AkinTensors

extension ItemList {
    /// Reads what a CSV or TSV file says of the items. The first line names the columns, of which `id`, `label`,
    /// `source` and `group` count; a TSV file with a single column has labels only, from the first line on.
    ///
    /// - Returns: The items, what is odd about the columns, and the labels of a CSV file that a spreadsheet may have changed, or that
    ///   bear a mark.
    static func read(
        _ path: String, rules: ItemRules
    ) throws(ExchangeError) -> (items: ItemList, remarks: ColumnRemarks, labels: TableLabels) {
        guard let format = ExchangeFiles.itemFormat(path) else {
            throw .unknownFormat(path: path)
        }
        var bytes = try DelimitedText.bytes(path)
        var items = ItemList()
        var columns: Columns?
        var labels = TableLabels()
        let delimiter = DelimitedText.delimiter(bytes, format, known: Set(Columns.known))
        try DelimitedText.forEachRow(
            of: &bytes, delimiter: delimiter, hasQuotes: format == .commas, path: path
        ) {
            line, bytes, fields throws(ExchangeError) in
            if columns == nil {
                let isBare = format == .tabs && fields.count == 1
                columns = isBare ? Columns() : try Columns(fields.map { Self.text(bytes, $0) }, path: path)
                if !isBare { return }
            }
            guard let columns else { return }
            guard fields.count == columns.count else {
                throw .wrongFieldCount(path: path, line: line, expected: columns.count, found: fields.count)
            }
            func field(_ position: Int?) -> [UInt8]? {
                position.map { position in
                    let field = Array(bytes[fields[position]])
                    return format == .commas && isMarked(field[...]) ? Array(field.dropFirst()) : field
                }
            }
            try items.append(
                label: field(columns.label), source: field(columns.source), group: field(columns.group),
                rules: rules, path: path, line: line)
            // Of a label without digits no spreadsheet makes a number.
            if format == .commas, rules.label == nil, let written = columns.label.map({ bytes[fields[$0]] }),
                written.contains(where: { (0x30...0x39).contains($0) })
            {
                labels.add(
                    items.text(items.label(items.count - 1)), isMarked: isMarked(written), in: path,
                    line: line)
            }
            if rules.readsIDs, let position = columns.id {
                let text = Self.text(bytes, fields[position])
                guard let id = ItemRules.id(text) else {
                    throw .badID(path: path, line: line, id: String(text.prefix(60)))
                }
                guard id <= Item.largestID else { throw .idTooLarge(path: path, line: line, id: text) }
                items.ids.append(id)
            }
        }
        guard let columns else { throw .empty(path: path) }
        let names = [UInt8(ascii: ";"): "semicolons", UInt8(ascii: "\t"): "tabs"]
        return (
            items,
            ColumnRemarks(
                ignored: columns.ignored, missing: columns.missing,
                delimiter: format == .commas ? names[delimiter] : nil),
            labels
        )
    }

    /// Appends an item after looking whether it can be one; nil stands for what is not given.
    mutating func append(
        label: [UInt8]?, source: [UInt8]?, group: [UInt8]?, rules: ItemRules, path: String, line: Int
    ) throws(ExchangeError) {
        let label = Self.composed(rules.label ?? label ?? ItemRules.unlabelled)
        guard (1...NewItem.longestLabel).contains(label.count) else {
            throw .badLabel(path: path, line: line, bytes: label.count, limit: NewItem.longestLabel)
        }
        let source = source ?? rules.source(ofRow: count)
        guard !source.isEmpty else { throw .emptySource(path: path, line: line) }
        if label.contains(0) || source.contains(0) || group?.contains(0) == true {
            throw .malformed(
                path: path, line: line, reason: "a label, source or group holds the character 0; leave it out"
            )
        }
        append(label: label, source: source, group: Self.composed(group ?? []))
        lines.append(line)
    }

    /// In normal form C, as labels and groups are kept.
    private static func composed(_ text: [UInt8]) -> [UInt8] {
        text.allSatisfy { $0 < 0x80 } ? text : Array(String(decoding: text, as: UTF8.self).composed.utf8)
    }

    private static func text(
        _ bytes: UnsafeMutableBufferPointer<UInt8>, _ range: Range<Int>
    ) -> String { String(decoding: bytes[range], as: UTF8.self) }
}

/// What items are where their file does not say it, and what it says in vain.
struct ItemRules: Sendable {
    /// Of all items, whatever the file says.
    let label: [UInt8]?
    /// Whether the file's ids count.
    let readsIDs: Bool
    /// An item's source is this and its row in the file, from 0.
    private let source: [UInt8]
    /// The row of a list's first item.
    var firstRow = 0

    static let unlabelled = Array("unlabelled".utf8)

    init(label: String?, source: String, readsIDs: Bool) {
        self.label = label.map { Array($0.composed.utf8) }
        self.source = Array(source.utf8) + [UInt8(ascii: "#")]
        self.readsIDs = readsIDs
    }

    /// A number from 1; nil if the text is none. One that is too large for a computer's numbers is the largest of them.
    static func id(_ text: String) -> UInt64? {
        if let id = UInt64(text) { return id > 0 ? id : nil }
        return !text.isEmpty && text.utf8.allSatisfy { 0x30...0x39 ~= $0 } ? .max : nil
    }

    func source(ofRow row: Int) -> [UInt8] { source + "\(firstRow + row)".utf8 }
}

/// What is worth knowing of the columns of a file of items.
public struct ColumnRemarks: Sendable, Equatable {
    /// Columns that say nothing an item has.
    public var ignored: [String] = []
    /// Columns that items can have and these lack.
    public var missing: [String] = []
    /// What separates the fields of a CSV file, where that is not commas: "semicolons".
    public var delimiter: String?
}

/// Which column holds what.
private struct Columns {
    var id: Int?
    var label: Int?
    var source: Int?
    var group: Int?
    var count = 1
    var ignored: [String] = []

    static let known = ["label", "source", "group", "id"]

    var missing: [String] { zip(Self.known, [label, source, group, id]).filter { $1 == nil }.map(\.0) }

    /// Labels alone.
    init() { label = 0 }

    init(_ names: [String], path: String) throws(ExchangeError) {
        count = names.count
        func use(_ column: inout Int?, _ position: Int) throws(ExchangeError) {
            guard column == nil else {
                throw .repeatedColumn(path: path, column: names[position])
            }
            column = position
        }
        for (position, name) in names.enumerated() {
            switch name.lowercased() {
            case "id": try use(&id, position)
            case "label": try use(&label, position)
            case "source": try use(&source, position)
            case "group": try use(&group, position)
            default: ignored.append(name)
            }
        }
        guard ignored.count < count else { throw .noColumn(path: path, found: ignored) }
    }
}

private func isMarked(_ field: some Collection<UInt8>) -> Bool {
    guard field.first == UInt8(ascii: "'") else { return false }
    let text = String(decoding: field, as: UTF8.self)
    return SpreadsheetCell.unmarked(text) != text
}
