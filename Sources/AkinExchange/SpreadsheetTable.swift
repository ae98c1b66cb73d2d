import AkinBasics
import Foundation

/// A table for spreadsheet programs: CSV with commas in UTF-8, with the mark at its beginning by which they know that.
public struct SpreadsheetTable: Sendable {
    /// The file's content so far.
    public private(set) var bytes: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// What stands in a cell.
    public enum Cell: Sendable {
        /// That very text: one that a spreadsheet would change is marked (`SpreadsheetCell`).
        case text(String)
        /// Rounded to three digits.
        case number(Float)
        /// With all its digits.
        case exact(Float)
        /// Nothing.
        case empty
    }

    /// With the names of its columns.
    public init(columns: [String]) { append(columns.map { .text($0) }) }

    /// One more row.
    public mutating func append(_ row: [Cell]) {
        let cells = row.map { cell in
            switch cell {
            case .text(let text): SpreadsheetCell.marked(text).quotedField
            case .number(let number): threeDigits(number)
            case .exact(let number):
                number == number.rounded() && abs(number) < 1e6 ? "\(Int(number))" : "\(number)"
            case .empty: ""
            }
        }
        bytes += Array(cells.joined(separator: ",").utf8) + [0x0D, 0x0A]
    }
}
