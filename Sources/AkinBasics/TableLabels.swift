/// The labels of a table that may have been edited in a spreadsheet.
package struct TableLabels: Sendable {
    /// One that a spreadsheet has probably made of another.
    package struct Change {
        /// As it stands there.
        package let label: String
        /// What it probably was.
        package let original: String
        /// In which file.
        package let table: String
        /// On which line it first stands, counted from 1.
        package let line: Int
    }

    private var unmarked: [String: (table: String, line: Int)] = [:]
    private var marked: Set<String> = []

    package init() {}

    /// Adds that of a line; `isMarked`: it bears a mark (`SpreadsheetCell`), so that it is what is meant.
    package mutating func add(_ label: String, isMarked: Bool, in table: String, line: Int) {
        if isMarked {
            marked.insert(label)
        } else if unmarked[label] == nil {
            unmarked[label] = (table, line)
        }
    }

    /// Those that a spreadsheet has probably made of a label that is known, or that bears a mark here; in the order of their lines.
    package func changes(besides known: some Sequence<String>) -> [Change] {
        let originals = SpreadsheetOriginals(marked.union(known))
        return unmarked.compactMap { label, place in
            originals.original(of: label).map {
                Change(label: label, original: $0, table: place.table, line: place.line)
            }
        }.sorted { $0.line < $1.line }
    }
}

/// Labels that a spreadsheet may have changed: to the same number, written otherwise.
package struct SpreadsheetOriginals: Sendable {
    private let labels: Set<String>
    private let byNumber: [Double: String]
    /// Those with a percent sign, by the number before it.
    private let byPercentage: [Double: String]

    /// Of labels that are known.
    package init(_ labels: some Sequence<String>) {
        self.labels = Set(labels)
        // Of a price it may be the number that is meant.
        let numbers = self.labels.sorted().compactMap { label in
            SpreadsheetCell.number(label).map { ($0, label) }
        }.filter { _, label in
            SpreadsheetCell.isChanged(label) && label.allSatisfy { $0.isASCII && $0 != "$" && $0 != "(" }
        }
        byNumber = Dictionary(numbers) { first, _ in first }
        byPercentage = Dictionary(numbers.filter { $0.1.contains("%") }) { first, _ in first }
    }

    /// The one of which this one was probably made; nil for one that is known itself.
    package func original(of label: String) -> String? {
        guard !labels.contains(label), let number = SpreadsheetCell.number(label) else { return nil }
        return byNumber[number] ?? byPercentage[number * 100]
    }
}
