/// Cuts a Swift source into tokens. It knows strings of all kinds, comments and regular expressions, since a brace or
/// a word in one of them counts for nothing, and little else of the language.
struct TokenScanner {
    private let bytes: [UInt8]
    private var position = 0
    private var line = 1
    private(set) var tokens: [Token] = []

    init(_ source: String) { bytes = Array(source.utf8) }

    /// To the end, or to the parenthesis that closes an interpolation.
    mutating func scan(interpolation: Bool = false) {
        var depth = 0
        while position < bytes.count {
            let byte = bytes[position]
            if " \t\r\n".utf8.contains(byte) {
                advance(1)
            } else if starts(with: "//") {
                while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { position += 1 }
            } else if starts(with: "/*") {
                skipComment()
            } else if let hashes = hashes(before: "\"") {
                scanString(hashes: hashes)
            } else if let hashes = hashes(before: "/"), hashes > 0 || beginsExpression {
                scanExpression(hashes: hashes)
            } else if isOfWord(byte) {
                scanWord()
            } else {
                append(.sign, from: position, to: position + 1)
                advance(1)
                guard interpolation else { continue }
                if byte == UInt8(ascii: "(") { depth += 1 }
                if byte == UInt8(ascii: ")") { depth -= 1 }
                if depth == 0 { return }
            }
        }
    }

    private mutating func advance(_ count: Int) {
        let end = min(position + count, bytes.count)
        line += bytes[position..<end].count { $0 == UInt8(ascii: "\n") }
        position = end
    }

    private mutating func append(_ kind: Token.Kind, from start: Int, to end: Int, line: Int? = nil) {
        let text = String(decoding: bytes[start..<max(start, min(end, bytes.count))], as: UTF8.self)
        tokens.append(Token(kind: kind, text: text, line: line ?? self.line))
    }

    private func starts(with text: String, at place: Int? = nil) -> Bool {
        bytes[(place ?? position)...].starts(with: text.utf8)
    }

    private func isOfWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "`"), 128...:
            true
        default: false
        }
    }

    private mutating func scanWord() {
        let start = position
        while position < bytes.count, isOfWord(bytes[position]) { position += 1 }
        append(.word, from: start, to: position)
    }

    /// Comments may stand within comments.
    private mutating func skipComment() {
        var depth = 0
        repeat {
            if starts(with: "/*") {
                depth += 1
                advance(2)
            } else if starts(with: "*/") {
                depth -= 1
                advance(2)
            } else {
                advance(1)
            }
        } while depth > 0 && position < bytes.count
    }

    /// How many `#` stand here before `delimiter`; nil where something else follows.
    private func hashes(before delimiter: String) -> Int? {
        let hashes = bytes[position...].prefix { $0 == UInt8(ascii: "#") }.count
        return starts(with: delimiter, at: position + hashes) ? hashes : nil
    }

    private mutating func scanString(hashes: Int) {
        let first = line
        advance(hashes)
        let isLong = starts(with: "\"\"\"")
        let quotes = isLong ? "\"\"\"" : "\""
        let end = quotes + String(repeating: "#", count: hashes)
        let escape = "\\" + String(repeating: "#", count: hashes)
        advance(quotes.count)
        let start = position
        while position < bytes.count, !starts(with: end) {
            // A string that its line does not close is none: the rest is read as usual.
            if !isLong, bytes[position] == UInt8(ascii: "\n") { break }
            if !starts(with: escape) {
                advance(1)
            } else if starts(with: escape + "(") {
                advance(escape.count)
                let kept = tokens.count
                scan(interpolation: true)
                tokens.removeSubrange(kept...)
            } else {
                advance(escape.count + 1)
            }
        }
        append(.literal, from: start, to: position, line: first)
        if starts(with: end) { advance(end.count) }
    }

    /// Whether the `/` here begins a regular expression: it stands where no operator can, and its line closes it.
    private var beginsExpression: Bool {
        if let last = tokens.last {
            let isBefore =
                last.kind == .sign
                ? "(,=[:{;".contains(last.text) : ["return", "in", "try", "case"].contains(last.text)
            guard isBefore, last.kind != .literal else { return false }
        }
        guard position + 1 < bytes.count, !" \t\n)".utf8.contains(bytes[position + 1]) else { return false }
        return endOfExpression(from: position + 1, closedBy: "/") != nil
    }

    /// Where `end` stands on this line, but for escaped signs.
    private func endOfExpression(from start: Int, closedBy end: String) -> Int? {
        var place = start
        while place < bytes.count, bytes[place] != UInt8(ascii: "\n") {
            if starts(with: end, at: place) { return place }
            place += bytes[place] == UInt8(ascii: "\\") ? 2 : 1
        }
        return nil
    }

    /// With `#` it may go over several lines.
    private mutating func scanExpression(hashes: Int) {
        let first = line
        let end = "/" + String(repeating: "#", count: hashes)
        advance(hashes + 1)
        let start = position
        if hashes == 0 {
            position = endOfExpression(from: start, closedBy: end) ?? start
        } else {
            while position < bytes.count, !starts(with: end) { advance(1) }
        }
        append(.literal, from: start, to: position, line: first)
        advance(end.utf8.count)
    }
}
