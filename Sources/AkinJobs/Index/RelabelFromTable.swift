import AkinBasics
import AkinExchange
import AkinIndexing
import AkinItems
import Foundation

/// Gives items of an index the labels that a table has for them, one that `ExportItems` has written and somebody has corrected: all of
/// them or, where something is wrong with one, none. What each was made from stays known, so nothing is embedded again.
public struct RelabelFromTable: Job {
    /// Of which.
    public var index: IndexPlace
    /// The table: CSV with commas, semicolons or tabs, or TSV, with the columns `label` and `id` or `source`.
    public var table: String
    /// Whether nothing is changed, and only told what would be.
    public var isTrial: Bool

    /// What was changed, or would be.
    public struct Result: Encodable, Sendable {
        /// How many items have another label now.
        public let relabelled: Int
        /// How many rows say what is so already.
        public let unchanged: Int
        /// By ascending number of the item.
        public let changes: [Change]
        /// Whether it was only tried; nil where it was done.
        public let isTrial: Bool?

        private enum CodingKeys: String, CodingKey {
            case relabelled, unchanged, changes
            case isTrial = "dry_run"
        }

        /// Of one item.
        public struct Change: Encodable, Sendable {
            /// Its number.
            public let id: UInt64
            /// Where it comes from.
            public let source: Source
            /// Its label before.
            public let from: String
            /// And from now on.
            public let to: String
        }
    }

    /// What is to be taken from where.
    public init(_ table: String, of index: IndexPlace, isTrial: Bool = false) {
        (self.table, self.index, self.isTrial) = (table, index, isTrial)
    }

    /// Does it, as one change of the index.
    ///
    /// - Throws: `ExchangeError` where the file is no such table; `JobError.row` where a row names no item, or has a label that looks like
    ///   what a spreadsheet makes of another.
    @discardableResult
    public func run(_ monitor: Monitor) throws -> Result {
        let rows = try LabelTable(contentsOf: table).rows
        return try isTrial
            ? relabel(rows, in: index.reading(), monitor)
            : index.changing(monitor) { try relabel(rows, in: $0, monitor) }
    }

    private func relabel(
        _ rows: [LabelTable.Row], in index: EmbeddingIndex, _ monitor: Monitor
    ) throws -> Result {
        let labels = Set(try index.stats().labels.keys)
        var changes: [UInt64: (line: Int, change: Result.Change)] = [:]
        var wrong: [(line: Int, problem: TableProblem)] = []
        let originals = SpreadsheetOriginals(labels.union(rows.filter(\.isMarked).map(\.label)))
        for row in rows {
            do throws(TableProblem) {
                let item = try item(of: row, in: index)
                try check(row, of: item, originals)
                // Blanks about a label cannot be seen in a table, and are not read from it.
                let isOwn = item.label.trimmingCharacters(in: .whitespaces) == row.label
                let label = isOwn ? item.label : row.label
                let change = Result.Change(id: item.id, source: item.source, from: item.label, to: label)
                if let (line, first) = changes.updateValue((row.line, change), forKey: item.id),
                    first.to != label
                {
                    throw .labelledTwice(first: line, first.to, label)
                }
            } catch { wrong.append((row.line, error)) }
        }
        if let first = wrong.first {
            throw JobError.row(table, first.line, first.problem, alsoWrong: wrong.dropFirst().map(\.line))
        }
        let made = changes.values.map(\.change).filter { $0.from != $0.to }.sorted { $0.id < $1.id }
        monitor.noteNewLabels(Set(made.map(\.to)).subtracting(labels), besides: labels)
        if !isTrial, !made.isEmpty {
            try index.write(PendingChange(.relabel, "\(counted(made.count, "item")) by \(table)")) { writer in
                for change in made {
                    guard try writer.relabelItem(change.id, to: change.to) else {
                        throw GalleryError.unknownItem(id: change.id)
                    }
                }
            }
            try monitor.afterChange {
                try monitor.noteCalibration(of: index, relabelled: made.count)
                try monitor.keepFit(of: index)
            }
        }
        return Result(
            relabelled: made.count, unchanged: changes.count - made.count, changes: made,
            isTrial: isTrial ? true : nil)
    }

    /// By its number; or by where it comes from. Both have to fit.
    private func item(of row: LabelTable.Row, in index: EmbeddingIndex) throws(TableProblem) -> Item {
        if let id = row.id {
            guard let item = try? index.item(id) else { throw .noItem("\(id)") }
            if let source = row.source, item.source.path != source {
                throw .otherSource(id: id, source, is: item.source)
            }
            return item
        }
        let source = row.source ?? ""
        for path in [source, absolutePath(source)] {
            if let item = try? index.item(source: Source(path)) { return item }
        }
        throw .noItem(source)
    }

    /// Refuses what somebody's spreadsheet has probably made of a label.
    private func check(
        _ row: LabelTable.Row, of item: Item, _ originals: SpreadsheetOriginals
    ) throws(TableProblem) {
        guard row.label.utf8.count <= NewItem.longestLabel else {
            throw .tooLong(limit: NewItem.longestLabel)
        }
        guard !row.isMarked, row.label != item.label else { return }
        if SpreadsheetCell.mayBeMade(row.label, of: item.label) {
            throw .changedBySpreadsheet(row.label, of: item.label)
        }
        let isLost = zip(row.label, item.label).allSatisfy { $0 == $1 || $0 == "?" && !$1.isASCII }
        if isLost, row.label.count == item.label.count { throw .lostLetters(row.label, of: item.label) }
        if let label = originals.original(of: row.label) {
            throw .changedBySpreadsheet(row.label, of: label)
        }
    }
}

/// What is wrong with a row of a table.
public enum TableProblem: ExplainedError, Hashable, Sendable {
    /// It names an item by this number or source, and there is none.
    case noItem(String)
    /// The item of this number comes from elsewhere.
    case otherSource(id: UInt64, String, is: Source)
    /// A row before has another label for the item.
    case labelledTwice(first: Int, String, String)
    /// Its label looks like what a spreadsheet makes of one that there is.
    case changedBySpreadsheet(String, of: String)
    /// In its label question marks stand for letters, as where a table was not saved as UTF-8.
    case lostLetters(String, of: String)
    /// Its label has more bytes than this.
    case tooLong(limit: Int)
}

extension TableProblem {
    /// What it is; what to do.
    public var description: String {
        switch self {
        case .noItem(let name): "the index has no item '\(name)'; export the table anew, or take the row out"
        case .otherSource(let id, let source, let found):
            "item \(id) comes from '\(found)', not from '\(source)'; take out the column source if its picture was only moved since, "
                + "or else export the table anew"
        case .labelledTwice(let first, let one, let other):
            "the item is '\(one)' on line \(first) and '\(other)' here; take one of them out"
        case .changedBySpreadsheet(let cell, let label):
            "'\(cell)' looks like what a spreadsheet makes of '\(label)'; if it is meant, write it as '\(cell) with an apostrophe "
                + "before it, or else write '\(label) so"
        case .lostLetters(let label, let own):
            "'\(label)' is '\(own)' with letters lost; save the table as UTF-8"
        case .tooLong(let limit): "the label has more than \(limit) bytes; write a shorter one"
        }
    }
}
