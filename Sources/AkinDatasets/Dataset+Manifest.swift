import AkinBasics
import AkinImages
import Foundation
import SwiftCSV

extension Dataset {
    /// A CSV file with the columns `path` and `label`, and `group` and `split` if it likes, in any order, named in
    /// its first line. Paths count from the manifest's folder. UTF-8, fields quoted where they hold commas.
    ///
    /// Fields may be separated by semicolons or tabs as well, and there may be other columns: `remarks` says so. Files
    /// that are not there are skipped, with the number of their line.
    public init(manifest: String) throws(DatasetError) {
        let path = absolutePath(manifest)
        let reader = try ManifestReader(path)
        let folder = path[..<path.utf8.lastIndex(of: UInt8(ascii: "/"))!]
        var samples: [Sample] = []
        var skipped: [Skipped] = []
        var lines: [Source: Int] = [:]
        var labels = TableLabels()
        for (line, fields) in reader.rows {
            func field(_ column: String) throws(DatasetError) -> String {
                let value = name(fields[reader.columns[column]!], of: column)
                if value.isEmpty { throw .emptyField(path: path, line: line, column: column) }
                return value
            }
            func optionalField(_ column: String) -> String? {
                reader.columns[column].map { name(fields[$0], of: column) }.flatMap { $0.isEmpty ? nil : $0 }
            }
            let file = try field("path")
            let sample = Sample(
                file: file.utf8.first == UInt8(ascii: "/") ? file : folder + "/" + file,
                label: try field("label"),
                group: optionalField("group"), split: optionalField("split"))
            let written = fields[reader.columns["label"]!]
            labels.add(
                sample.label, isMarked: SpreadsheetCell.unmarked(written) != written, in: manifest, line: line
            )
            if let first = lines.updateValue(line, forKey: sample.source) {
                throw .repeatedPath(path: path, line: line, first: first, name: file)
            }
            do throws(FileError) {
                try Self.check(sample.source.path)
                samples.append(sample)
            } catch {
                skipped.append(Skipped(source: sample.source, reason: "line \(line) of \(path): \(error)"))
            }
        }
        self.init(samples: samples, skipped: skipped, remarks: reader.remarks)
        tableLabels = labels
    }
}

/// The header and the rows of a manifest, with the lines on which they begin.
private struct ManifestReader {
    static let known = ["path", "label", "group", "split"]

    /// The position of each column.
    private(set) var columns: [String: Int] = [:]
    private(set) var rows: [(line: Int, fields: [String])] = []
    private(set) var remarks: [DatasetRemark] = []

    init(_ path: String) throws(DatasetError) {
        let text = try Self.text(path)
        let delimiter = Self.delimiter(text)
        if let name = delimiter.name, !path.lowercased().hasSuffix(".tsv") {
            remarks.append(.delimiter(path: path, name))
        }
        var records = try Self.records(text, delimiter.character, path)
        guard !records.isEmpty else { throw .emptyManifest(path: path) }
        let header = records.removeFirst().fields
        var others: [String] = []
        for (position, written) in header.enumerated() {
            let name = Self.column(written)
            if !Self.known.contains(name) {
                others.append(written.isEmpty ? "column \(position + 1)" : written)
            } else if columns.updateValue(position, forKey: name) != nil {
                throw .repeatedColumn(path: path, column: name)
            }
        }
        for name in ["path", "label"] where columns[name] == nil {
            throw .missingColumn(
                path: path, column: name,
                meant: others.first { ColumnName.meant(by: $0, among: [name]) != nil })
        }
        if !others.isEmpty {
            let missing = Self.known.filter { columns[$0] == nil }
            remarks.append(.ignoredColumns(path: path, others, missing: missing))
        }
        guard !records.isEmpty else { throw .emptyManifest(path: path) }
        for record in records where record.fields.count != header.count {
            throw .wrongFieldCount(
                path: path, line: record.line, expected: header.count, found: record.fields.count)
        }
        rows = records
    }

    /// As columns are compared.
    private static func column(_ name: String) -> String {
        name.trimmingCharacters(in: .whitespaces).lowercased()
    }

    /// What separates the fields, and what it is called unless it is the comma: that by which the first line has the
    /// most columns that are known, or may be meant.
    private static func delimiter(_ text: String) -> (character: CSVDelimiter, name: String?) {
        let first = text.drop { isEndOfLine($0) }.prefix { !isEndOfLine($0) }
        func columns(_ delimiter: Character) -> Int {
            first.split(separator: delimiter).count { field in
                ColumnName.meant(by: column(field.trimmingCharacters(in: ["\""])), among: Self.known) != nil
            }
        }
        let (commas, semicolons, tabs) = (columns(","), columns(";"), columns("\t"))
        if semicolons > max(commas, tabs) { return (.semicolon, "semicolons") }
        return tabs > commas ? (.tab, "tabs") : (.comma, nil)
    }

    private static func text(_ path: String) throws(DatasetError) -> String {
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try FileBytes.read(path, limit: 1 << 30)
        } catch {
            throw .file(path: path, error)
        }
        let hasMark = bytes.starts(with: [0xEF, 0xBB, 0xBF])
        guard var text = String(validating: bytes.dropFirst(hasMark ? 3 : 0), as: UTF8.self),
            !text.contains("\0")
        else { throw .notText(path: path) }
        // Without an end of line SwiftCSV loses an empty last field.
        if let last = text.last, !isEndOfLine(last) { text.append("\n") }
        return text
    }

    private static func records(
        _ text: String, _ delimiter: CSVDelimiter, _ path: String
    ) throws(DatasetError) -> [(line: Int, fields: [String])] {
        var records: [(line: Int, fields: [String])] = []
        var line = 1
        do {
            // No rows here: the view would fill up those that are too short, which are errors to us.
            let csv = try EnumeratedCSV(string: text, delimiter: delimiter, loadColumns: false, rowLimit: 0)
            try csv.enumerateAsArray(startAt: 0, rowLimit: nil) { fields in
                if fields != [""] { records.append((line, fields)) }
                line += 1 + fields.reduce(0) { $0 + $1.count(where: isEndOfLine) }
            }
        } catch CSVParseError.quotation(let message), CSVParseError.generic(let message) {
            throw .malformedManifest(path: path, line: line, reason: message)
        } catch {
            throw .malformedManifest(path: path, line: line, reason: "\(error)")
        }
        // In a whole file quotation marks come in pairs; SwiftCSV does not notice one that is never closed.
        guard text.utf8.count(where: { $0 == UInt8(ascii: "\"") }) % 2 == 0 else {
            throw .malformedManifest(
                path: path, line: records.last?.line ?? 1, reason: "a quotation mark is never closed")
        }
        return records
    }
}

/// What is meant by a field; without blanks behind it, but for a path: one before it is lost in the reading, and one behind it would make
/// another label of it that looks the same.
private func name(_ field: String, of column: String) -> String {
    var field = field[...]
    while column != "path", field.last == " " || field.last == "\t" { field.removeLast() }
    return SpreadsheetCell.unmarked(String(field))
}

/// As SwiftCSV sees it.
private func isEndOfLine(_ character: Character) -> Bool {
    character == "\n" || character == "\r\n" || character == "\r"
}
