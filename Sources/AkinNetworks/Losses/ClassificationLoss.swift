import AkinTensors
import CAkinKernels

/// Class scores on the embeddings, E weight + bias, and their cross-entropy (thesis, sections 5.1 and 5.2.2). An image
/// counts as often as it stands in a pair or triplet, divided by how many there are; where neither is compared, the
/// mean over the images.
final class ClassificationLoss {
    private let compares: LossSpecification.Compared
    private let smoothing: Float
    private let dimension: Int
    private let classes: Int
    private let pool: ThreadPool
    private let arena: FloatBuffer
    /// `[count, classes]`
    private let scores: Int
    /// `[count]`
    private let weights: Int
    private let losses: Int
    /// `[count]`: 1 where the image's own class has the highest score.
    private let hits: Int

    /// Floats that it works in.
    var workCount: Int { arena.count }

    init(_ specification: LossSpecification, dimension: Int, classes: Int, capacity: Int, pool: ThreadPool) {
        compares = specification.kind.compares
        smoothing = specification.labelSmoothing
        self.dimension = dimension
        self.classes = classes
        self.pool = pool
        var plan = ArenaPlan()
        scores = plan.reserve(capacity * classes)
        weights = plan.reserve(capacity)
        losses = plan.reserve(capacity)
        hits = plan.reserve(capacity)
        arena = FloatBuffer(count: plan.count)
    }

    /// How many values its weight and bias are.
    var parameterCount: Int { (dimension + 1) * classes }

    /// Returns the cross-entropy, and how many images have their highest score where their class is. Adds `contribution` times its gradient to that at the embeddings and overwrites that
    /// of weight and bias with it.
    func evaluate(_ evaluation: LossEvaluation, contribution: Float) -> (crossEntropy: Float, right: Int) {
        let (count, embeddings, weight) = (
            evaluation.batch.count, evaluation.embeddings, evaluation.parameters
        )
        let (scores, weights, losses) = (arena.base + scores, arena.base + weights, arena.base + losses)
        let hits = arena.base + self.hits
        let bias = weight + dimension * classes
        let mixtures = evaluation.batch.mixtures
        weigh(evaluation.batch, weights)
        pool.forEachRun(of: count) { rows in
            for row in rows { (scores + row * classes).update(from: bias, count: classes) }
            let block = scores + rows.lowerBound * classes
            BLAS.multiply(
                embeddings + rows.lowerBound * dimension, stride: dimension, by: weight, stride: classes,
                into: block, stride: classes, rows: rows.count, columns: classes, inner: dimension, beta: 1)
            for row in rows {
                let truth = Int(evaluation.batch.classes[row])
                hits[row] =
                    Self.isHighest(truth, in: block + (row - rows.lowerBound) * classes, classes) ? 1 : 0
                losses[row] = Float(
                    crossEntropy(
                        scores + row * classes, classes, truth: truth,
                        mixture: mixtures.isEmpty ? nil : mixtures[row],
                        smoothing: smoothing, weight: weights[row] * contribution))
            }
            BLAS.multiply(
                block, stride: classes, by: weight, stride: classes, bTransposed: true,
                into: evaluation.gradient + rows.lowerBound * dimension, stride: dimension, rows: rows.count,
                columns: dimension, inner: classes, beta: 1)
        }
        let (weightGradient, biasGradient) = (
            evaluation.parameterGradient, evaluation.parameterGradient + dimension * classes
        )
        pool.forEachRun(of: dimension) { rows in
            BLAS.multiply(
                embeddings + rows.lowerBound, stride: dimension, aTransposed: true, by: scores,
                stride: classes,
                into: weightGradient + rows.lowerBound * classes, stride: classes, rows: rows.count,
                columns: classes, inner: count)
        }
        biasGradient.update(repeating: 0, count: classes)
        var total = 0.0
        for row in 0..<count {
            akin_add(biasGradient, scores + row * classes, classes)
            total += Double(weights[row]) * Double(losses[row])
        }
        return (Float(total), (0..<count).count { hits[$0] > 0 })
    }

    /// Of equal scores the first counts as the highest.
    private static func isHighest(_ truth: Int, in scores: UnsafePointer<Float>, _ count: Int) -> Bool {
        let own = scores[truth]
        return (0..<truth).allSatisfy { scores[$0] < own } && (truth..<count).allSatisfy { scores[$0] <= own }
    }

    private func weigh(_ batch: LossBatch, _ weights: UnsafeMutablePointer<Float>) {
        let compared =
            switch compares {
            case .pairs: batch.pairs.count
            case .triplets: batch.triplets.count
            case .batch: batch.count
            }
        let share = 1 / Float(max(compared, 1))
        weights.update(repeating: compares == .batch ? share : 0, count: batch.count)
        switch compares {
        case .pairs:
            for pair in batch.pairs {
                weights[Int(pair.left)] += share
                weights[Int(pair.right)] += share
            }
        case .triplets:
            for triplet in batch.triplets {
                weights[Int(triplet.anchor)] += share
                weights[Int(triplet.positive)] += share
                weights[Int(triplet.negative)] += share
            }
        case .batch: break
        }
    }
}
