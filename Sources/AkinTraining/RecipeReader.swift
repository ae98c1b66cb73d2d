import AkinDatasets
import AkinTensors
import Yams

/// One mapping of a recipe while it is read: hands out its values by key, and `finish` refuses what nobody asked for.
struct RecipeReader {
    let path: String
    /// The keys that lead here, `data.test.`; empty at the top.
    let prefix: String
    let line: Int
    private let nodes: [String: Node]
    private let lines: [String: Int]
    private var asked: [String] = []

    init(path: String, text: String) throws(RecipeError) {
        let root: Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch let error as YamlError {
            switch error {
            case .reader(let problem, let offset, _, _):
                let line = text.utf8.prefix(offset ?? 0).count { $0 == UInt8(ascii: "\n") } + 1
                throw .notYAML(path: path, line: line, reason: problem)
            case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
                .composer(_, let problem, let mark, _):
                throw .notYAML(path: path, line: mark.line, reason: problem)
            case .duplicatedKeysInMapping(let duplicates, let context):
                throw .repeatedKey(path: path, line: context.mark.line, key: duplicates.first ?? "")
            default: throw .notYAML(path: path, line: 1, reason: "it can't be parsed")
            }
        } catch {
            throw .notYAML(path: path, line: 1, reason: "it can't be parsed")
        }
        guard let root else { throw .empty(path: path) }
        try self.init(path: path, prefix: "", node: root)
    }

    init(path: String, prefix: String, line: Int, _ nodes: [String: Node]) {
        self.path = path
        self.prefix = prefix
        self.line = line
        self.nodes = nodes
        lines = nodes.mapValues { $0.mark?.line ?? line }
    }

    init(path: String, prefix: String, node: Node) throws(RecipeError) {
        self.path = path
        self.prefix = prefix
        line = node.mark?.line ?? 1
        let place = prefix.isEmpty ? "the recipe" : String(prefix.dropLast())
        guard let mapping = node.mapping else {
            throw .wrongValue(
                path: path, line: line, key: place, found: Self.words(for: node), expected: "keys with values")
        }
        var nodes: [String: Node] = [:]
        var lines: [String: Int] = [:]
        for (key, value) in mapping {
            guard let name = key.scalar?.string else {
                throw .wrongValue(
                    path: path, line: key.mark?.line ?? line, key: "a key of \(place)",
                    found: Self.words(for: key), expected: "a text")
            }
            nodes[name] = value
            lines[name] = key.mark?.line ?? 1
        }
        self.nodes = nodes
        self.lines = lines
    }

    private static func words(for node: Node) -> String {
        switch node {
        case .scalar(let scalar): scalar.string.isEmpty ? "empty" : "\"\(scalar.string)\""
        case .sequence: "a list"
        case .mapping: "a group of keys"
        case .alias: "an alias"
        }
    }

    func wrong(_ key: String, expected: String) -> RecipeError {
        .wrongValue(
            path: path, line: lines[key] ?? line, key: prefix + key,
            found: nodes[key].map(Self.words) ?? "missing", expected: expected)
    }

    mutating func node(_ key: String) -> Node? {
        if !asked.contains(key) { asked.append(key) }
        return nodes[key]
    }

    mutating func mapping(_ key: String) throws(RecipeError) -> RecipeReader? {
        guard let node = node(key) else { return nil }
        return try RecipeReader(path: path, prefix: prefix + key + ".", node: node)
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

    mutating func number(_ key: String, _ expected: String, _ valid: (Float) -> Bool) throws(RecipeError) -> Float? {
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

    /// A whole number for both directions, or a list of height and width.
    mutating func extent(_ key: String, in range: ClosedRange<Int>) throws(RecipeError) -> (height: Int, width: Int)? {
        guard let node = node(key) else { return nil }
        let sides = Self.integer(node).map { [$0, $0] } ?? node.sequence?.map(Self.integer) ?? []
        guard sides.count == 2, let height = sides[0], let width = sides[1], [height, width].allSatisfy({ range ~= $0 }) else {
            throw wrong(
                key, expected: "a whole number or a list of height and width, \(range.lowerBound) to \(range.upperBound)")
        }
        return (height, width)
    }

    /// That a key has to be there; or that it is misspelt, where a key that nobody has asked for yet looks like it.
    func missing(_ key: String) -> RecipeError {
        guard let unknown = firstUnasked({ nearest(to: $0, in: [key]) != nil }) else {
            return .missingKey(path: path, key: prefix + key)
        }
        return .unknownKey(
            path: path, line: lines[unknown]!, key: prefix + unknown, nearest: prefix + key, known: [prefix + key])
    }

    /// Refuses those of `keys` that are there, as they belong to another format of data.
    func refuse(_ keys: [String], format: String) throws(RecipeError) {
        for key in keys {
            guard let line = lines[key] else { continue }
            throw .otherFormat(path: path, line: line, key: prefix + key, format: format)
        }
    }

    private func firstUnasked(_ isMeant: (String) -> Bool = { _ in true }) -> String? {
        nodes.keys.filter { !asked.contains($0) && isMeant($0) }.min { (lines[$0]!, $0) < (lines[$1]!, $1) }
    }

    /// To be called when all keys have been asked for.
    func finish() throws(RecipeError) {
        guard let unknown = firstUnasked() else { return }
        throw .unknownKey(
            path: path, line: lines[unknown]!, key: prefix + unknown,
            nearest: nearest(to: unknown, in: asked).map { prefix + $0 }, known: asked.map { prefix + $0 })
    }
}
