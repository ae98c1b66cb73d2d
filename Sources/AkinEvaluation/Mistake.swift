import AkinBasics

/// An item that was given a wrong class, as in table 6.1 of the thesis: image, real class, closest image,
/// predicted class.
public struct Mistake: Codable, Sendable, Equatable {
    /// Where the item comes from.
    public var source: Source
    /// Its real class.
    public var label: String
    /// The class it was given.
    public var predicted: String
    /// Source of the item closest to it, of whatever class: with one neighbour the one that misled the
    /// classifier. Nil (and absent), as are the next two, where the class was not found by looking at items.
    public var nearest: Source?
    /// The class of that closest item.
    public var nearestLabel: String?
    /// The distance to it.
    public var distance: Float?

    /// Of a question that was answered wrongly.
    public init(_ outcome: Outcome) {
        source = outcome.source
        label = outcome.label
        predicted = outcome.predicted
        nearest = outcome.nearest?.source
        nearestLabel = outcome.nearest?.label
        distance = outcome.nearest?.distance
    }

    enum CodingKeys: String, CodingKey {
        case source, label, predicted, nearest, distance
        case nearestLabel = "nearest_label"
    }
}

/// How often items of one class were taken for another.
public struct Confusion: Codable, Sendable, Equatable {
    /// The real class.
    public var label: String
    /// The class that was given.
    public var predicted: String
    /// How many items.
    public var count: Int

    /// The pairs among `mistakes`, most frequent first, then by label and predicted label.
    public static func pairs(of mistakes: [Mistake]) -> [Confusion] {
        var counts: [[String]: Int] = [:]
        for mistake in mistakes { counts[[mistake.label, mistake.predicted], default: 0] += 1 }
        return
            counts
            .map { Confusion(label: $0[0], predicted: $0[1], count: $1) }
            .sorted { ($1.count, $0.label, $0.predicted) < ($0.count, $1.label, $1.predicted) }
    }
}
