/// A module that a file names with `import` or `canImport`.
struct Import: Equatable {
    var module: String
    var line: Int
}

extension Array where Element == Token {
    var imports: [Import] {
        let kinds: Set = [
            "struct", "class", "enum", "protocol", "actor", "typealias", "func", "let", "var",
        ]
        return indices.compactMap { position in
            if self[position].isWord("canImport"), position + 2 < count {
                return Import(module: self[position + 2].text, line: self[position].line)
            }
            guard self[position].isWord("import"), position + 1 < count,
                position == 0 || !self[position - 1].isSign(".")
            else { return nil }
            let isKind = kinds.contains(self[position + 1].text) && position + 2 < count
            let name = self[position + (isKind ? 2 : 1)]
            return name.kind == .word ? Import(module: name.text, line: name.line) : nil
        }
    }
}
