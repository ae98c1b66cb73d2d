import Yams

/// Where a recipe is from, to name places in it: a text, or a value that was made in Swift.
///
/// A node knows its line only: the values of settings are parsed as if they stood below the recipe.
struct RecipeSource {
    let path: String
    /// nil for what was made in Swift.
    let text: String?
    let settings: [(text: String, firstLine: Int)]
    /// Keys, with those above them, that are known to mean nothing.
    let ignored: Set<String>

    /// `settings`: what was set from outside, `KEY=VALUE`.
    init(path: String, text: String, settings: [String], ignoring ignored: Set<String> = []) {
        self.path = path
        self.text = text
        self.ignored = ignored
        var line = Self.lines(text) + 1
        self.settings = settings.map { setting in
            defer { line += Self.lines(setting) }
            return (setting, line)
        }
    }

    /// A recipe made in Swift; `path` is what messages call it.
    init(madeInSwift path: String) {
        self.path = path
        text = nil
        settings = []
        ignored = []
    }

    /// Whether there is something to read.
    var isText: Bool { text != nil }

    /// At least as many lines as YAML counts in `text`: of a carriage return and a line feed it makes one.
    private static func lines(_ text: String) -> Int {
        text.unicodeScalars.count { "\n\r\u{85}\u{2028}\u{2029}".unicodeScalars.contains($0) } + 1
    }

    func place(_ line: Int) -> RecipeError.Place {
        guard isText else { return .recipe(path) }
        return settings.last { $0.firstLine <= line }.map { .setting($0.text) } ?? .line(line, of: path)
    }

    func place(_ node: Node) -> RecipeError.Place { place(node.mark?.line ?? 1) }

    /// The one document in `text`; nil where there is none. `place` names a line of it.
    func compose(_ text: String, place: (Int) -> RecipeError.Place) throws(RecipeError) -> Node? {
        do {
            // Some editors begin a file with a byte order mark.
            return try Yams.compose(yaml: text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text)
        } catch let error as YamlError {
            switch error {
            case .reader(let problem, let offset, _, _):
                let line = text.utf8.prefix(offset ?? 0).count { $0 == UInt8(ascii: "\n") } + 1
                throw .notYAML(at: place(line), reason: problem)
            case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
                .composer(_, let problem, let mark, _):
                throw .notYAML(at: place(mark.line), reason: problem)
            case .duplicatedKeysInMapping(let duplicates, let context):
                throw .repeatedKey(at: place(context.mark.line), key: duplicates.first ?? "")
            default: throw .notYAML(at: place(1), reason: "it can't be parsed")
            }
        } catch {
            throw .notYAML(at: place(1), reason: "it can't be parsed")
        }
    }

    /// The entries of a group of keys, those that `<<` takes from other groups behind its own.
    func entries(of mapping: Node.Mapping) throws(RecipeError) -> [(key: Node, value: Node)] {
        var budget = 1000
        return try entries(of: mapping, budget: &budget)
    }

    // Aliases of aliases can make a short text endless.
    private func entries(of mapping: Node.Mapping, budget: inout Int) throws(RecipeError) -> [(
        key: Node, value: Node
    )] {
        var own: [(key: Node, value: Node)] = []
        var others: [(key: Node, value: Node)] = []
        for (key, value) in mapping {
            guard key.scalar?.string == "<<" else {
                own.append((key, value))
                continue
            }
            for other in value.sequence.map(Array.init) ?? [value] {
                budget -= 1
                guard budget > 0, let group = other.mapping else {
                    throw .wrongValue(
                        at: place(key), key: "<<", found: budget > 0 ? other.words : "too much to follow",
                        expected: "an alias of a group of keys, or a list of such")
                }
                others += try entries(of: group, budget: &budget)
            }
        }
        for entry in others where !own.contains(where: { $0.key == entry.key }) { own.append(entry) }
        return own
    }
}

extension Node {
    /// What it is, in a message.
    var words: String {
        switch self {
        case .scalar(let scalar): scalar.string.isEmpty ? "empty" : "\"\(scalar.string)\""
        case .sequence: "a list"
        case .mapping: "a group of keys"
        case .alias: "an alias"
        }
    }
}
