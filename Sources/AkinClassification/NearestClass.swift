import AkinItems
import AkinTensors
import AkinVectorSearch
import Foundation

/// The class whose nearest item lies nearest wins, and it is made up for that of many items one lies nearer by chance: how an index
/// is asked for which nobody has chosen anything else. So a class of one picture can be named, a picture that is in the gallery gets its
/// own class whatever others lie about it, and a search is all that it takes.
///
/// The distance to a class is that to its nearest item, times `items ^ (0.075 / p)`, where items above 100 count as 100, and a
/// distance to the power `p` grows as the square of a length: `p` is 1 for `cosine` and `squared-l2`, 2 for `l2` and `l1`. By a metric
/// whose distances may be below 0 nothing is made up for. The score is `distance ^ (-10 p)` (by such a metric `exp(-distance)`),
/// divided by the sum over all classes; a class with less than a hundredth of the best one's gets none. Not calibrated. Of equally near
/// classes that with the label that sorts first is named, and `Prediction.tied` names them all.
///
/// In a gallery the classes of the 16 nearest items are looked at: more make a search slower, and of HOMUS' symbols (see `Verdicts.md`)
/// would name one or two small ones in a hundred more.
public struct NearestClass: ClassificationRule {
    /// `nearest-class`
    public static let name = "nearest-class"

    // By how much the nearest of more items lies nearer: of 0 to 0.15 that with which of HOMUS' symbols, ten classes of 100 pictures
    // and ten of 2, most are right in both kinds.
    private static let advantage = 0.075
    private static let fullClass = 100.0
    private static let steepness = 10.0
    private static let range = log(100.0)
    /// There is nothing to set.
    public init() {}

    /// There is nothing to set.
    public init(_ settings: ClassifierSettings) {}

    /// That it is the nearest.
    public var explanation: String {
        "The class is the one whose nearest item lies nearest; having many items does not help it."
    }

    /// Counts the items of the classes.
    public func fitted(to reader: any GalleryReader, in scope: ItemScope) throws -> any FittedRule {
        let metric = reader.metric.kind
        return FittedNearestItems(scope: scope, counts: try reader.labelCounts()) { rank($0, by: metric) }
    }

    /// One matrix of distances for all positions; all items are looked at.
    public func answers(
        leavingOut positions: [Int], _ folds: Folds, of examples: Examples, listing: Int
    ) throws -> [LeftOutAnswer] {
        examples.answers(leavingOut: positions, folds) { _, distances in
            prediction(
                from: distances, by: examples.metric.kind, labels: examples.labels, listing: listing)
        }
    }

    private func prediction(
        from distances: UnsafeBufferPointer<Float>, by metric: Metric.Kind, labels: ItemLabels,
        listing listed: Int
    ) -> Prediction? {
        guard let ranked = rank(labels.candidates(by: distances), by: metric) else { return nil }
        return Prediction(
            ranking: ranked.ranking(names: labels.names), neighbours: nearestPositions(listed, in: distances))
    }

    /// By their nearest items; nil if there is none.
    private func rank(_ candidates: [ClassCandidate], by metric: Metric.Kind) -> [ClassCandidate]? {
        var candidates = candidates
        let power = metric.powerOfSquare
        for i in candidates.indices {
            let items = min(Double(candidates[i].items), Self.fullClass)
            candidates[i].distance =
                Double(candidates[i].nearest) * (power.map { pow(items, Self.advantage / $0) } ?? 1)
        }
        candidates.sort { ($0.distance, $0.position) < ($1.distance, $1.position) }
        guard let best = candidates.first else { return nil }
        func behind(_ distance: Double) -> Double {
            if distance == best.distance { return 0 }
            guard let power else { return distance - best.distance }
            return Self.steepness * power * log(distance / best.distance)
        }
        candidates = candidates.filter { behind($0.distance) <= Self.range }
        for i in candidates.indices { candidates[i].score = exp(-behind(candidates[i].distance)) }
        let total = candidates.reduce(0) { $0 + $1.score }
        for i in candidates.indices { candidates[i].score /= total }
        return candidates
    }
}

extension Classifier {
    /// The class whose nearest item lies nearest wins: `NearestClass`.
    public static let nearestClass = Classifier(NearestClass())

    /// How a gallery is asked for which nobody has chosen anything else: the nearest class.
    public static let usual = nearestClass
}

extension Metric.Kind {
    /// To which power a distance grows as the square of a length; nil where it may be below 0.
    var powerOfSquare: Double? {
        switch self {
        case .cosine, .squaredL2: 1
        case .l2, .l1: 2
        case .innerProduct, .learnedL1: nil
        }
    }
}
