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
    public func answers(
        leavingOut positions: [Int], _ folds: Folds, of examples: Examples, listing: Int
    ) throws -> [LeftOutAnswer] {
        examples.answers(leavingOut: positions, folds) { _, distances in
            prediction(from: distances, labels: examples.labels, listing: listing)
        }
    }
}

extension Classifier {
    /// As `DistanceRule.prediction`; nil also where the rule is none by distances alone, and where there is not a distance for each
    /// item.
    public func prediction(
        fromDistances distances: some Collection<Float>, labels: ItemLabels, listing listed: Int = 5
    ) -> Prediction? {
        guard let rule = rule as? any DistanceRule, distances.count == labels.count else { return nil }
        return Array(distances).withUnsafeBufferPointer {
            rule.prediction(from: $0, labels: labels, listing: listed)
        }
    }
}
