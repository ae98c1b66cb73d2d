import AkinItems
import AkinTensors
import AkinVectorSearch

/// The `k` nearest items vote for their class (thesis, section 5.4.3; Altman 1992).
///
/// Items as near as the `k`-th share the votes that are left to them, so that no order of items decides who is still
/// among the `k`. Where classes have equal votes, the one whose votes' distances have the smaller sum wins, then the one of
/// the nearest single voter, then the label that sorts first; `Prediction.tied` names them all.
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
        let wanted = min(max(k, listed), distances.count)
        var nearest = nearestPositions(wanted + 1, in: distances)
        if nearest.runsOn(at: k, beyond: wanted), let last = nearest.last {
            // Equally near ones come by position.
            for i in distances.indices.dropFirst(Int(last.id) + 1) where distances[i] == last.distance {
                nearest.append(Neighbour(id: UInt64(i), distance: distances[i]))
            }
        }
        nearest.cut(at: k, beyond: wanted)
        return vote(
            of: nearest, listing: wanted, labels: labels, classes: nearest.map { labels.classes[Int($0.id)] })
    }

    /// The vote of the first `k` of `neighbours` (nearest first) and all behind them that are as near as the last of
    /// these; their classes are positions in `labels.names`. The answer lists `listed` of them.
    fileprivate func vote(
        of neighbours: [Neighbour], listing listed: Int, labels: ItemLabels, classes: [Int]
    ) -> Prediction? {
        let ballot = Ballot(neighbours, votes: k)
        let voters = neighbours.prefix(ballot.voters)
        guard !voters.isEmpty else { return nil }
        let anExactMatch = voters.contains { $0.distance <= 0 }
        var candidates: [ClassCandidate] = []
        var total = 0.0
        for (place, (neighbour, own)) in zip(voters, classes).enumerated() {
            let distance = Double(neighbour.distance)
            let share = ballot.share(at: place)
            let weight =
                switch weighting {
                case .uniform: share
                case .distance: anExactMatch ? (distance <= 0 ? share : 0) : share / distance
                }
            total += weight
            let i: Int
            if let known = candidates.firstIndex(where: { $0.position == own }) {
                i = known
            } else {
                i = candidates.count
                candidates.append(ClassCandidate(position: own, nearest: neighbour.distance))
            }
            candidates[i].score += weight
            candidates[i].distance += share * distance
            candidates[i].votes += share
            candidates[i].items += 1
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
            candidates[i].distance /= candidates[i].votes
        }
        var prediction = Prediction(
            ranking: candidates.ranking(names: labels.names), neighbours: Array(neighbours.prefix(listed)))
        prediction.equallyNear = ballot.sharers
        return prediction
    }
}

/// Who has which share of the votes.
private struct Ballot {
    /// How many of the neighbours vote.
    let voters: Int
    /// How many of them, the last ones, share votes that are fewer; nil where each has its own.
    let sharers: Int?
    /// How many votes these have.
    private let left: Int

    init(_ neighbours: [Neighbour], votes: Int) {
        guard neighbours.count > votes, neighbours[votes - 1].distance == neighbours[votes].distance else {
            (voters, sharers, left) = (min(votes, neighbours.count), nil, 0)
            return
        }
        let last = neighbours[votes - 1].distance
        let nearer = neighbours.prefix { $0.distance < last }.count
        voters = nearer + neighbours[nearer...].prefix { $0.distance == last }.count
        sharers = voters - nearer
        left = votes - nearer
    }

    /// What the voter at a place counts: whole numbers, so that equal votes come to equal sums.
    func share(at place: Int) -> Double {
        guard let sharers else { return 1 }
        return Double(place < voters - sharers ? sharers : left)
    }
}

extension [Neighbour] {
    /// Whether more than those found may be as near as the `k`-th: the one behind the `wanted` is.
    fileprivate func runsOn(at k: Int, beyond wanted: Int) -> Bool {
        count > wanted && last?.distance == self[k - 1].distance
    }

    /// Drops those behind the `wanted` that are farther away than the `k`-th.
    fileprivate mutating func cut(at k: Int, beyond wanted: Int) {
        guard count > wanted else { return }
        let farthest = self[k - 1].distance
        removeLast(count - (self[wanted...].firstIndex { $0.distance > farthest } ?? count))
    }
}

private struct FittedNearestNeighbours: FittedRule {
    let rule: NearestNeighbours
    let scope: ItemScope

    /// Of more items than these that are as near as the last that votes, the others are not counted.
    private static let mostSharers = 1 << 16

    func predictions(
        for queries: Matrix, in reader: any GalleryReader, listing listed: Int, method: SearchMethod
    ) throws -> [Prediction] {
        let wanted = min(max(rule.k, listed), try reader.count)
        // One more shows whether others are as near as the last that votes.
        var found = try neighbours(of: queries, k: wanted + 1, in: reader, method)
        try complete(&found, of: queries, wanted, in: reader)
        for i in found.indices { found[i].cut(at: rule.k, beyond: wanted) }
        var classes: [UInt64: String] = [:]
        for id in Set(found.joined().map(\.id)) { classes[id] = try reader.item(id)?.label }
        let ids = classes.keys.sorted()
        let labels = ItemLabels(ids.compactMap { classes[$0] })
        let classOfID = Dictionary(uniqueKeysWithValues: zip(ids, labels.classes))
        return try found.map { neighbours in
            guard
                let vote = rule.vote(
                    of: neighbours, listing: wanted, labels: labels,
                    classes: neighbours.compactMap { classOfID[$0.id] })
            else { throw ClassificationError.nothingAdmitted }
            return vote
        }
    }

    private func neighbours(
        of queries: Matrix, k: Int, in reader: any GalleryReader, _ method: SearchMethod
    ) throws -> [[Neighbour]] {
        try reader.neighbours(
            of: queries, k: k, excluding: Array(repeating: scope.excluding, count: queries.rows),
            filter: scope.filter, method: method)
    }

    /// Asks for more where the last of those found is as near as the last that votes, until the distance grows: exactly,
    /// since a graph may not lead to all of many equal vectors.
    private func complete(
        _ found: inout [[Neighbour]], of queries: Matrix, _ wanted: Int, in reader: any GalleryReader
    ) throws {
        let most = max(wanted + 1, min(Self.mostSharers, try reader.count))
        var asked = wanted + 1
        var open = found.indices.filter { found[$0].runsOn(at: rule.k, beyond: wanted) }
        while !open.isEmpty, asked < most {
            asked = min(16 * asked, most)
            let step = max(1, (1 << 20) / asked)
            for first in stride(from: 0, to: open.count, by: step) {
                let rows = Array(open[first..<min(first + step, open.count)])
                let more = try neighbours(of: queries.rows(at: rows), k: asked, in: reader, .exact)
                for (row, neighbours) in zip(rows, more) { found[row] = neighbours }
            }
            open.removeAll { found[$0].count < asked || !found[$0].runsOn(at: rule.k, beyond: wanted) }
        }
    }
}

extension Classifier {
    /// The `k` nearest items vote for their class: `NearestNeighbours`.
    public static func nearestNeighbours(
        k: Int, weighting: Classifier.Weighting = .uniform
    ) -> Classifier { Classifier(NearestNeighbours(k: k, weighting: weighting)) }
}
