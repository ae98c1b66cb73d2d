import AkinTensors

/// The mean over the triplets of max(0, D+ - D- + margin), with D+ and D- the Euclidean distances of the anchor to the
/// positive and to the negative (thesis, section 5.3.1).
final class TripletLoss: EmbeddingLoss {
    private let margin: Float
    private let distances: DistanceGradient
    /// `[triplets, 2]`: of the positive, of the negative.
    private let squares: FloatBuffer

    var workCount: Int { squares.count + distances.workCount }

    init(_ specification: LossSpecification, _ distances: DistanceGradient, maximumTriplets: Int) {
        margin = specification.margin
        self.distances = distances
        squares = FloatBuffer(count: 2 * maximumTriplets)
    }

    func evaluate(_ evaluation: LossEvaluation, _ loss: inout StepLoss) {
        let (triplets, embeddings, squares) = (
            evaluation.batch.triplets, evaluation.embeddings, squares.base
        )
        precondition(2 * triplets.count <= self.squares.count, "more triplets than the loss has room for")
        distances.measure(triplets, of: embeddings, into: squares)
        distances.begin(count: evaluation.batch.count)
        let share = 1 / Float(max(triplets.count, 1))
        var total = 0.0
        for i in 0..<triplets.count {
            let (triplet, positive, negative) = (triplets[i], squares[2 * i], squares[2 * i + 1])
            guard let slopes = loss.compare(positive, negative, margin: margin, &total) else { continue }
            distances.add(slopes.positive * share, triplet.anchor, triplet.positive)
            distances.add(slopes.negative * share, triplet.anchor, triplet.negative)
        }
        loss.embedding = Float(total) * share
        distances.write(embeddings, evaluation.gradient)
    }
}

extension StepLoss {
    /// Adds the loss of one triplet, given its squared distances, to `total`, and counts it. Returns the derivatives by
    /// the two distances, each divided by the distance, or nil where the triplet teaches nothing.
    mutating func compare(
        _ positiveSquare: Float, _ negativeSquare: Float, margin: Float, _ total: inout Double
    ) -> (positive: Float, negative: Float)? {
        let positive = DistanceGradient.distance(positiveSquare)
        let negative = DistanceGradient.distance(negativeSquare)
        comparisons += 1
        if negative > positive { correct += 1 }
        note(distance: positive, different: false)
        note(distance: negative, different: true)
        let value = positive - negative + margin
        if value <= 0 { return nil }
        active += 1
        total += Double(value)
        return (
            positiveSquare > DistanceGradient.smallestSquare ? 1 / positive : 0,
            negativeSquare > DistanceGradient.smallestSquare ? -1 / negative : 0
        )
    }
}
