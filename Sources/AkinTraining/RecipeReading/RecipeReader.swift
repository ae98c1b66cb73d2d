import AkinBasics
import Yams

/// One group of keys of a recipe: brings what the keys say into the fields that they stand for, and looks whether what
/// is in these then makes sense. A field whose key is not there stays as it is.
///
/// So a recipe that was made in Swift is checked by reading nothing into it, and a default is what the field has before
/// it is read.
struct RecipeReader {
    let source: RecipeSource
    /// The keys that lead here, `data.test.`; empty at the top.
    let prefix: String
    let line: Int
    private let nodes: [String: Node]
    private let lines: [String: Int]
    /// The keys that there are, as far as they have been asked for.
    private(set) var asked: [String] = []

    init(source: RecipeSource, prefix: String, line: Int = 1, _ nodes: [String: Node] = [:]) {
        self.source = source
        self.prefix = prefix
        self.line = line
        self.nodes = nodes
        lines = nodes.mapValues { $0.mark?.line ?? line }
    }

    init(source: RecipeSource, prefix: String, node: Node) throws(RecipeError) {
        self.source = source
        self.prefix = prefix
        line = node.mark?.line ?? 1
        let place = prefix.isEmpty ? "the recipe" : String(prefix.dropLast())
        guard let mapping = node.mapping else {
            throw .wrongValue(
                at: source.place(line), key: place, found: node.words, expected: "keys with values")
        }
        var nodes: [String: Node] = [:]
        var lines: [String: Int] = [:]
        for (key, value) in try source.entries(of: mapping) {
            guard let name = key.scalar?.string else {
                throw .wrongValue(
                    at: source.place(key.mark?.line ?? line), key: "a key of \(place)", found: key.words,
                    expected: "a text")
            }
            nodes[name] = value
            lines[name] = key.mark?.line ?? 1
        }
        self.nodes = nodes
        self.lines = lines
    }

    /// Whether the key is there.
    func has(_ key: String) -> Bool { nodes[key] != nil }

    /// Whether the key is there, and no other.
    func hasOnly(_ key: String) -> Bool { Array(nodes.keys) == [key] }

    /// Where the key is.
    func place(_ key: String) -> RecipeError.Place { source.place(lines[key] ?? line) }

    /// That a key has a wrong value; `value` is what its field has.
    func wrong(_ key: String, _ value: Any, expected: String) -> RecipeError {
        let words = nodes[key]?.words ?? (source.isText ? "missing" : String(describing: value))
        return .wrongValue(at: place(key), key: prefix + key, found: words, expected: expected)
    }

    mutating func node(_ key: String) -> Node? {
        if !asked.contains(key) { asked.append(key) }
        return nodes[key]
    }

    /// The group under a key, an empty one where there is none.
    mutating func group(_ key: String) throws(RecipeError) -> RecipeReader {
        let inner = prefix + key + "."
        guard let node = node(key) else { return RecipeReader(source: source, prefix: inner, line: line) }
        return try RecipeReader(source: source, prefix: inner, node: node)
    }

    /// A name, or a name with its settings. nil where the key is not there.
    mutating func variant(_ key: String, expected: String) throws(RecipeError) -> RecipeVariant? {
        guard let node = node(key) else { return nil }
        guard let variant = try RecipeVariant(node, source: source, prefix: prefix + key + ".") else {
            throw wrong(key, "", expected: expected)
        }
        return variant
    }

    // MARK: Keys

    /// Reads a key into its field: `parse` makes nil of what is no such value. `isValid` is asked of what is there then.
    mutating func read<Value>(
        _ key: String, into value: inout Value, expected: String, _ parse: (Node) -> Value?,
        isValid: (Value) -> Bool = { _ in true }
    ) throws(RecipeError) {
        if let node = node(key) {
            guard let read = parse(node) else { throw wrong(key, value, expected: expected) }
            value = read
        }
        guard isValid(value) else { throw wrong(key, value, expected: expected) }
    }

    /// The same of a field that may be without a value.
    mutating func readOptional<Value>(
        _ key: String, into value: inout Value?, expected: String, _ parse: (Node) -> Value?,
        isValid: (Value) -> Bool
    ) throws(RecipeError) {
        if let node = node(key) {
            guard let read = parse(node) else { throw wrong(key, value as Any, expected: expected) }
            value = read
        }
        guard let value, !isValid(value) else { return }
        throw wrong(key, value, expected: expected)
    }

    /// That a key which has no default is there. What was made in Swift has one.
    func require(_ keys: String...) throws(RecipeError) {
        for key in keys where source.isText && !has(key) { throw missing(key) }
    }

    /// That a key has to be there; or that it is misspelt, where a key that nobody has asked for yet looks like it.
    func missing(_ key: String) -> RecipeError {
        guard let unknown = firstUnasked({ nearest(to: $0, in: [key]) != nil }) else {
            return .missingKey(path: source.path, key: prefix + key)
        }
        return .unknownKey(
            at: place(unknown), key: prefix + unknown, nearest: prefix + key, known: [prefix + key])
    }

    private func firstUnasked(_ isMeant: (String) -> Bool = { _ in true }) -> String? {
        nodes.keys.filter {
            !asked.contains($0) && !source.ignored.contains(prefix + $0) && isMeant($0)
        }.min { (lines[$0]!, $0) < (lines[$1]!, $1) }
    }

    /// To be called when all keys have been asked for.
    func finish() throws(RecipeError) {
        guard let unknown = firstUnasked() else { return }
        throw .unknownKey(
            at: place(unknown), key: prefix + unknown,
            nearest: nearest(to: unknown, in: asked).map { prefix + $0 }, known: asked.map { prefix + $0 })
    }
}
