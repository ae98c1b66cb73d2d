/// What a change makes, or would make, of one item.
public struct ItemChange: Sendable, Equatable {
    /// The kinds of it; an item that got another label and another group is relabelled.
    public enum Kind: String, Sendable, Codable, CaseIterable {
        /// There was none.
        case added
        /// There is none any more.
        case removed
        /// Its picture was found in another place; it may have got another label with that.
        case moved
        /// Its content was replaced, or its group.
        case updated
        /// It got another label.
        case relabelled
    }

    /// The item before; nil where there was none.
    public let before: Item?
    /// The item after; nil where there is none any more.
    public let after: Item?
    /// The item after, or before where there is none any more.
    public let item: Item
    /// What was done to it.
    public let kind: Kind

    /// Nil where nothing was done that can be told of.
    public init?(from before: Item?, to after: Item?) {
        guard let item = after ?? before else { return nil }
        switch (before, after) {
        case (nil, nil): return nil
        case (nil, _?): kind = .added
        case (_?, nil): kind = .removed
        case (let old?, let new?) where old.source != new.source: kind = .moved
        case (let old?, let new?) where old.contentHash != new.contentHash: kind = .updated
        case (let old?, let new?) where old.label != new.label: kind = .relabelled
        case (let old?, let new?) where old.group != new.group: kind = .updated
        case (_?, _?): return nil
        }
        (self.before, self.after, self.item) = (before, after, item)
    }

    /// What takes it back.
    public var reversed: ItemChange { ItemChange(from: after, to: before) ?? self }
}

extension ItemChange {
    /// What becomes of `before` when it becomes `after`; both by ascending id.
    public static func all(from before: [Item], to after: [Item]) -> [ItemChange] {
        var changes: [ItemChange] = []
        var (old, new) = (before[...], after[...])
        while let id = [old.first?.id, new.first?.id].compactMap(\.self).min() {
            let was = old.first?.id == id ? old.removeFirst() : nil
            let becomes = new.first?.id == id ? new.removeFirst() : nil
            if let change = ItemChange(from: was, to: becomes) { changes.append(change) }
        }
        return changes
    }
}

extension ItemChange: Encodable {
    private enum CodingKeys: String, CodingKey {
        case id, what, source, from, to
        case movedFrom = "moved_from"
    }

    /// One flat object: `id`, `what`, `source`, and the labels, `from` and `to`, each where there is one.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(item.id, forKey: .id)
        try container.encode(kind, forKey: .what)
        try container.encode(item.source, forKey: .source)
        try container.encodeIfPresent(before?.label, forKey: .from)
        try container.encodeIfPresent(after?.label, forKey: .to)
        if kind == .moved { try container.encodeIfPresent(before?.source, forKey: .movedFrom) }
    }
}
