import AkinVectorSearch
import Foundation

extension Classifier {
    /// The answer to a query whose distances to all items are known.
    ///
    /// - Parameters:
    ///   - distances: One for each item, in the order of `labels`. An item whose distance is not a number
    ///     takes no part: so an item is left out.
    ///   - labels: The items' classes.
    ///   - listed: How many neighbours the answer lists; at least those that voted. A neighbour's id is the
    ///     item's position.
    /// - Returns: Nil if no item takes part.
    ///
    /// O(items) for a small `k`, O(items log items) otherwise.
    public func prediction(
        fromDistances distances: some Collection<Float>, labels: ItemLabels, listing listed: Int = 5
    ) -> Prediction? {
        precondition(distances.count == labels.count, "a distance for each item")
        if let result = distances.withContiguousStorageIfAvailable({
            prediction(from: $0, labels: labels, listing: listed)
        }) {
            return result
        }
        return Array(distances).withUnsafeBufferPointer {
            prediction(from: $0, labels: labels, listing: listed)
        }
    }

    func prediction(
        from distances: UnsafeBufferPointer<Float>, labels: ItemLabels, listing listed: Int
    ) -> Prediction? {
        switch self {
        case .nearestNeighbours(let k, let weighting):
            let nearest = nearestPositions(max(k, listed), in: distances)
            return Self.vote(
                of: nearest, k: k, weighting: weighting, labels: labels,
                classes: nearest.map { labels.classes[Int($0.id)] })
        case .averageClassDistance:
            return Self.averageClassDistance(distances, labels: labels, listing: listed)
        }
    }

    /// The vote of the first `k` of `neighbours` (nearest first), whose classes are positions in
    /// `labels.names`.
    static func vote(
        of neighbours: [Neighbour], k: Int, weighting: Weighting, labels: ItemLabels, classes: [Int]
    ) -> Prediction? {
        let voters = neighbours.prefix(k)
        guard !voters.isEmpty else { return nil }
        let anExactMatch = voters.contains { $0.distance <= 0 }
        var candidates: [Candidate] = []
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
                    Candidate(
                        position: own, score: weight, distance: distance, items: 1,
                        nearest: neighbour.distance))
            }
        }
        candidates.sort {
            ($1.score, $0.distance, $0.nearest, $0.position) < (
                $0.score, $1.distance, $1.nearest, $1.position
            )
        }
        let ranking = candidates.prefix(Prediction.rankedClasses).map {
            ClassScore(
                label: labels.names[$0.position],
                // All at an infinite distance: every weight is 0.
                score: Float(total > 0 ? $0.score / total : 1 / Double(candidates.count)),
                distance: Float($0.distance / Double($0.items)), items: $0.items)
        }
        return Prediction(
            label: ranking[0].label, confidence: ranking[0].score, ranking: ranking, neighbours: neighbours)
    }

    private static func averageClassDistance(
        _ distances: UnsafeBufferPointer<Float>, labels: ItemLabels, listing listed: Int
    ) -> Prediction? {
        var candidates = labels.names.indices.map {
            Candidate(position: $0, score: 0, distance: 0, items: 0, nearest: .infinity)
        }
        candidates.withUnsafeMutableBufferPointer { candidates in
            labels.classes.withUnsafeBufferPointer { classes in
                for i in classes.indices where !distances[i].isNaN {
                    let own = classes[i]
                    candidates[own].distance += Double(distances[i])
                    candidates[own].items += 1
                    candidates[own].nearest = min(candidates[own].nearest, distances[i])
                }
            }
        }
        candidates.removeAll { $0.items == 0 }
        for i in candidates.indices { candidates[i].distance /= Double(candidates[i].items) }
        candidates.sort { ($0.distance, $0.nearest, $0.position) < ($1.distance, $1.nearest, $1.position) }
        guard let best = candidates.first else { return nil }
        var total = 0.0
        for i in candidates.indices {
            let behind = candidates[i].distance - best.distance
            // Both infinite: as near as the best.
            candidates[i].score = behind.isNaN ? 1 : exp(-behind)
            total += candidates[i].score
        }
        let ranking = candidates.prefix(Prediction.rankedClasses).map {
            ClassScore(
                label: labels.names[$0.position], score: Float($0.score / total),
                distance: Float($0.distance),
                items: $0.items)
        }
        return Prediction(
            label: ranking[0].label, confidence: ranking[0].score, ranking: ranking,
            neighbours: nearestPositions(listed, in: distances))
    }
}

/// A class while its score is being summed up.
private struct Candidate {
    var position: Int
    var score: Double
    var distance: Double
    var items: Int
    var nearest: Float
}

/// The `k` smallest distances, nearest first, then by position; those that are not numbers are passed over.
func nearestPositions(_ k: Int, in distances: UnsafeBufferPointer<Float>) -> [Neighbour] {
    guard k > 0 else { return [] }
    guard k <= 64 else {
        return Array(
            distances.indices.lazy.filter { !distances[$0].isNaN }
                .map { Neighbour(id: UInt64($0), distance: distances[$0]) }
                .sorted { ($0.distance, $0.id) < ($1.distance, $1.id) }
                .prefix(k))
    }
    var nearest: [Neighbour] = []
    nearest.reserveCapacity(k + 1)
    for i in distances.indices {
        let distance = distances[i]
        if nearest.count == k, !(distance < nearest[k - 1].distance) { continue }
        if distance.isNaN { continue }
        var place = nearest.count
        while place > 0, distance < nearest[place - 1].distance { place -= 1 }
        nearest.insert(Neighbour(id: UInt64(i), distance: distance), at: place)
        if nearest.count > k { nearest.removeLast() }
    }
    return nearest
}
