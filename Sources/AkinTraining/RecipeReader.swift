import AkinBasics
import AkinDatasets
import AkinTensors
import Yams

/// One mapping of a recipe while it is read: hands out its values by key, and `finish` refuses what nobody asked for.
struct RecipeReader {
    let source: RecipeSource
    /// The keys that lead here, `data.test.`; empty at the top.
    let prefix: String
    let line: Int
    private let nodes: [String: Node]
    private let lines: [String: Int]
    private var asked: [String] = []

    init(source: RecipeSource, prefix: String, line: Int, _ nodes: [String: Node]) {
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

    /// Where the key is.
    func place(_ key: String) -> RecipeError.Place { source.place(lines[key] ?? line) }

    func wrong(_ key: String, expected: String) -> RecipeError {
        .wrongValue(
            at: place(key), key: prefix + key, found: nodes[key]?.words ?? "missing", expected: expected)
    }

    mutating func node(_ key: String) -> Node? {
        if !asked.contains(key) { asked.append(key) }
        return nodes[key]
    }

    mutating func mapping(_ key: String) throws(RecipeError) -> RecipeReader? {
        guard let node = node(key) else { return nil }
        return try RecipeReader(source: source, prefix: prefix + key + ".", node: node)
    }

    /// A name, or a name with its settings. nil where the key is not there.
    mutating func variant(_ key: String, expected: String) throws(RecipeError) -> RecipeVariant? {
        guard let node = node(key) else { return nil }
        guard let variant = try RecipeVariant(node, source: source, prefix: prefix + key + ".") else {
            throw wrong(key, expected: expected)
        }
        return variant
    }

    /// What `read` makes of the group of keys; nil where it is not there.
    mutating func group<Value>(
        _ key: String, _ read: (inout RecipeReader) throws(RecipeError) -> Value
    ) throws(RecipeError) -> Value? {
        guard var reader = try mapping(key) else { return nil }
        return try read(&reader)
    }

    mutating func string(_ key: String) throws(RecipeError) -> String? {
        guard let node = node(key) else { return nil }
        guard let value = node.scalar?.string, !value.isEmpty else { throw wrong(key, expected: "a text") }
        return value
    }

    mutating func strings(_ key: String) throws(RecipeError) -> [String]? {
        guard let node = node(key) else { return nil }
        if let value = node.scalar?.string, !value.isEmpty { return [value] }
        let values = node.sequence?.compactMap { $0.scalar?.string } ?? []
        guard !values.isEmpty, values.count == node.sequence?.count else {
            throw wrong(key, expected: "a list of texts")
        }
        return values
    }

    mutating func integer(_ key: String, in range: ClosedRange<Int>) throws(RecipeError) -> Int? {
        guard let node = node(key) else { return nil }
        guard let value = Self.integer(node), range ~= value else {
            let upper = range.upperBound == .max ? "or more" : "to \(range.upperBound)"
            throw wrong(key, expected: "a whole number, \(range.lowerBound) \(upper)")
        }
        return value
    }

    // Not Yams' own conversion: of `1:30` it makes 90, and it traps where that is more than an Int holds.
    private static func integer(_ node: Node) -> Int? { (node.scalar?.string).flatMap { Int($0) } }

    mutating func number(_ key: String, _ expected: String, _ valid: (Float) -> Bool) throws(RecipeError)
        -> Float?
    {
        guard let node = node(key) else { return nil }
        guard let value = (node.scalar?.string).flatMap({ Float($0) }), value.isFinite, valid(value) else {
            throw wrong(key, expected: expected)
        }
        return value
    }

    mutating func boolean(_ key: String) throws(RecipeError) -> Bool? {
        guard let node = node(key) else { return nil }
        guard let value = node.bool else { throw wrong(key, expected: "true or false") }
        return value
    }

    /// One of the raw values of an enumeration.
    mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ key: String, _: Choice.Type = Choice.self
    ) throws(RecipeError) -> Choice? where Choice.RawValue == String {
        guard let node = node(key) else { return nil }
        guard let text = node.scalar?.string, let value = Choice(rawValue: text) else {
            throw wrong(key, expected: Choice.allCases.map(\.rawValue).joined(separator: " or "))
        }
        return value
    }

    /// A number from `range`.
    mutating func number(_ key: String, in range: ClosedRange<Float>) throws(RecipeError) -> Float? {
        try number(key, "a number, \(Self.words(range))") { range ~= $0 }
    }

    private static func words(_ range: ClosedRange<Float>) -> String {
        [range.lowerBound, range.upperBound].map { $0 == $0.rounded() ? "\(Int($0))" : "\($0)" }
            .joined(separator: " to ")
    }

    /// A list of two numbers, the lower first.
    mutating func bounds(_ key: String, in range: ClosedRange<Float>) throws(RecipeError) -> (
        low: Float, high: Float
    )? {
        guard let node = node(key) else { return nil }
        let numbers = node.sequence?.compactMap { ($0.scalar?.string).flatMap { Float($0) } } ?? []
        guard numbers.count == 2, node.sequence?.count == 2, numbers[0] <= numbers[1],
            numbers.allSatisfy({ range ~= $0 })
        else {
            throw wrong(
                key,
                expected: "a list of two numbers, \(Self.words(range)), the lower first")
        }
        return (numbers[0], numbers[1])
    }

    /// A whole number for both directions, or a list of height and width.
    mutating func extent(_ key: String, in range: ClosedRange<Int>) throws(RecipeError) -> (
        height: Int, width: Int
    )? {
        guard let node = node(key) else { return nil }
        let sides = Self.integer(node).map { [$0, $0] } ?? node.sequence?.map(Self.integer) ?? []
        guard sides.count == 2, let height = sides[0], let width = sides[1],
            [height, width].allSatisfy({ range ~= $0 })
        else {
            throw wrong(
                key,
                expected:
                    "a whole number or a list of height and width, \(range.lowerBound) to \(range.upperBound)"
            )
        }
        return (height, width)
    }

    /// That a key has to be there; or that it is misspelt, where a key that nobody has asked for yet looks like it.
    func missing(_ key: String) -> RecipeError {
        guard let unknown = firstUnasked({ nearest(to: $0, in: [key]) != nil }) else {
            return .missingKey(path: source.path, key: prefix + key)
        }
        return .unknownKey(
            at: place(unknown), key: prefix + unknown, nearest: prefix + key, known: [prefix + key])
    }

    /// Refuses those of `keys` that are there, as they belong to another format of data.
    func refuse(_ keys: [String], format: String) throws(RecipeError) {
        for key in keys {
            guard has(key) else { continue }
            throw .otherFormat(at: place(key), key: prefix + key, format: format)
        }
    }

    private func firstUnasked(_ isMeant: (String) -> Bool = { _ in true }) -> String? {
        nodes.keys.filter { !asked.contains($0) && isMeant($0) }.min { (lines[$0]!, $0) < (lines[$1]!, $1) }
    }

    /// To be called when all keys have been asked for.
    func finish() throws(RecipeError) {
        guard let unknown = firstUnasked() else { return }
        throw .unknownKey(
            at: place(unknown), key: prefix + unknown,
            nearest: nearest(to: unknown, in: asked).map { prefix + $0 }, known: asked.map { prefix + $0 })
    }
}
