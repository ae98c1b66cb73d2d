import AkinBasics
import AkinIndexing
import AkinItems

/// A change of an index, and what it has made of items of which labels and from where.
@dynamicMemberLookup
public struct ChangeSummary: Encodable, Sendable {
    /// What was done.
    public let change: Change
    /// Whether it was taken back, and can be done again.
    public let isUndone: Bool
    /// What became of the items; empty where that cannot be read any more. A `rebuild` has those only that it dropped, or
    /// whose pictures had changed.
    public let parts: [Part]

    /// What became of some of the items, the same of all.
    public struct Part: Encodable, Sendable {
        /// What was done to them.
        public let what: ItemChange.Kind
        /// How many they are.
        public let items: Int
        /// How many have each label: afterwards, or before where they are gone.
        public let labels: [String: Int]
        /// The label before, of relabelled ones.
        public let from: String?
        /// The folder in which all their sources lie; nil where there is none.
        public let folder: String?
        /// That in which all lay before, of moved ones.
        public let movedFrom: String?

        private enum CodingKeys: String, CodingKey {
            case what, items, labels, from, folder
            case movedFrom = "moved_from"
        }
    }

    /// Of the change.
    public subscript<Value>(dynamicMember part: KeyPath<Change, Value>) -> Value { change[keyPath: part] }

    init(_ change: Change, isUndone: Bool, _ items: [ItemChange]) {
        (self.change, self.isUndone) = (change, isUndone)
        parts = ItemChange.Kind.allCases.flatMap { kind in
            let items = items.filter { $0.kind == kind }
            guard kind == .relabelled else { return items.isEmpty ? [] : [Part(kind, items)] }
            let pairs = Dictionary(grouping: items) { [$0.before?.label ?? "", $0.item.label] }
            return pairs.sorted {
                ($1.value.count, $0.key[0], $0.key[1]) < ($0.value.count, $1.key[0], $1.key[1])
            }
            .map { Part(kind, $0.value) }
        }
    }

    /// All of an index that can be taken back, the last one first, and then those that can be done again, the first one first.
    static func all(of index: EmbeddingIndex) throws -> [ChangeSummary] {
        try index.read { reader in
            var all: [ChangeSummary] = []
            do {
                try reader.forEachChange { change, isUndone, items in
                    all.append(ChangeSummary(change, isUndone: isUndone, items))
                    return true
                }
            } catch let error as IndexError {
                switch error {
                case .damagedChange, .damagedItem: break
                default: throw error
                }
                // What can be read of it: when who did what.
                let past = try reader.history().map { ChangeSummary($0, isUndone: false, []) }
                return try past + reader.undone().map { ChangeSummary($0, isUndone: true, []) }
            }
            return all
        }
    }

    /// One flat object.
    public func encode(to encoder: any Encoder) throws {
        try change.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(isUndone, forKey: .undone)
        try container.encode(parts, forKey: .parts)
    }

    private enum CodingKeys: CodingKey { case undone, parts }
}

extension ChangeSummary.Part {
    /// Of some items at least.
    fileprivate init(_ kind: ItemChange.Kind, _ changes: [ItemChange]) {
        (what, items) = (kind, changes.count)
        labels = changes.reduce(into: [:]) { $0[$1.item.label, default: 0] += 1 }
        from = kind == .relabelled ? changes.first?.before?.label : nil
        folder = Self.folder(changes.map(\.item.source))
        movedFrom = kind == .moved ? Self.folder(changes.compactMap(\.before?.source)) : nil
    }

    private static func folder(_ sources: [Source]) -> String? {
        let folder = CommonFolder(of: sources).path
        return folder.isEmpty ? nil : String(folder.dropLast())
    }
}
