/// An item with its distance to a query, ordered by distance and, where that is equal, by id.
public struct Neighbour: Sendable, Equatable, Comparable {
    public var id: UInt64
    public var distance: Float

    public init(id: UInt64, distance: Float) {
        self.id = id
        self.distance = distance
    }

    public static func < (a: Neighbour, b: Neighbour) -> Bool {
        a.distance != b.distance ? a.distance < b.distance : a.id < b.id
    }
}
