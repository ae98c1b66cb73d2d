import AkinItems
import AkinTensors

/// What a formula says of examples each of which is left out alone.
struct LeftOutDistances {
    /// From each example to each class without it, `[examples, classes]`; to its own class, where it is the only item of
    /// that, whatever number or none.
    var distances: DoubleMatrix
    /// What the distances of an example are divided by for the scores.
    var temperatures: [Double]

    /// Of values, `[examples, classes]`, of which the largest is the nearest.
    init(values: DoubleMatrix, temperatures: [Double]) {
        distances = values
        for i in distances.values.indices { distances.values[i] = 1 - values.values[i] }
        self.temperatures = temperatures
    }

    init(examples: Int, classes: Int) {
        distances = DoubleMatrix(rows: examples, columns: classes)
        temperatures = [Double](repeating: 1, count: examples)
    }
}

extension Examples {
    /// An answer for each of `positions`: by a formula where it is left out alone, else by a fit to the rest.
    ///
    /// - Parameter formula: What it says of each of some examples, all of them usable.
    func answers(
        leavingOut positions: [Int], _ folds: Folds, by rule: some ClassificationRule, listing: Int,
        formula: (_ examples: Examples) -> LeftOutDistances
    ) throws -> [LeftOutAnswer] {
        let usable = (0..<labels.count).filter { isUsableEmbedding(embeddings[$0]) }
        var places = [Int?](repeating: nil, count: labels.count)
        for (place, position) in usable.enumerated() { places[position] = place }
        let rest = Examples(
            labels: ItemLabels(usable.map { labels.names[labels.classes[$0]] }),
            trusted: embeddings.rows(at: usable), metric: metric)
        let alone = positions.filter { places[$0] != nil && folds.leftOut(with: $0).count == 1 }
        let together = positions.filter { folds.leftOut(with: $0).count > 1 }
        let refitted = try rule.refitted(leavingOut: together, folds, of: self, listing: listing)
        let predictions = Dictionary(uniqueKeysWithValues: zip(together, refitted))
        // One example cannot be answered by others.
        let found = alone.isEmpty || usable.count < 2 ? nil : formula(rest)
        // A class of which no example is usable is none there.
        let classes = labels.names.map { name in rest.labels.names.firstIndex(of: name) }
        return answers(leavingOut: positions, folds) { row, distances in
            if let prediction = predictions[positions[row]] { return prediction }
            guard let found, let place = places[positions[row]] else { return nil }
            let left = labels.classes[positions[row]]
            let classDistances = classes.enumerated().map { label, own in
                guard let own else { return ClassDistance(distance: .infinity, items: 0) }
                return ClassDistance(
                    distance: found.distances[place, own],
                    items: rest.labels.counts[own] - (label == left ? 1 : 0))
            }
            return prediction(
                by: classDistances, temperature: found.temperatures[place], distances: distances,
                listing: listing)
        }
    }
}
