import AkinItems
import AkinTensors
import AkinVectorSearch
import Foundation

/// The class of the item that the backbone's own head takes to be most like the query: the rule of Koch, Zemel and Salakhutdinov 2015
/// ("Siamese Neural Networks for One-shot Image Recognition", section 4.3; seed 001), of one item a class or of several.
///
/// The head was trained with the embeddings, by the loss `binary-cross-entropy`, to tell pairs of one class from others: its similarity of
/// two is `sum(w |x - y|) + b`, and the sigmoid of that the probability that they are of one class. The metric `learned-l1` is that
/// similarity, its sign turned round: so the item named is that of one nearest neighbour, and what this classifier adds is the
/// probability.
///
/// The score of a class is the head's probability that the query is of one class with the item of it that is most like: no share, so
/// that several classes may have 0.9 each, and all of them 0.01. Not calibrated. Equally probable ones are ranked by the similarity
/// itself, then by label. In a gallery the classes of the 16 most similar items are looked at.
public struct LearnedSimilarity: DistanceRule {
    /// `learned-similarity`
    public static let name = "learned-similarity"

    /// There is nothing to set.
    public init() {}

    /// There is nothing to set.
    public init(_ settings: ClassifierSettings) {}

    /// What the head says.
    public var explanation: String {
        "The class is that of the item which the backbone's learned similarity takes to be most like; the confidence is its probability "
            + "that the two are of one class."
    }

    /// Another metric than `learned-l1` has no similarity that was learned.
    public func check(metric: Metric.Kind) throws(ClassificationError) {
        guard metric == .learnedL1 else { throw .lacksSimilarity(metric: metric.rawValue) }
    }

    /// Counts the items of the classes.
    public func fitted(to reader: any GalleryReader, in scope: ItemScope) throws -> any FittedRule {
        try check(metric: reader.metric.kind)
        return FittedNearestItems(scope: scope, counts: try reader.labelCounts()) { Self.ranked($0) }
    }

    /// The class of the most similar item.
    public func prediction(
        from distances: UnsafeBufferPointer<Float>, labels: ItemLabels, listing listed: Int
    ) -> Prediction? {
        guard let ranked = Self.ranked(labels.candidates(by: distances)) else { return nil }
        return Prediction(
            ranking: ranked.ranking(names: labels.names), neighbours: nearestPositions(listed, in: distances))
    }

    private static func ranked(_ candidates: [ClassCandidate]) -> [ClassCandidate]? {
        var candidates = candidates
        for i in candidates.indices {
            candidates[i].distance = 1 - 1 / (1 + exp(Double(candidates[i].nearest)))
        }
        return candidates.rankByDistance(temperature: nil)
    }
}

extension Classifier {
    /// The class of the item that the learned similarity takes to be most like: `LearnedSimilarity`.
    public static let learnedSimilarity = Classifier(LearnedSimilarity())
}
