import AkinItems

/// What a gallery answers to a query.
public struct Answer: Sendable, Equatable {
    /// The class that the classifier chose, and what speaks for it and for others: in a calibrated gallery, how probable each is.
    public let prediction: Prediction
    /// The nearest items, as `Prediction.neighbours`.
    public let neighbours: [NearItem]

    /// Whether the query belongs to a class of the gallery.
    public let verdict: Verdict
    /// Where the verdict is `ambiguous`, the classes that it may be, the one named first; else empty.
    public let alternatives: [String]

    /// In a gallery that is not calibrated.
    package init(_ prediction: Prediction, by classifier: Classifier, neighbours: [NearItem]) {
        self.init(
            Judgement(prediction, by: classifier, nearest: nil, equals: [], calibration: nil),
            neighbours: neighbours)
    }

    package init(_ judgement: Judgement, neighbours: [NearItem]) {
        prediction = judgement.prediction
        (verdict, alternatives) = (judgement.verdict, judgement.alternatives)
        self.neighbours = neighbours
    }

    /// The class that the classifier chose.
    public var label: String { prediction.label }
    /// As `Prediction.confidence`; in a calibrated gallery the probability that the label is right if the query belongs to one of
    /// its classes.
    public var confidence: Float { prediction.confidence }
    /// By how much the confidence is above that of the next class.
    public var margin: Float { confidence - (prediction.ranking.dropFirst().first?.score ?? 0) }
    /// As `Prediction.ranking`.
    public var ranking: [ClassScore] { prediction.ranking }
    /// As `Prediction.tied`.
    public var tied: [String] { prediction.tied }
}

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
