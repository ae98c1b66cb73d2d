import AkinTensors
import AkinVectorSearch

/// A rule that needs no more than the distances from a query to all items: so leaving items out costs no fit.
public protocol DistanceRule: ClassificationRule {
    /// The answer to a query whose distances to all items are known. O(items) for a few neighbours.
    ///
    /// - Parameters:
    ///   - distances: One for each item, in the order of `labels`. An item whose distance is not a number
    ///     takes no part: so an item is left out.
    ///   - labels: The items' classes.
    ///   - listed: How many neighbours the answer lists; at least those that voted. A neighbour's id is the
    ///     item's position.
    /// - Returns: Nil if no item takes part.
    func prediction(
        from distances: UnsafeBufferPointer<Float>, labels: ItemLabels, listing listed: Int
    ) -> Prediction?
}

extension DistanceRule {
    /// One matrix of distances for all positions.
    public func predictions(
        leavingOut positions: [Int], _ folds: Folds, of examples: Examples, listing: Int
    ) throws -> [Prediction?] {
        let distances = examples.distances(leavingOut: positions, folds)
        return ThreadPool.shared.map(positions.count) { row in
            distances.withRow(row) { prediction(from: $0, labels: examples.labels, listing: listing) }
        }
    }
}

extension Examples {
    /// The distances from the examples at `positions` to all, `[positions, examples]`; those to what is left out with
    /// each are no number.
    func distances(leavingOut positions: [Int], _ folds: Folds) -> Matrix {
        var distances = metric.distances(from: embeddings.rows(at: positions), to: embeddings)
        for (row, position) in positions.enumerated() {
            for other in folds.positions(in: folds.fold(of: position)) { distances[row, other] = .nan }
        }
        return distances
    }
}

extension Matrix {
    /// Calls `body` with a row where it lies.
    func withRow<R>(_ row: Int, _ body: (UnsafeBufferPointer<Float>) -> R) -> R {
        values.withUnsafeBufferPointer {
            body(UnsafeBufferPointer(rebasing: $0[row * columns..<(row + 1) * columns]))
        }
    }
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

extension Classifier {
    /// As `DistanceRule.prediction`; nil also where the rule is none by distances alone.
    public func prediction(
        fromDistances distances: some Collection<Float>, labels: ItemLabels, listing listed: Int = 5
    ) -> Prediction? {
        precondition(distances.count == labels.count, "a distance for each item")
        guard let rule = rule as? any DistanceRule else { return nil }
        return Array(distances).withUnsafeBufferPointer {
            rule.prediction(from: $0, labels: labels, listing: listed)
        }
    }
}
