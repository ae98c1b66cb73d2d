import AkinTensors
import AkinVectorSearch

/// What all examples but those left out with it say of an example whose class is known.
public struct LeftOutAnswer: Sendable, Equatable {
    /// The answer; nil where nothing is left to compare with, or no distance is a number. A neighbour's id is the
    /// example's position, here and below.
    public var prediction: Prediction?
    /// The nearest example of its own class; nil where none is left at a finite distance.
    public var nearestSame: Neighbour?
    /// The nearest example of another class; nil where none is left at a finite distance.
    public var nearestOther: Neighbour?
}

extension Examples {
    /// An answer for each of `positions`, on all threads of the pool.
    ///
    /// - Parameter predict: Gives the answer to the example at `positions[row]`; it is told the distances to all
    ///   examples, which are no number for those that are left out with it.
    public func answers(
        leavingOut positions: [Int], _ folds: Folds,
        predict: (_ row: Int, _ distances: UnsafeBufferPointer<Float>) -> Prediction?
    ) -> [LeftOutAnswer] {
        var answers: [LeftOutAnswer] = []
        answers.reserveCapacity(positions.count)
        let rows = Metric.queriesAtOnce(references: labels.count)
        for first in stride(from: 0, to: positions.count, by: rows) {
            let block = first..<min(first + rows, positions.count)
            answers += self.answers(leavingOut: positions[block], folds) { predict(first + $0, $1) }
        }
        return answers
    }

    private func answers(
        leavingOut positions: ArraySlice<Int>, _ folds: Folds,
        predict: (_ row: Int, _ distances: UnsafeBufferPointer<Float>) -> Prediction?
    ) -> [LeftOutAnswer] {
        let positions = Array(positions)
        var distances = metric.distances(trusted: embeddings.rows(at: positions), to: embeddings)
        for (row, position) in positions.enumerated() {
            for other in folds.leftOut(with: position) { distances[row, other] = .nan }
        }
        let classes = labels.classes.map { Int32($0) }
        return ThreadPool.shared.map(positions.count) { row in
            distances.withRow(row) { distances in
                let prediction = predict(row, distances)
                let nearest = classes.withUnsafeBufferPointer {
                    nearestOfClasses($0, own: $0[positions[row]], in: distances)
                }
                return LeftOutAnswer(
                    prediction: prediction, nearestSame: nearest.own, nearestOther: nearest.other)
            }
        }
    }
}
