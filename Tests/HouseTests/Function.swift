/// A function, initialiser, subscript or deinitialiser with a body.
struct Function: Equatable {
    var name: String
    /// Of the word that declares it.
    var line: Int
    /// From that line to that of the closing brace.
    var lines: Int
}

extension Array where Element == Token {
    /// All functions with a body, those within others too.
    var functions: [Function] {
        indices.compactMap { position in
            guard declaresFunction(at: position), let body = body(ofFunctionAt: position) else { return nil }
            let word = self[position]
            let name = word.text == "func" ? self[position + 1].text : word.text
            return Function(
                name: name, line: word.line, lines: self[end(ofBracketAt: body)].line - word.line + 1)
        }
    }

    private func declaresFunction(at position: Int) -> Bool {
        guard self[position].kind == .word, position + 1 < count else { return false }
        // A call names its type before the point; a label has a colon.
        let isMember = position > 0 && self[position - 1].isSign(".")
        switch self[position].text {
        case "func": return true
        case "init": return !isMember && ["(", "<", "?", "!"].contains(self[position + 1].text)
        case "subscript": return !isMember && ["(", "<"].contains(self[position + 1].text)
        case "deinit": return !isMember && self[position + 1].isSign("{")
        default: return false
        }
    }

    /// Where its opening brace stands; nil for a requirement of a protocol.
    private func body(ofFunctionAt start: Int) -> Int? {
        let ends: Set = [
            "func", "var", "let", "init", "subscript", "deinit", "case", "associatedtype", "typealias",
            "struct", "enum",
            "class", "protocol", "actor", "extension",
        ]
        var position = start + 1
        while position < count {
            switch (self[position].kind, self[position].text) {
            case (.sign, "{"): return position
            case (.sign, "("), (.sign, "["): position = end(ofBracketAt: position)
            case (.sign, "}"), (.sign, ";"): return nil
            case (.word, let word) where ends.contains(word): return nil
            default: break
            }
            position += 1
        }
        return nil
    }
}
