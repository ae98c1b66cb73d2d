import AkinBasics
import AkinExchange
import Testing

@Suite struct SpreadsheetTableTests {
    /// Each of these was seen to be changed by a spreadsheet, or is like one that was.
    @Test(arguments: [
        "007", "00", "-0", "3/4", "1E5", "1e-3", "=1+1", "+49", "-x", "@home", "1.5", "1,5", "10 %", "$3",
        "€ 5", "12:30", "2024-01-02",
        "1234567890123456", "SEPT2", "MARCH1", "DEC1", "2 Mai", "1. März", "3 août", "TRUE", "falsch",
        "'007", "''007", "'12", "'#NAME?", "1 000", "5 pm",
        "\tx", "\u{2212}5 1",
    ]) func marksWhatWouldBeChanged(text: String) {
        let cell = SpreadsheetCell.marked(text)
        #expect(cell == "'" + text && SpreadsheetCell.unmarked(cell) == text)
    }

    @Test(arguments: [
        "", "abbot", "12", "0", "-5", "123456789012345", "12-8-Time", "A4", "Krez", "a=b", "x'", "page 12",
        "ms 3", "Köln 1",
    ])
    func leavesOthersAlone(text: String) {
        #expect(SpreadsheetCell.marked(text) == text && SpreadsheetCell.unmarked(text) == text)
    }

    /// What was seen to come back of a label; and what somebody else may mean.
    @Test(arguments: [
        ("007", "7"), ("1E5", "100000"), ("1E5", "1,00E+05"), ("3/4", "03.04.2026"), ("3/4", "4-Mar"),
        ("3/4", "3. Apr"), ("3/4", "46085"),
        ("3/4", "0.75"), ("=1+1", "2"), ("=x", "#NAME?"), ("SEPT2", "2-Sep"), ("TRUE", "WAHR"),
        ("1.5", "01. Mai"), ("12:30", "12:30:00 PM"),
        ("$3", "3"), ("(5)", "-5"), ("50%", "0.5"), ("Jan 5", "01/05/2026"),
    ]) func knowsWhatASpreadsheetMakes(text: String, cell: String) {
        #expect(SpreadsheetCell.mayBeMade(cell, of: text))
        // And as it is meant, it can be written.
        #expect(SpreadsheetCell.unmarked("'" + cell) == cell)
    }

    @Test(arguments: [
        ("2/4", "3/4"), ("king", "7"), ("2/4", "7"), ("2/4", "1.25"), ("007", "8"), ("$3", "4"), ("-", "7"),
        ("TRUE", "king"), ("3/4", "king"),
        ("12", "13"),
    ]) func knowsWhatItDoesNotMake(text: String, cell: String) {
        #expect(!SpreadsheetCell.mayBeMade(cell, of: text))
    }

    /// As a hostile table may have it.
    @Test func aMillionApostrophes() {
        let many = String(repeating: "'", count: 1_000_000)
        #expect(SpreadsheetCell.unmarked(many + "x") == many + "x")
        #expect(SpreadsheetCell.unmarked(many + "007").utf8.count == 1_000_002)
    }

    @Test func isCSV() {
        var table = SpreadsheetTable(columns: ["a", "b"])
        table.append([.text("one, \"two\""), .number(0.0123456)])
        table.append([.text("line\nbreak;x"), .empty])
        #expect(
            String(decoding: table.bytes.dropFirst(3), as: UTF8.self)
                == "a,b\r\n\"one, \"\"two\"\"\",0.0123\r\n\"line\nbreak;x\",\r\n")
    }
}
