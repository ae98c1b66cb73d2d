/// Items that must not be in the answer to a query.
public struct Exclusion: Sendable, Hashable {
    /// These items.
    public var ids: Set<UInt64>
    /// All items of this group.
    public var group: String?

    /// Nothing is excluded by default.
    public init(ids: Set<UInt64> = [], group: String? = nil) {
        self.ids = ids
        self.group = group
    }

    /// Whether an item is one of these.
    public func names(_ item: Item) -> Bool {
        ids.contains(item.id) || (group != nil && group != "" && group == item.group)
    }
}

/// Items among which the answers to queries are looked for: those that fulfil all that is given.
public struct ItemFilter: Sendable, Hashable {
    /// Items of one of these labels.
    public var labels: [String]?
    /// Items of one of these groups.
    public var groups: [String]?
    /// These items.
    public var ids: Set<UInt64>?

    /// All items by default.
    public init(labels: [String]? = nil, groups: [String]? = nil, ids: Set<UInt64>? = nil) {
        self.labels = labels
        self.groups = groups
        self.ids = ids
    }

    /// Whether an item fulfils it.
    public func admits(_ item: Item) -> Bool {
        (labels?.contains(item.label) ?? true)
            && (groups?.contains { $0 != "" && $0 == item.group } ?? true)
            && (ids?.contains(item.id) ?? true)
    }
}

/// How neighbours are searched.
public enum SearchMethod: Sendable, Hashable {
    /// By the graph if there is one, with a walk as wide as it needs to find nearly all; else exactly.
    case automatic
    /// By looking at all items, or leaving one out only where it is proved that it is no neighbour. Does without the
    /// graph where that is damaged.
    case exact
    /// By the graph, with a walk that keeps so many candidates: more find more, in more time. Exactly if there is no
    /// graph.
    case graph(width: Int)
}
