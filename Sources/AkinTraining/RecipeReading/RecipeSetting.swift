import AkinBasics
import AkinDatasets
import Yams

/// A value set from outside, `KEY=VALUE`: of `--set`.
///
/// The key is dotted from the top of the recipe, with positions in lists, from the end where they are negative:
/// `backbone[-1].dense.units`. Without a group of the top in front of it, it is a key of `training`. The value is
/// YAML; `null` takes the key away.
struct RecipeSetting {
    private let setting: String
    private let source: RecipeSource
    private let steps: [Step]
    private let value: Node
    /// Whether the key is to be left out.
    private let takesAway: Bool

    private enum Step {
        case key(String)
        case position(Int)
    }

    /// `firstLine`: where `source` has it.
    init(_ setting: String, firstLine: Int, source: RecipeSource) throws(RecipeError) {
        self.setting = setting
        self.source = source
        guard let equals = setting.firstIndex(of: "="), var steps = Self.steps(setting[..<equals]) else {
            throw .malformedSetting(setting)
        }
        if case .key(let name) = steps[0], !Recipe.keys.contains(name) {
            guard Recipe.Training.keys.contains(name) else {
                let known = Recipe.keys + Recipe.Training.keys
                throw .unknownKey(
                    at: .setting(setting), key: name, nearest: nearest(to: name, in: known), known: known)
            }
            steps.insert(.key("training"), at: 0)
        }
        self.steps = steps
        let text = String(setting[setting.index(after: equals)...])
        let above = String(repeating: "\n", count: firstLine - 1)
        func compose(_ text: String) throws(RecipeError) -> Node? {
            try source.compose(above + text) { _ in .setting(setting) }
        }
        let given = try compose(text)
        takesAway = given?.null != nil
        var value = given
        if value == nil { value = try compose("''") }
        guard let value else { throw .malformedSetting(setting) }
        self.value = value
    }

    /// `a.b[1].c`; nil where it is not of that form.
    private static func steps(_ text: Substring) -> [Step]? {
        var steps: [Step] = []
        for part in text.split(separator: ".", omittingEmptySubsequences: false) {
            let pieces = part.split(separator: "[", omittingEmptySubsequences: false)
            guard let name = pieces.first, !name.isEmpty, !name.contains(where: \.isWhitespace) else {
                return nil
            }
            steps.append(.key(String(name)))
            for piece in pieces.dropFirst() {
                guard piece.last == "]", let position = Int(piece.dropLast()) else { return nil }
                steps.append(.position(position))
            }
        }
        return steps
    }

    func applied(to root: Node) throws(RecipeError) -> Node {
        try applied(to: root, steps[...], place: "", isEntry: false)
    }

    /// `place`: the keys that lead to `node`. Entries of a list keep the keys that they have.
    private func applied(to node: Node, _ steps: ArraySlice<Step>, place: String, isEntry: Bool)
        throws(RecipeError)
        -> Node
    {
        guard let step = steps.first else { return value }
        let rest = steps.dropFirst()
        switch step {
        case .key(let name):
            guard let group = group(node, naming: name) else {
                throw .settingLeadsNowhere(
                    setting, key: place.isEmpty ? "the recipe" : place, found: node.words)
            }
            var entries = try source.entries(of: group).map { ($0.key, $0.value) }
            let inner = place.isEmpty ? name : "\(place).\(name)"
            if let position = entries.firstIndex(where: { $0.0.scalar?.string == name }) {
                if rest.isEmpty, takesAway {
                    entries.remove(at: position)
                    return .mapping(Node.Mapping(entries, group.tag, group.style, group.mark))
                }
                let changed = try applied(to: entries[position].1, rest, place: inner, isEntry: false)
                entries[position] = (rest.isEmpty ? key(name) : entries[position].0, changed)
            } else {
                let known = entries.compactMap { $0.0.scalar?.string }
                if takesAway { throw .nothingToTakeAway(setting, key: inner, known: known) }
                if isEntry {
                    throw .unknownKey(
                        at: .setting(setting), key: inner,
                        nearest: nearest(to: name, in: known).map { "\(place).\($0)" },
                        known: known.map { "\(place).\($0)" })
                }
                let empty = Node.mapping(Node.Mapping([], Tag(.implicit), .any, value.mark))
                entries.append((key(name), try applied(to: empty, rest, place: inner, isEntry: false)))
            }
            return .mapping(Node.Mapping(entries, group.tag, group.style, group.mark))
        case .position(let position):
            guard case .sequence(var list) = node else {
                throw .settingLeadsNowhere(setting, key: place, found: node.words)
            }
            let inner = "\(place)[\(position)]"
            let index = position < 0 ? list.count + position : position
            guard list.indices.contains(index) else {
                throw .wrongValue(
                    at: .setting(setting), key: inner, found: "not there",
                    expected: list.isEmpty
                        ? "another key, for the list is empty"
                        : "a position from 0 to \(list.count - 1), or from -1 down")
            }
            if rest.isEmpty && takesAway {
                throw .wrongValue(
                    at: .setting(setting), key: inner, found: "to be left out",
                    expected: "another value, for what a list has can be changed, not left out")
            }
            list[index] = try applied(to: list[index], rest, place: inner, isEntry: true)
            return .sequence(list)
        }
    }

    private func key(_ name: String) -> Node { .scalar(Node.Scalar(name, Tag(.implicit), .any, value.mark)) }

    /// `node` as a group of keys: an empty one, or a mere name (`batch-normalization`) as a name without settings.
    private func group(_ node: Node, naming name: String) -> Node.Mapping? {
        if let mapping = node.mapping { return mapping }
        guard let scalar = node.scalar else { return nil }
        if scalar.string == name {
            let empty = Node.mapping(Node.Mapping([], Tag(.implicit), .any, scalar.mark))
            return Node.Mapping([(node, empty)], Tag(.implicit), .any, scalar.mark)
        }
        return node.null == nil ? nil : Node.Mapping([], Tag(.implicit), .any, scalar.mark)
    }
}

extension RecipeSource {
    /// The recipe with all settings applied.
    func root() throws(RecipeError) -> Node {
        guard let text, var root = try compose(text, place: { .line($0, of: path) }) else {
            throw .empty(path: path)
        }
        for setting in settings {
            root = try RecipeSetting(setting.text, firstLine: setting.firstLine, source: self).applied(
                to: root)
        }
        return root
    }
}
