import AkinItems
import AkinTensors
import AkinVectorSearch

/// The `k` nearest items vote for their class (thesis, section 5.4.3; Altman 1992).
///
/// Where votes are equal, the class whose voters' distances have the smaller sum wins, then the class of
/// the nearest single voter, then the label that sorts first. Items at the same distance come in the
/// order of their ids, which decides who is still among the `k`.
public struct NearestNeighbours: DistanceRule {
    /// `nearest-neighbours`
    public static let name = "nearest-neighbours"

    /// How many vote.
    public let k: Int
    /// What a vote counts.
    public let weighting: Classifier.Weighting

    /// So many vote.
    public init(k: Int, weighting: Classifier.Weighting = .uniform) {
        self.k = k
        self.weighting = weighting
    }

    /// At least one has to vote.
    public init(_ settings: ClassifierSettings) throws(ClassificationError) {
        guard settings.k > 0 else { throw .neighboursNotPositive(settings.k) }
        self.init(k: settings.k, weighting: settings.weighting)
    }

    /// How many vote, and how.
    public var explanation: String {
        switch weighting {
        case _ where k == 1: "The class is that of the nearest neighbour."
        case .uniform: "The \(k) nearest neighbours vote for the class."
        case .distance: "The \(k) nearest neighbours vote for the class, the nearer the more."
        }
    }

    /// The name with its settings: `nearest-neighbours (k 5, uniform)`.
    public var description: String { "\(Self.name) (k \(k), \(weighting.rawValue))" }

    /// Weights of 1 / distance make no sense where a distance can be below 0.
    public func check(metric: Metric.Kind) throws(ClassificationError) {
        if weighting == .distance, metric.mayBeNegative {
            throw .weightingNeedsDistances(metric: metric.rawValue)
        }
    }

    /// That more neighbours were asked for than there are items: then all vote.
    public func note(items: Int) -> String? {
        guard k > items else { return nil }
        return "k is \(k), but there are only \(items) items to compare with: all of them vote"
    }

    /// Nothing is computed beforehand.
    public func fitted(to reader: any GalleryReader, in scope: ItemScope) throws -> any FittedRule {
        guard k > 0 else { throw ClassificationError.neighboursNotPositive(k) }
        return FittedNearestNeighbours(rule: self, scope: scope)
    }

    /// The vote of the nearest items.
    public func prediction(
        from distances: UnsafeBufferPointer<Float>, labels: ItemLabels, listing listed: Int
    ) -> Prediction? {
        let nearest = nearestPositions(max(k, listed), in: distances)
        return vote(of: nearest, labels: labels, classes: nearest.map { labels.classes[Int($0.id)] })
    }

    /// The vote of the first `k` of `neighbours` (nearest first), whose classes are positions in
    /// `labels.names`.
    fileprivate func vote(of neighbours: [Neighbour], labels: ItemLabels, classes: [Int]) -> Prediction? {
        let voters = neighbours.prefix(k)
        guard !voters.isEmpty else { return nil }
        let anExactMatch = voters.contains { $0.distance <= 0 }
        var candidates: [ClassCandidate] = []
        var total = 0.0
        for (neighbour, own) in zip(voters, classes) {
            let distance = Double(neighbour.distance)
            let weight =
                switch weighting {
                case .uniform: 1.0
                case .distance: anExactMatch ? (distance <= 0 ? 1 : 0) : 1 / distance
                }
            total += weight
            if let i = candidates.firstIndex(where: { $0.position == own }) {
                candidates[i].score += weight
                candidates[i].distance += distance
                candidates[i].items += 1
            } else {
                candidates.append(
                    ClassCandidate(
                        position: own, score: weight, distance: distance, items: 1,
                        nearest: neighbour.distance))
            }
        }
        candidates.sort {
            ($1.score, $0.distance, $0.nearest, $0.position) < (
                $0.score, $1.distance, $1.nearest, $1.position
            )
        }
        for i in candidates.indices {
            // All at an infinite distance: every weight is 0.
            candidates[i].score =
                total > 0 ? candidates[i].score / total : 1 / Double(candidates.count)
            candidates[i].distance /= Double(candidates[i].items)
        }
        return Prediction(ranking: candidates.ranking(names: labels.names), neighbours: neighbours)
    }
}

private struct FittedNearestNeighbours: FittedRule {
    let rule: NearestNeighbours
    let scope: ItemScope

    func predictions(
        for queries: Matrix, in reader: any GalleryReader, listing listed: Int, method: SearchMethod
    ) throws -> [Prediction] {
        let found = try reader.neighbours(
            of: queries, k: max(rule.k, listed),
            excluding: Array(repeating: scope.excluding, count: queries.rows), filter: scope.filter,
            method: method)
        var classes: [UInt64: String] = [:]
        for id in Set(found.joined().map(\.id)) { classes[id] = try reader.item(id)?.label }
        let ids = classes.keys.sorted()
        let labels = ItemLabels(ids.compactMap { classes[$0] })
        let classOfID = Dictionary(uniqueKeysWithValues: zip(ids, labels.classes))
        return try found.map { neighbours in
            guard
                let vote = rule.vote(
                    of: neighbours, labels: labels, classes: neighbours.compactMap { classOfID[$0.id] })
            else { throw ClassificationError.nothingAdmitted }
            return vote
        }
    }
}

extension Classifier {
    /// The `k` nearest items vote for their class: `NearestNeighbours`.
    public static func nearestNeighbours(
        k: Int, weighting: Classifier.Weighting = .uniform
    ) -> Classifier { Classifier(NearestNeighbours(k: k, weighting: weighting)) }
}
