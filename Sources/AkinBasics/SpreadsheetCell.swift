/// Texts as cells of a spreadsheet, which makes numbers, dates and formulas of some: of `007` a 7, of `3/4` a day in spring or 0.75, of
/// `=1+1` a 2. Such a text gets an apostrophe before it, which leaves it alone; one before a plain number is taken for that, too. An apostrophe
/// before anything else, as in `'s-Hertogenbosch`, is part of the text.
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
        // A marked text may be marked once more, as often as one likes.
        let text = String(Substring(cell.utf8.drop { $0 == UInt8(ascii: "'") }))
        guard isChanged(text) || isPlainInteger(text) || isError(text) else { return cell }
        return String(Substring(cell.utf8.dropFirst()))
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

    /// Whether a cell may be what a spreadsheet has made of a text: the same number written otherwise, a date of the same numbers, what a
    /// formula comes to.
    package static func mayBeMade(_ cell: String, of text: String) -> Bool {
        guard cell != text, isChanged(text) else { return false }
        if isSameNumber(cell, as: text) || isError(cell) { return true }
        if truthValues.contains(text.lowercased()) { return truthValues.contains(cell.lowercased()) }
        if text.utf8.first == UInt8(ascii: "="), number(cell) != nil { return true }
        let (own, made) = (numbers(in: text), numbers(in: cell))
        guard own.count > 1 else { return false }
        // As a date, the days since 1900; as a fraction.
        let number = number(cell)
        if let number, 20_000...90_000 ~= number || number == (own[0] / own[1]) { return true }
        return isChanged(cell) && Set(own).isSubset(of: made)
    }

    /// Whether both are numbers and as large, whatever stands beside them: `$3` and `3`, `(5)` and `-5`, `50%` and `0.5`.
    package static func isSameNumber(_ cell: String, as text: String) -> Bool {
        guard let number = number(cell), let own = self.number(text) else { return false }
        return number == own || abs(number) == abs(own) && text.contains("(")
            || text.contains("%") && number * 100 == own
    }

    /// With a point or a comma before its decimals.
    static func number(_ text: String) -> Double? {
        let marks: Set<Character> = ["$", "€", "£", "¥", "%", "(", ")", " ", "\u{A0}"]
        return Double(text.filter { !marks.contains($0) }.replacing(",", with: "."))
    }

    /// All that stand in it, a month by its name as well.
    private static func numbers(in text: String) -> [Double] {
        let digits = text.split { !$0.isASCII || !$0.isNumber }.compactMap { Double(String($0)) }
        let words = text.lowercased().split { !$0.isLetter }.map(String.init).filter { $0.count >= 3 }
        let named = words.compactMap { word in months.firstIndex { $0.hasPrefix(word) } }
        return digits + named.map { Double($0 % 12 + 1) }
    }

    /// What a spreadsheet shows where a formula makes no sense.
    private static func isError(_ text: String) -> Bool { text.utf8.first == UInt8(ascii: "#") }

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

    /// In the languages of which people were seen to lose labels, or may: twelve of each.
    private static let months = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
        "november",
        "december", "januar", "februar", "märz", "april", "mai", "juni", "juli", "august", "september",
        "oktober", "november",
        "dezember", "jänner", "feber", "maerz", "april", "mai", "juni", "juli", "august", "september",
        "oktober", "november",
        "dezember", "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
        "octobre",
        "novembre", "décembre", "janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout",
        "septembre", "octobre",
        "novembre", "decembre", "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto",
        "septiembre",
        "octubre", "noviembre", "diciembre", "gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno",
        "luglio", "agosto",
        "settembre", "ottobre", "novembre", "dicembre", "januari", "februari", "maart", "april", "mei",
        "juni", "juli",
        "augustus", "september", "oktober", "november", "december",
    ]
}
