import AkinItems
import AkinTensors
import AkinVectorSearch
import Foundation

/// The class wins whose nearest item and whose mean lie nearest, both together, and it is made up for that many items lie nearer by
/// chance: how an index is asked for which nobody has chosen anything else. So a class of one picture can be named, a picture that is
/// in the gallery gets its own class whatever others lie about it, and nothing has to be chosen first.
///
/// The distance to a class is the cube root of its nearest item's distance times the square of its mean's, times
/// `items ^ (0.06 / p)`, where items above 100 count as 100, and a distance to the power `p` grows as the square of a length: `p` is 1
/// for `cosine` and `squared-l2`, 2 for `l2` and `l1`. By `cosine` the mean is that of the directions, and half the square of the length
/// between it and the query's direction is its distance. By a metric whose distances may be below 0 it is that of the nearest item, and nothing is made
/// up for. The score is `distance ^ (-10 p)` (by such a metric `exp(-distance)`), divided by the sum over all classes; a class with less
/// than a hundredth of the best one's gets none. Not calibrated. Of equally near classes that with the label that sorts first is named, and
/// `Prediction.tied` names them all.
///
/// In a gallery the 16 nearest items are looked at; the nearest of a class that is not among them counts as the last of these or, where
/// that lies at the query itself, as its mean.
public struct NearestClass: ClassificationRule {
    /// `nearest-class`
    public static let name = "nearest-class"

    // Chosen on people's folders with classes of as many pictures and of 1 to 30, and on HOMUS with ten classes of 100 and ten of 2
    // (`Verdicts.md`): by how much that of more items lies nearer; and that the nearest counts half as much as the mean.
    private static let advantage = 0.06
    private static let fullClass = 100.0
    private static let steepness = 10.0
    private static let range = log(100.0)
    /// There is nothing to set.
    public init() {}

    /// There is nothing to set.
    public init(_ settings: ClassifierSettings) {}

    /// That it is the nearest.
    public var explanation: String {
        "The class is the one whose nearest item and whose mean lie nearest; having many items does not help it."
    }

    /// The means.
    public var keepsFit: Bool { true }

    /// Holds an embedding for each class: O(classes · dimension).
    public func fitted(to reader: any GalleryReader, in scope: ItemScope) throws -> any FittedRule {
        let metric = reader.metric
        guard metric.kind.powerOfSquare != nil else {
            return FittedNearestItems(scope: scope, counts: try reader.labelCounts()) {
                Self.rank($0, by: metric.kind)
            }
        }
        return FittedNearestClass(
            classes: try ClassMeans(of: reader, in: scope), scope: scope, metric: metric)
    }

    /// The means.
    public func fitted(from record: [UInt8], by metric: Metric, dimension: Int) -> (any FittedRule)? {
        guard metric.kind.powerOfSquare != nil else { return nil }
        return ClassMeans(record, dimension: dimension).map {
            FittedNearestClass(classes: $0, scope: ItemScope(), metric: metric)
        }
    }

    /// One matrix of distances for all positions; all items are looked at.
    public func answers(
        leavingOut positions: [Int], _ folds: Folds, of examples: Examples, listing: Int
    ) throws -> [LeftOutAnswer] {
        let (metric, names) = (examples.metric.kind, examples.labels.names)
        func prediction(
            by ranked: [ClassCandidate]?, _ distances: UnsafeBufferPointer<Float>
        ) -> Prediction? {
            ranked.map {
                Prediction(
                    ranking: $0.ranking(names: names), neighbours: nearestPositions(listing, in: distances))
            }
        }
        guard metric.powerOfSquare != nil else {
            return examples.answers(leavingOut: positions, folds) { _, distances in
                prediction(
                    by: Self.rank(examples.labels.candidates(by: distances), by: metric), distances)
            }
        }
        return examples.answers(
            leavingOut: positions, folds, of: examples.metric.pointsBesideMeans(examples.embeddings),
            toMeansBy: examples.metric.besideMeans
        ) { classes, distances in
            var candidates = examples.labels.candidates(by: distances)
            for i in candidates.indices { candidates[i].distance = classes[candidates[i].position].distance }
            return prediction(by: Self.rank(candidates, by: metric), distances)
        }
    }

