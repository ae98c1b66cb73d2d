import AkinTensors
import CAkinKernels

/// The triplet loss with one remembered point a class, to which its embeddings are drawn (thesis, section 5.3.3).
///
/// With M[x] the point remembered of the class of x, the mean over the triplets of
///
///     max(0, D(anchor, positive) - D(anchor, negative) + margin
///            + memory * (D(anchor, M[anchor]) + D(positive, M[positive]) + D(negative, M[negative])))
///
/// The formula, and 0.01 for `memory`, are those of the thesis' program (github.com/GuillerLT/siamese-neural-networks,
/// MIT); its text gives neither. The points do not move during an epoch, and no gradient goes into them. A class of
/// which nothing is remembered yet, as every class in the first epoch, draws nothing.
///
/// At the end of epoch e, from 1, M moves towards the mean P of the embeddings that its class has had in the epoch:
///
///     M = w P + (1 - w) M, w = 1 / sqrt(e)
///
/// The new point is all at first, half after the fourth epoch, a tenth after the hundredth. The thesis says that its
/// weight falls, not how quickly. In its program the weight rises from 0 to 1, points begin at 0, and P is of embeddings
/// without dropout, after the epoch.
final class ExternalMemoryLoss: EmbeddingLoss {
    /// `points` and `sums` `[classes, dimension]`; of how many embeddings a sum is, and whether there is a point, each
    /// `[classes]`.
    let state: FloatBuffer
    private let margin: Float
    private let memory: Float
    private let classes: Int
    private let dimension: Int
    private let distances: DistanceGradient
    /// `[triplets, 2]`: squared distances to the positive and to the negative.
    private let squares: FloatBuffer
    /// `[capacity]`: distances to the points of the images' own classes, 0 where there is none.
    private let strayed: FloatBuffer
    /// `[capacity]`: in how many triplets that teach something an image is.
    private let pulls: FloatBuffer
    private let points: UnsafeMutablePointer<Float>
    private let sums: UnsafeMutablePointer<Float>
    private let counts: UnsafeMutablePointer<Float>
    private let known: UnsafeMutablePointer<Float>

    var workCount: Int { squares.count + strayed.count + pulls.count + state.count + distances.workCount }

    init(
        _ specification: LossSpecification, _ distances: DistanceGradient, classes: Int, capacity: Int,
        maximumTriplets: Int
    ) {
        margin = specification.margin
        memory = specification.memory ?? LossSpecification.usualMemory
        self.classes = classes
        self.distances = distances
        dimension = distances.dimension
        squares = FloatBuffer(count: 2 * maximumTriplets)
        strayed = FloatBuffer(count: capacity)
        pulls = FloatBuffer(count: capacity)
        state = FloatBuffer(count: 2 * classes * dimension + 2 * classes)
        points = state.base
        sums = points + classes * dimension
        counts = sums + classes * dimension
        known = counts + classes
    }

    func evaluate(_ evaluation: LossEvaluation, _ loss: inout StepLoss) {
        let (batch, embeddings) = (evaluation.batch, evaluation.embeddings)
        let (squares, strayed, pulls) = (squares.base, strayed.base, pulls.base)
        precondition(
            2 * batch.triplets.count <= self.squares.count, "more triplets than the loss has room for")
        distances.measure(batch.triplets, of: embeddings, into: squares)
        measureStrayed(evaluation)
        distances.begin(count: batch.count)
        pulls.update(repeating: 0, count: batch.count)
        let share = 1 / Float(max(batch.triplets.count, 1))
        var total = 0.0
        for (i, triplet) in batch.triplets.enumerated() {
            let images = (Int(triplet.anchor), Int(triplet.positive), Int(triplet.negative))
            let all = strayed[images.0] + strayed[images.1] + strayed[images.2]
            guard
                let slopes = loss.compare(
                    squares[2 * i], squares[2 * i + 1], margin: margin + memory * all, &total)
            else { continue }
            distances.add(slopes.positive * share, triplet.anchor, triplet.positive)
            distances.add(slopes.negative * share, triplet.anchor, triplet.negative)
            pulls[images.0] += 1
            pulls[images.1] += 1
            pulls[images.2] += 1
        }
        loss.embedding = Float(total) * share
        distances.write(embeddings, evaluation.gradient)
        addPulls(evaluation, share: share)
        for i in 0..<batch.count {
            let label = Int(batch.classes[i])
            akin_add(sums + label * dimension, embeddings + i * dimension, dimension)
            counts[label] += 1
        }
    }

    private func measureStrayed(_ evaluation: LossEvaluation) {
        let (batch, strayed) = (evaluation.batch, strayed.base)
        distances.pool.forEachRun(of: batch.count) { run in
            for i in run {
                let label = Int(batch.classes[i])
                strayed[i] = 0
                guard known[label] > 0 else { continue }
                akin_squared_l2(
                    evaluation.embeddings + i * dimension, points + label * dimension, 0, 1, dimension,
                    strayed + i)
                strayed[i] = DistanceGradient.distance(strayed[i])
            }
        }
    }

    /// The gradient of a distance is the difference over it.
    private func addPulls(_ evaluation: LossEvaluation, share: Float) {
        let (batch, strayed, pulls) = (evaluation.batch, strayed.base, pulls.base)
        let least = DistanceGradient.distance(0)
        distances.pool.forEachRun(of: batch.count) { run in
            for i in run where pulls[i] > 0 && strayed[i] > least {
                let factor = memory * share * pulls[i] / strayed[i]
                let point = points + Int(batch.classes[i]) * dimension
                let embedding = evaluation.embeddings + i * dimension
                let gradient = evaluation.gradient + i * dimension
                for k in 0..<dimension { gradient[k] += factor * (embedding[k] - point[k]) }
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
