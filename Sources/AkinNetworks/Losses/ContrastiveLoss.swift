import AkinTensors

/// The contrastive losses (thesis, section 5.2.1.1.4, figure 5.9; seed 002), each the mean over the pairs of
///
///                                 positive          negative
///     contrastive             (a) D^2               max(0, margin - D)^2
///     contrastive-squared     (b) D^2               max(0, margin - D^2)
///     contrastive-logarithmic (c) -log(1 - D / N)   -log(D / N)
///     half-contrastive            D^2 / 2           max(0, margin - D)^2 / 2
///
/// with D the Euclidean distance and N the number of dimensions. (c) is as printed, its second term simplified, up to
/// D / N = 0.99 for positive pairs and from D / N = 0.0001 on for negative ones. Beyond, where it grows without bound or
/// is not defined at all, it goes on along its tangent: finite for every D and smooth. A sigmoid's embeddings are at
/// most sqrt(N) apart, so (c) hardly pulls positive pairs together: the thesis, too, got poor results with it. The
/// thesis takes the sum over the pairs for (c) and their mean for the others; here all are means, as an optimizer that
/// scales its steps by the gradient makes no difference between the two.
final class ContrastiveLoss: EmbeddingLoss {
    private let specification: LossSpecification
    /// That of the thesis' program where the loss has none.
    private let border: Float
    private let distances: DistanceGradient
    private let squares: FloatBuffer

    var workCount: Int { squares.count + distances.workCount }

    init(_ specification: LossSpecification, _ distances: DistanceGradient, maximumPairs: Int) {
        self.specification = specification
        border = specification.border ?? 0.5
        self.distances = distances
        squares = FloatBuffer(count: maximumPairs)
    }

    func evaluate(_ evaluation: LossEvaluation, _ loss: inout StepLoss) {
        let pairs = evaluation.batch.pairs
        precondition(pairs.count <= squares.count, "more pairs than the loss has room for")
        distances.measure(pairs, of: evaluation.embeddings, into: squares.base)
        distances.begin(count: evaluation.batch.count)
        let share = 1 / Float(max(pairs.count, 1))
        var total = 0.0
        for i in 0..<pairs.count {
            let (pair, square) = (pairs[i], squares.base[i])
            let distance = DistanceGradient.distance(square)
            let (value, slope) = pair.different ? negative(distance) : positive(distance)
            total += Double(value)
            if slope != 0 && square > DistanceGradient.smallestSquare {
                loss.active += 1
                distances.add(slope / distance * share, pair.left, pair.right)
            }
            if (distance > border) == pair.different { loss.correct += 1 }
            loss.note(distance: distance, different: pair.different)
        }
        loss.comparisons = pairs.count
        loss.embedding = Float(total) * share
        distances.write(evaluation.embeddings, evaluation.gradient)
    }

    /// The loss of a positive pair and its derivative by the distance.
    private func positive(_ distance: Float) -> (value: Float, slope: Float) {
        switch specification.kind {
        case .halfContrastive: return (distance * distance / 2, distance)
        case .contrastiveLogarithmic:
            let dimensions = Float(distances.dimension)
            let (value, slope) = Self.minusLogarithm(1 - distance / dimensions, from: 0.01)
            return (value, -slope / dimensions)
        default: return (distance * distance, 2 * distance)
        }
    }

    private func negative(_ distance: Float) -> (value: Float, slope: Float) {
        let missing = specification.margin - distance < 0 ? 0 : specification.margin - distance
        switch specification.kind {
        case .halfContrastive: return (missing * missing / 2, -missing)
        case .contrastiveSquared:
            let missing = specification.margin - distance * distance
            return missing <= 0 ? (0, 0) : (missing, -2 * distance)
        case .contrastiveLogarithmic:
            let dimensions = Float(distances.dimension)
            let (value, slope) = Self.minusLogarithm(distance / dimensions, from: 0.0001)
            return (value, slope / dimensions)
        default: return (missing * missing, -2 * missing)
        }
    }

    /// -log(x) and its derivative; below `border` its tangent there.
    private static func minusLogarithm(_ x: Float, from border: Float) -> (value: Float, slope: Float) {
        let at = max(x, border)
        return (-Float(Double(at).naturalLogarithm) + (at - x) / at, -1 / at)
    }
}
