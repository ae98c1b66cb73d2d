import Yams

/// A key in which recipes differ.
public struct RecipeDifference: Codable, Sendable, Hashable {
    /// With those above it: `training.learning-rate`, `backbone[3].dense.units`.
    public let key: String
    /// What it has in each of them; nil where it has none.
    public let values: [String?]

    /// Both.
    public init(key: String, values: [String?]) {
        self.key = key
        self.values = values
    }

    /// The keys in which recipes differ, each given by its text as `Recipe.text` writes it, in the order of the keys. Where a name differs,
    /// that of a loss or the kinds of the layers, the keys below it are left out.
    public static func all(among texts: [String]) -> [RecipeDifference] {
        let recipes = texts.map(entries)
        let values = recipes.map { Dictionary($0.map { ($0.key, $0.value) }) { first, _ in first } }
        var seen: Set<String> = []
        var differences: [RecipeDifference] = []
        for key in recipes.joined().map(\.key) where seen.insert(key).inserted {
            let found = values.map { $0[key] }
            guard Set(found).count > 1 else { continue }
            let isBelow = differences.contains { key.hasPrefix($0.key + ".") || key.hasPrefix($0.key + "[") }
            if !isBelow { differences.append(RecipeDifference(key: key, values: found)) }
        }
        return differences
    }

    /// Every key of a recipe with what it says.
    private static func entries(_ text: String) -> [(key: String, value: String)] {
        guard let node = try? Yams.compose(yaml: text) else { return [] }
        var entries: [(key: String, value: String)] = []
        add(node, "", to: &entries)
        return entries
    }

    private static func add(_ node: Node, _ key: String, to entries: inout [(key: String, value: String)]) {
        if !key.isEmpty, let (name, settings) = variant(node) {
            entries.append((key, name))
            for (inner, value) in settings {
                add(value, "\(key).\(name).\(inner.scalar?.string ?? "")", to: &entries)
            }
        } else if let mapping = node.mapping {
            for (inner, value) in mapping {
                add(value, (key.isEmpty ? "" : key + ".") + (inner.scalar?.string ?? ""), to: &entries)
            }
        } else if let list = node.sequence, list.contains(where: { $0.mapping != nil }) {
            entries.append((key, list.map { variant($0)?.name ?? words($0) }.joined(separator: ", ")))
            for (position, entry) in list.enumerated() { add(entry, "\(key)[\(position)]", to: &entries) }
        } else {
            entries.append((key, words(node)))
        }
    }

    /// A name with its settings.
    private static func variant(_ node: Node) -> (name: String, settings: Node.Mapping)? {
        guard let mapping = node.mapping, mapping.count == 1, let name = mapping.first?.key.scalar?.string,
            let settings = mapping.first?.value.mapping
        else { return nil }
        return (name, settings)
    }

    private static func words(_ node: Node) -> String {
        if let list = node.sequence { return list.map(words).joined(separator: ", ") }
        return node.scalar?.string ?? ""
    }
}
