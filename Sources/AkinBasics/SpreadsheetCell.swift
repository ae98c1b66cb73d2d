/// Texts as cells of a spreadsheet, which makes numbers, dates and formulas of some: of `007` a 7, of `3/4` a day in spring or 0.75, of
/// `=1+1` a 2. Such a text gets an apostrophe before it, which leaves it alone. An apostrophe before anything else, as in
/// `'s-Hertogenbosch`, is part of the text.
package enum SpreadsheetCell {
    /// The text as it is written into a cell.
    package static func marked(_ text: String) -> String {
        isChanged(text) || unmarked(text) != text ? "'" + text : text
    }

    /// The text as it is written where no spreadsheet is to be feared: marked only where it would be taken for a marked one.
    package static func escaped(_ text: String) -> String { unmarked(text) != text ? "'" + text : text }

    /// What is meant by a cell.
    package static func unmarked(_ cell: String) -> String {
        guard cell.utf8.first == UInt8(ascii: "'") else { return cell }
        let rest = String(cell.dropFirst())
        return isChanged(rest) || unmarked(rest) != rest ? rest : cell
    }

    /// Whether a spreadsheet, of whatever language, may take a text for something else.
    package static func isChanged(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first else { return false }
        if first == "'" { return false }
        if isPlainInteger(text) { return false }
        if "=+-@\t\r".unicodeScalars.contains(first) { return true }
        let lowered = text.lowercased()
        if truthValues.contains(lowered) { return true }
        guard text.unicodeScalars.contains(where: { ("0"..."9").contains($0) }) else { return false }
        // Of letters there is nothing, or what stands in numbers, times and dates.
        let isNumber = !first.properties.isAlphabetic
        return lowered.split { !$0.isLetter }.allSatisfy { word in
            isNumber && inNumbers.contains(word)
                || word.count >= 3 && months.contains { $0.hasPrefix(word) }
        }
    }

    /// Whether a cell may be what a spreadsheet has made of a text: a number that is as large, or a date; and any number, date or error
    /// where the text was no number.
    package static func mayBeMade(_ cell: String, of text: String) -> Bool {
        guard cell != text, isChanged(text) else { return false }
        if let number = number(text) {
            return Self.number(cell).map { $0 == number } ?? isChanged(cell)
        }
        return isChanged(cell) || isPlainInteger(cell) || cell.utf8.first == UInt8(ascii: "#")
            || cell.lowercased() == text.lowercased()
    }

    /// With a point or a comma before its decimals.
    private static func number(_ text: String) -> Double? { Double(text.replacing(",", with: ".")) }

    private static let inNumbers: Set<Substring> = ["e", "am", "pm", "a", "p", "h", "t", "z"]

    /// One that comes back as it was: without zeros before it, and not so long that digits are lost.
    private static func isPlainInteger(_ text: String) -> Bool {
        let digits = text.utf8.first == UInt8(ascii: "-") ? text.utf8.dropFirst() : text.utf8[...]
        return (1...15).contains(digits.count) && digits.allSatisfy { (0x30...0x39).contains($0) }
            && (digits.first != 0x30 || text == "0")
    }

    private static let truthValues: Set = [
        "true", "false", "wahr", "falsch", "vrai", "faux", "verdadero", "falso", "vero", "waar", "onwaar",
        "sant", "usant",
    ]

    /// In the languages of which people were seen to lose labels, or may.
    private static let months = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
        "november", "december", "januar", "jänner", "februar", "märz", "maerz", "mai", "juni", "juli",
        "oktober",
        "dezember", "janvier", "février", "fevrier", "mars", "avril", "juin", "juillet", "août", "aout",
        "septembre",
        "octobre", "novembre", "décembre", "decembre", "enero", "febrero", "marzo", "abril", "mayo", "junio",
        "julio",
        "agosto", "septiembre", "octubre", "noviembre", "diciembre", "gennaio", "febbraio", "aprile",
        "maggio", "giugno",
        "luglio", "settembre", "ottobre", "dicembre", "januari", "februari", "maart", "mei", "augustus",
    ]
}
