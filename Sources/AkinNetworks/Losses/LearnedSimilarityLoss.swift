import AkinTensors
import CAkinKernels

/// Binary cross-entropy on a learned weighting of the components' distances (Koch et al. 2015, section 3.1), the mean
/// over the pairs of
///
///     -log p for a positive pair, -log(1 - p) for a negative one,
///     p(same) = sigmoid(sum over k of weight[k] |left[k] - right[k]| + bias)
///
/// A pair is right where p lies on the right side of one half.
final class LearnedSimilarityLoss: EmbeddingLoss {
    private let distances: DistanceGradient
    private let dimension: Int
    private let pool: ThreadPool
    private let maximumPairs: Int
    private let arena: FloatBuffer
    private let squares: Int
    /// `[pairs]`: the arguments of the sigmoid, then the loss' derivatives by them.
    private let scores: Int
    /// `[threads, dimension]`
    private let differences: Int

    var workCount: Int { arena.count + distances.workCount }

    init(_ specification: LossSpecification, _ distances: DistanceGradient, maximumPairs: Int) {
        self.distances = distances
        self.maximumPairs = maximumPairs
        dimension = distances.dimension
        pool = distances.pool
        var plan = ArenaPlan()
        squares = plan.reserve(maximumPairs)
        scores = plan.reserve(maximumPairs)
        differences = plan.reserve(pool.threads * dimension)
        arena = FloatBuffer(count: plan.count)
    }

    func evaluate(_ evaluation: LossEvaluation, _ loss: inout StepLoss) {
        let pairs = evaluation.batch.pairs
        precondition(pairs.count <= maximumPairs, "more pairs than the loss has room for")
        let (squares, scores) = (arena.base + squares, arena.base + scores)
        distances.measure(pairs, of: evaluation.embeddings, into: squares)
        score(evaluation, scores)
        let bias = evaluation.parameters[dimension]
        let share = 1 / Float(max(pairs.count, 1))
        var (total, biasGradient) = (0.0, 0.0)
        for i in 0..<pairs.count {
            let (score, different) = (Double(scores[i] + bias), pairs[i].different)
            // -log sigmoid(x) = log(1 + e^-x), without overflow.
            let wrong = different ? score : -score
            let power = (-abs(wrong)).exponential
            total += max(wrong, 0) + (1 + power).naturalLogarithm
            let probability = (wrong > 0 ? 1 : power) / (1 + power)
            scores[i] = Float(different ? probability : -probability) * share
            biasGradient += Double(scores[i])
            loss.active += scores[i] != 0 ? 1 : 0
            loss.correct += wrong < 0 ? 1 : 0
            loss.note(distance: DistanceGradient.distance(squares[i]), different: different)
        }
        loss.comparisons = pairs.count
        loss.embedding = Float(total) * share
        evaluation.parameterGradient[dimension] = Float(biasGradient)
        differentiate(evaluation, scores)
    }

    private func score(_ evaluation: LossEvaluation, _ scores: UnsafeMutablePointer<Float>) {
        let (pairs, embeddings) = (evaluation.batch.pairs, evaluation.embeddings)
        let blocks = (pairs.count + 31) / 32
        pool.forEach(blocks) { block, thread in
            let differences = arena.base + differences + thread * dimension
            for i in run(block, of: blocks, in: pairs.count) {
                let left = embeddings + Int(pairs[i].left) * dimension
                let right = embeddings + Int(pairs[i].right) * dimension
                for k in 0..<dimension { differences[k] = abs(left[k] - right[k]) }
                akin_dot(differences, evaluation.parameters, 0, 1, dimension, scores + i)
            }
        }
    }

    // Each thread has some of the components for all pairs, so that no two write the same place.
    private func differentiate(_ evaluation: LossEvaluation, _ slopes: UnsafePointer<Float>) {
        let (pairs, embeddings, gradient) = (
            evaluation.batch.pairs, evaluation.embeddings, evaluation.gradient
        )
        let (weight, weightGradient) = (evaluation.parameters, evaluation.parameterGradient)
        pool.forEachRun(of: dimension) { components in
            let first = components.lowerBound
            let length = components.count
            (weightGradient + first).update(repeating: 0, count: length)
            for row in 0..<evaluation.batch.count {
                (gradient + row * dimension + first).update(repeating: 0, count: length)
            }
            for i in 0..<pairs.count {
                let (leftStart, rightStart) = (
                    Int(pairs[i].left) * dimension + first, Int(pairs[i].right) * dimension + first
                )
                guard leftStart != rightStart else { continue }
                let (left, right, slope) = (embeddings + leftStart, embeddings + rightStart, slopes[i])
                let (toLeft, toRight) = (gradient + leftStart, gradient + rightStart)
                let (weight, toWeight) = (weight + first, weightGradient + first)
                for k in 0..<length {
                    let difference = left[k] - right[k]
                    let sign: Float = difference > 0 ? 1 : difference < 0 ? -1 : 0
                    let change = slope * weight[k] * sign
                    toLeft[k] += change
                    toRight[k] -= change
                    toWeight[k] += slope * difference * sign
                }
            }
        }
    }
}
