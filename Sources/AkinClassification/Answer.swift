import AkinItems

/// What a gallery answers to a query.
public struct Answer: Sendable, Equatable {
    /// The class that the classifier chose, and what speaks for it and for others.
    public let prediction: Prediction
    /// The nearest items, as `Prediction.neighbours`.
    public let neighbours: [NearItem]

    package init(_ prediction: Prediction, neighbours: [NearItem]) {
        self.prediction = prediction
        self.neighbours = neighbours
    }

    /// The class that the classifier chose.
    public var label: String { prediction.label }
    /// As `Prediction.confidence`.
    public var confidence: Float { prediction.confidence }
    /// As `Prediction.ranking`.
    public var ranking: [ClassScore] { prediction.ranking }
    /// As `Prediction.tied`.
    public var tied: [String] { prediction.tied }
    /// Whether the query belongs to a class of the gallery.
    public var verdict: Verdict { .known }
}

/// Whether a query belongs to a class of the gallery. Telling the unknown apart takes a gallery that has been
/// calibrated; until there are such, every answer counts as known.
public enum Verdict: String, Sendable, Codable { case known }

/// An item with its distance to a query.
public struct NearItem: Sendable, Equatable {
    /// As it was when the question was answered.
    public let item: Item
    /// From the query, by the gallery's metric.
    public let distance: Float

    package init(item: Item, distance: Float) {
        self.item = item
        self.distance = distance
    }
}

/// What a gallery answers to some queries.
public struct Answers: Sendable {
    /// One for each query.
    public let predictions: [Answer]
    /// What the user should be told of how it was done, if anything: that there were fewer items than
    /// neighbours asked for.
    public let note: String?
}
