import Foundation

/// A class while what speaks for it is being summed up.
struct ClassCandidate {
    /// In the names of the items' labels.
    var position: Int
    var score = 0.0
    var distance = 0.0
    /// Of nearest neighbours: what `distance` is the sum over, in shares of a vote.
    var votes = 0.0
    var items = 0
    var nearest = Float.infinity
}

extension ItemLabels {
    /// The classes that have an item at a distance that is a number: how many, the nearest, and the sum of the distances.
    func candidates(by distances: UnsafeBufferPointer<Float>) -> [ClassCandidate] {
        var candidates = names.indices.map { ClassCandidate(position: $0) }
        candidates.withUnsafeMutableBufferPointer { candidates in
            classes.withUnsafeBufferPointer { classes in
                for i in classes.indices where !distances[i].isNaN {
                    let own = classes[i]
                    candidates[own].distance += Double(distances[i])
                    candidates[own].items += 1
                    candidates[own].nearest = min(candidates[own].nearest, distances[i])
                }
            }
        }
        candidates.removeAll { $0.items == 0 }
        return candidates
    }
}

extension [ClassCandidate] {
    /// Ranks classes by their distances, the smallest first, then by the nearest item, then by label; each score is the
    /// softmin of the distances divided by `temperature`, or what the distance lacks of 1 where that is nil. Nil if there is none.
    mutating func rankByDistance(temperature: Double? = 1) -> [ClassCandidate]? {
        sort { ($0.distance, $0.nearest, $0.position) < ($1.distance, $1.nearest, $1.position) }
        guard let best = first else { return nil }
        guard let temperature else {
            for i in indices { self[i].score = 1 - self[i].distance }
            return self
        }
        var total = 0.0
        for i in indices {
            let behind = self[i].distance - best.distance
            // Both infinite: as near as the best.
            self[i].score = behind.isNaN ? 1 : exp(-behind / temperature)
            total += self[i].score
        }
        for i in indices { self[i].score /= total }
        return self
    }

    /// The best of them.
    func ranking(names: [String]) -> [ClassScore] {
        prefix(Prediction.rankedClasses).map {
            ClassScore(
                label: names[$0.position], score: Float($0.score), distance: Float($0.distance),
                items: $0.items)
        }
    }
}
