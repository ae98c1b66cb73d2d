import Yams

/// A name (`adam`), or a name with its settings (`sgd: {momentum: 0.9}`); where there is one main setting, its value
/// will do (`dropout: 0.25`).
struct RecipeVariant {
    let name: String
    let source: RecipeSource
    /// The keys that lead to its settings.
    let prefix: String
    let line: Int
    private let value: Node?

    /// nil where `node` is no such thing.
    init?(_ node: Node, source: RecipeSource, prefix: String) throws(RecipeError) {
        var (name, value) = (node.scalar?.string, Node?.none)
        if let mapping = node.mapping {
            let entries = try source.entries(of: mapping)
            guard entries.count == 1 else { return nil }
            (name, value) = (entries[0].key.scalar?.string, entries[0].value)
        }
        guard let name, !name.isEmpty else { return nil }
        self.name = name
        self.source = source
        self.prefix = "\(prefix)\(name)."
        line = node.mark?.line ?? 1
        self.value = value?.null == nil ? value : nil
    }

    var place: RecipeError.Place { source.place(line) }

    /// The settings; a bare value stands for `main`.
    func settings(_ main: String) throws(RecipeError) -> RecipeReader {
        guard let value else { return RecipeReader(source: source, prefix: prefix, line: line) }
        if value.mapping != nil { return try RecipeReader(source: source, prefix: prefix, node: value) }
        return RecipeReader(source: source, prefix: prefix, line: line, [main: value])
    }

    /// The settings of something that has no main one.
    func settings() throws(RecipeError) -> RecipeReader {
        if let value, value.mapping == nil { throw wrong(value, expected: "keys with values") }
        return try settings("")
    }

    func refuseSettings() throws(RecipeError) {
        guard let value, value.mapping?.isEmpty != true else { return }
        throw wrong(value, expected: "no settings")
    }

    private func wrong(_ value: Node, expected: String) -> RecipeError {
        .wrongValue(
            at: source.place(value.mark?.line ?? line), key: String(prefix.dropLast()), found: value.words,
            expected: expected)
    }
}
