/// A word, a sign or a literal of a Swift source.
struct Token: Equatable {
    enum Kind { case word, sign, literal }

    var kind: Kind
    /// Of a literal what stands between its delimiters, as it is written.
    var text: String
    /// From 1; of a literal where it begins.
    var line: Int

    func isSign(_ sign: String) -> Bool { kind == .sign && text == sign }
    func isWord(_ word: String) -> Bool { kind == .word && text == word }
}

extension Array where Element == Token {
    /// Of a Swift source, without its comments. What is interpolated into a literal belongs to the literal.
    init(source: String) {
        var scanner = TokenScanner(source)
        scanner.scan()
        self = scanner.tokens
    }

    /// Where the bracket at `start` is closed; the last position if it never is.
    func end(ofBracketAt start: Int) -> Int {
        var depth = 0
        for position in start..<count where self[position].kind == .sign {
            if "([{".contains(self[position].text) { depth += 1 }
            if ")]}".contains(self[position].text) { depth -= 1 }
            if depth == 0 { return position }
        }
        return count - 1
    }
}
