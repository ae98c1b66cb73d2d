import AkinTensors
import CAkinKernels

/// The triplet loss with one remembered point a class (thesis, section 5.3.3).
///
/// The positive and the negative of a triplet are replaced by the points remembered of their classes:
///
///     mean over triplets of max(0, D(anchor, M[its class]) - D(anchor, M[the negative's class]) + margin)
///
/// The points do not move during an epoch, and no gradient goes into them. A triplet with a class of which nothing is
/// remembered, as all are in the first epoch, is compared by its images as in `triplet`.
///
/// At the end of epoch e, from 1, M moves towards the mean P of the embeddings that its class has had in the epoch:
///
///     M = w P + (1 - w) M, w = 1 / sqrt(e)
///
/// The new point is all at first, half after the fourth epoch, a tenth after the hundredth. The thesis says that its
/// weight falls, not how quickly. Where it falls as 1 / e, M is a mean over half of all epochs: the network sticks to
/// where it stood when it knew little.
final class ExternalMemoryLoss: EmbeddingLoss {
    /// `points` and `sums` `[classes, dimension]`; of how many embeddings a sum is, and whether there is a point, each
    /// `[classes]`.
    let state: FloatBuffer
    private let margin: Float
    private let classes: Int
    private let dimension: Int
    private let distances: DistanceGradient
    private let maximumTriplets: Int
    /// `[triplets, 2]`: squared distances to the positive and the negative, then the derivatives divided by distances.
    private let factors: FloatBuffer
    private let points: UnsafeMutablePointer<Float>
    private let sums: UnsafeMutablePointer<Float>
    private let counts: UnsafeMutablePointer<Float>
    private let known: UnsafeMutablePointer<Float>

    init(
        _ specification: LossSpecification, _ distances: DistanceGradient, classes: Int, maximumTriplets: Int
    ) {
        margin = specification.margin
        self.classes = classes
        self.distances = distances
        self.maximumTriplets = maximumTriplets
        dimension = distances.dimension
        factors = FloatBuffer(count: 2 * maximumTriplets)
        state = FloatBuffer(count: 2 * classes * dimension + 2 * classes)
        points = state.base
        sums = points + classes * dimension
        counts = sums + classes * dimension
        known = counts + classes
    }

    func evaluate(_ evaluation: LossEvaluation, _ loss: inout StepLoss) {
        let (batch, embeddings, factors) = (evaluation.batch, evaluation.embeddings, factors.base)
        let triplets = batch.triplets
        precondition(triplets.count <= maximumTriplets, "more triplets than the loss has room for")
        distances.pool.forEachRun(of: triplets.count) { run in
            for i in run {
                let anchor = embeddings + Int(triplets[i].anchor) * dimension
                let (positive, negative) = partners(of: triplets[i], evaluation)
                akin_squared_l2(anchor, positive, 0, 1, dimension, factors + 2 * i)
                akin_squared_l2(anchor, negative, 0, 1, dimension, factors + 2 * i + 1)
            }
        }
        distances.begin(count: batch.count)
        let share = 1 / Float(max(triplets.count, 1))
        var total = 0.0
        for i in 0..<triplets.count {
            let triplet = triplets[i]
            let slopes = loss.compare(factors[2 * i], factors[2 * i + 1], margin: margin, &total)
            let remembered = isRemembered(triplet, batch)
            factors[2 * i] = remembered ? slopes.positive * share : 0
            factors[2 * i + 1] = remembered ? slopes.negative * share : 0
            if !remembered {
                distances.add(slopes.positive * share, triplet.anchor, triplet.positive)
                distances.add(slopes.negative * share, triplet.anchor, triplet.negative)
            }
        }
        loss.embedding = Float(total) * share
        distances.write(embeddings, evaluation.gradient)
        addGradientOfRemembered(evaluation, factors)
        for i in 0..<batch.count {
            let label = Int(batch.classes[i])
            akin_add(sums + label * dimension, embeddings + i * dimension, dimension)
            counts[label] += 1
        }
    }

    private func isRemembered(_ triplet: Triplet, _ batch: LossBatch) -> Bool {
        known[Int(batch.classes[Int(triplet.anchor)])] > 0
            && known[Int(batch.classes[Int(triplet.negative)])] > 0
    }

    private func partners(
        of triplet: Triplet, _ evaluation: LossEvaluation
    ) -> (positive: UnsafePointer<Float>, negative: UnsafePointer<Float>) {
        let (batch, embeddings) = (evaluation.batch, evaluation.embeddings)
        guard isRemembered(triplet, batch) else {
            return (
                embeddings + Int(triplet.positive) * dimension, embeddings + Int(triplet.negative) * dimension
            )
        }
        return (
            UnsafePointer(points + Int(batch.classes[Int(triplet.anchor)]) * dimension),
            UnsafePointer(points + Int(batch.classes[Int(triplet.negative)]) * dimension)
        )
    }

    // Each thread has some of the components for all triplets, so that no two write the same place.
    private func addGradientOfRemembered(_ evaluation: LossEvaluation, _ factors: UnsafePointer<Float>) {
        let triplets = evaluation.batch.triplets
        distances.pool.forEachRun(of: dimension) { components in
            for i in 0..<triplets.count {
                let (a, b) = (factors[2 * i], factors[2 * i + 1])
                guard a != 0 || b != 0 else { continue }
                let (positive, negative) = partners(of: triplets[i], evaluation)
                let anchor = evaluation.embeddings + Int(triplets[i].anchor) * dimension
                let gradient = evaluation.gradient + Int(triplets[i].anchor) * dimension
                for k in components {
                    gradient[k] += a * (anchor[k] - positive[k]) + b * (anchor[k] - negative[k])
                }
            }
        }
    }

    func finishEpoch(_ epoch: Int) {
        for label in 0..<classes where counts[label] > 0 {
            let weight = known[label] > 0 ? 1 / Float(epoch).squareRoot() : 1
            let (point, sum) = (points + label * dimension, sums + label * dimension)
            for k in 0..<dimension { point[k] += weight * (sum[k] / counts[label] - point[k]) }
            known[label] = 1
        }
        sums.update(repeating: 0, count: classes * dimension)
        counts.update(repeating: 0, count: classes)
    }
}