    /// Of their nearest items and, as their `distance`, those of their means by `Metric.besideMeans`; nil if there is none, or a
    /// distance is no number.
    fileprivate static func rank(
        _ candidates: [ClassCandidate], by metric: Metric.Kind
    ) -> [ClassCandidate]? {
        var candidates = candidates
        let power = metric.powerOfSquare
        for i in candidates.indices {
            candidates[i].distance = distance(of: candidates[i], by: metric)
            if candidates[i].distance.isNaN { return nil }
        }
        guard let best = candidates.lazy.map(\.distance).min() else { return nil }
        func behind(_ distance: Double) -> Double {
            if distance == best { return 0 }
            guard let power else { return distance - best }
            return steepness * power * log(distance / best)
        }
        // Of thousands of classes, few come into question.
        candidates.removeAll { behind($0.distance) > range }
        candidates.sort { ($0.distance, $0.position) < ($1.distance, $1.position) }
        for i in candidates.indices { candidates[i].score = exp(-behind(candidates[i].distance)) }
        let total = candidates.reduce(0) { $0 + $1.score }
        for i in candidates.indices { candidates[i].score /= total }
        return candidates
    }

    /// By how much a distance to a mean, by `Metric.besideMeans`, is multiplied to be one as those between items.
    fileprivate static func unit(_ metric: Metric.Kind) -> Float { metric == .cosine ? 0.5 : 1 }

    private static func distance(of candidate: ClassCandidate, by metric: Metric.Kind) -> Double {
        let nearest = Double(candidate.nearest)
        guard let power = metric.powerOfSquare, candidate.items > 1 else { return nearest }
        let mean = candidate.distance * Double(unit(metric))
        let items = min(Double(candidate.items), fullClass)
        return cbrt(nearest * mean * mean) * pow(items, advantage / power)
    }
}

private struct FittedNearestClass: FittedRule {
    let classes: ClassMeans
    let scope: ItemScope
    let metric: Metric

    var record: [UInt8]? { classes.record }

    func predictions(
        for queries: Matrix, in reader: any GalleryReader, listing listed: Int, method: SearchMethod
    ) throws -> [Prediction] {
        let found = try reader.neighbours(
            of: queries, k: max(listed, FittedNearestItems.looked),
            excluding: Array(repeating: scope.excluding, count: queries.rows), filter: scope.filter,
            method: method)
        let (names, counts) = (classes.names, classes.counts)
        let positions = Dictionary(uniqueKeysWithValues: zip(names, names.indices))
        var classOfItem: [UInt64: Int] = [:]
        for id in Set(found.joined().map(\.id)) {
            classOfItem[id] = try reader.item(id).flatMap { positions[$0.label] }
        }
        let distances = metric.besideMeans.distances(
            trusted: metric.pointsBesideMeans(queries), to: classes.means)
        return try found.enumerated().map { row, neighbours in
            let last = neighbours.last?.distance ?? .infinity
            var candidates = names.indices.map {
                ClassCandidate(
                    position: $0, distance: Double(distances[row, $0]), items: counts[$0],
                    // Copies of the query tell nothing of how far other classes are.
                    nearest: last > 0 ? last : distances[row, $0] * NearestClass.unit(metric.kind))
            }
            for neighbour in neighbours.reversed() {
                if let own = classOfItem[neighbour.id] { candidates[own].nearest = neighbour.distance }
            }
            guard !neighbours.isEmpty, let ranked = NearestClass.rank(candidates, by: metric.kind) else {
                throw ClassificationError.notANumber(query: row)
            }
            return Prediction(
                ranking: ranked.ranking(names: names), neighbours: Array(neighbours.prefix(listed)))
        }
    }
}

extension Classifier {
    /// The class whose nearest item and mean lie nearest wins: `NearestClass`.
    public static let nearestClass = Classifier(NearestClass())

    /// How a gallery is asked for which nobody has chosen anything else: the nearest class.
    public static let usual = nearestClass
}

extension Metric {
    /// By what the nearest class measures how far a mean is: for `cosine` by the square of a length, which tells how much a mean of
    /// directions lies within them.
    fileprivate var besideMeans: Metric { self == .cosine ? .squaredL2 : self }

    /// What is compared with means so: for `cosine` the directions.
    fileprivate func pointsBesideMeans(_ embeddings: Matrix) -> Matrix {
        guard self == .cosine else { return embeddings }
        var points = embeddings
        for row in 0..<points.rows {
            let squared = points[row].reduce(0.0) { $0 + Double($1) * Double($1) }
            guard squared > 0 else { continue }
            points[row] = points[row].map { Float(Double($0) / squared.squareRoot()) }[...]
        }
        return points
    }
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
