/// An item with its distance to a query, ordered by distance and, where that is equal, by id.
public struct Neighbour: Sendable, Equatable, Comparable {
    /// Of the item.
    public var id: UInt64
    /// From the query, by the metric of the search.
    public var distance: Float

    /// `distance` away from the query.
    public init(id: UInt64, distance: Float) {
        self.id = id
        self.distance = distance
    }

    /// Nearer, or as near with a smaller id.
    public static func < (a: Neighbour, b: Neighbour) -> Bool {
        a.distance != b.distance ? a.distance < b.distance : a.id < b.id
    }
}
