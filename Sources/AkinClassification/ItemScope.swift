import AkinItems

/// The items that a question is about.
public struct ItemScope: Sendable, Hashable {
    /// Only these.
    public var filter: ItemFilter
    /// Not these.
    public var excluding: Exclusion

    /// All items by default.
    public init(filter: ItemFilter = ItemFilter(), excluding: Exclusion = Exclusion()) {
        self.filter = filter
        self.excluding = excluding
    }

    /// Whether an item is in it.
    public func admits(_ item: Item) -> Bool { filter.admits(item) && !excluding.names(item) }
}
