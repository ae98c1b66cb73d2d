import AkinItems
import AkinTensors
import AkinVectorSearch

/// The class whose items lie nearest on average wins: the lowest mean of the distances from the query to
/// all items of the class (thesis, section 5.4.1). Distances are those of the gallery's metric: with `l2`
/// this is the thesis' rule.
///
/// Where means are equal, the class of the nearest single item wins, then the label that sorts first.
public struct AverageClassDistance: DistanceRule {
    /// `average-class-distance`
    public static let name = "average-class-distance"

    /// There is nothing to set.
    public init() {}

    /// There is nothing to set.
    public init(_ settings: ClassifierSettings) {}

    /// That single items do not decide.
    public var explanation: String {
        "The class is the one whose items lie nearest on average; the nearest single items can be of another."
    }

    /// Holds all embeddings: O(items · dimension). Answering looks at all distances, a block of queries at a time, on all
    /// threads of the pool: O(queries · items · dimension).
    public func fitted(to reader: any GalleryReader, in scope: ItemScope) throws -> any FittedRule {
        let (ids, examples) = try Examples.of(reader, in: scope)
        return FittedAverageClassDistance(rule: self, ids: ids, examples: examples)
    }

    /// The class with the lowest mean.
    public func prediction(
        from distances: UnsafeBufferPointer<Float>, labels: ItemLabels, listing listed: Int
    ) -> Prediction? {
        var candidates = labels.candidates(by: distances)
        for i in candidates.indices { candidates[i].distance /= Double(candidates[i].items) }
        guard let ranked = candidates.rankByDistance() else { return nil }
        return Prediction(
            ranking: ranked.ranking(names: labels.names), neighbours: nearestPositions(listed, in: distances))
    }
}

private struct FittedAverageClassDistance: FittedRule {
    let rule: AverageClassDistance
    /// The examples' items.
    let ids: [UInt64]
    let examples: Examples

    func predictions(
        for queries: Matrix, in reader: any GalleryReader, listing listed: Int, method: SearchMethod
    ) throws -> [Prediction] {
        var predictions: [Prediction] = []
        predictions.reserveCapacity(queries.rows)
        let rows = Metric.queriesAtOnce(references: ids.count)
        for first in stride(from: 0, to: queries.rows, by: rows) {
            let block = queries.rows(at: first..<min(first + rows, queries.rows))
            let distances = examples.metric.distances(trusted: block, to: examples.embeddings)
            let answers = ThreadPool.shared.map(block.rows) { row in
                distances.withRow(row) { rule.prediction(from: $0, labels: examples.labels, listing: listed) }
            }
            for (row, answer) in answers.enumerated() {
                // Nil where a distance between finite embeddings overflowed.
                guard var answer else { throw ClassificationError.notANumber(query: first + row) }
                for i in answer.neighbours.indices {
                    answer.neighbours[i].id = ids[Int(answer.neighbours[i].id)]
                }
                predictions.append(answer)
            }
        }
        return predictions
    }
}

extension Classifier {
    /// The class whose items lie nearest on average wins: `AverageClassDistance`.
    public static let averageClassDistance = Classifier(AverageClassDistance())
}
