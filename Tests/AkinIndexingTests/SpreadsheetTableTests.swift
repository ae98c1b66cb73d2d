import AkinBasics
import AkinExchange
import Testing

@Suite struct SpreadsheetTableTests {
    /// Each of these was seen to be changed by a spreadsheet, or is like one that was.
    @Test(arguments: [
        "007", "00", "-0", "3/4", "1E5", "1e-3", "=1+1", "+49", "-x", "@home", "1.5", "1,5", "10 %", "$3",
        "€ 5", "12:30", "2024-01-02",
        "1234567890123456", "SEPT2", "MARCH1", "DEC1", "2 Mai", "1. März", "3 août", "TRUE", "falsch",
        "'007", "''007", "1 000", "5 pm",
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

    @Test func isCSV() {
        var table = SpreadsheetTable(columns: ["a", "b"])
        table.append([.text("one, \"two\""), .number(0.0123456)])
        table.append([.text("line\nbreak;x"), .empty])
        #expect(
            String(decoding: table.bytes.dropFirst(3), as: UTF8.self)
                == "a,b\r\n\"one, \"\"two\"\"\",0.0123\r\n\"line\nbreak;x\",\r\n")
    }
}
