import AkinTensors

/// Multi-similarity loss (Wang et al. 2019, equations 11 to 15), with S the cosine and lambda `base`, the mean over the
/// images i of
///
///       1 / alpha log(1 + sum over chosen positives of exp(-alpha (S - lambda)))
///     + 1 / beta  log(1 + sum over chosen negatives of exp( beta  (S - lambda)))
///
/// Chosen are positives that are less similar than i's most similar negative plus `margin`, and negatives that are more
/// similar than i's least similar positive less `margin`; none where i has no positive or no negative.
final class MultiSimilarityLoss: EmbeddingLoss {
    private let specification: LossSpecification
    private let gram: GramMatrix
    private let arena: FloatBuffer
    /// `[count, count]`: cosines, then the loss' derivatives by them.
    private let slopes: Int
    /// `[count]`
    private let losses: Int
    /// `[threads, 2, stride]`: exponents of positives and of negatives, the first of them 0.
    private let exponents: Int
    private let stride: Int

    var workCount: Int { arena.count }

    init(_ specification: LossSpecification, _ gram: GramMatrix) {
        self.specification = specification
        self.gram = gram
        stride = 1 + gram.capacity
        var plan = ArenaPlan()
        slopes = plan.reserve(gram.capacity * gram.capacity)
        losses = plan.reserve(gram.capacity)
        exponents = plan.reserve(gram.pool.threads * 2 * stride)
        arena = FloatBuffer(count: plan.count)
    }

    func evaluate(_ evaluation: LossEvaluation, _ loss: inout StepLoss) {
        let (batch, count) = (evaluation.batch, evaluation.batch.count)
        let (slopes, losses) = (arena.base + slopes, arena.base + losses)
        let blocks = (count + 31) / 32
        gram.pool.forEach(blocks) { block, thread in
            for row in run(block, of: blocks, in: count) {
                losses[row] = anchor(
                    row, batch, slopes + row * count, arena.base + exponents + thread * 2 * stride)
            }
        }
        var total = 0.0
        for row in 0..<count { total += Double(losses[row]) }
        let share = 1 / Float(max(count, 1))
        loss.embedding = Float(total) * share
        loss.active = gram.gradient(ofCosines: slopes, scale: share, evaluation)
    }

    /// The loss of one anchor, and in `slopes` its derivatives by the cosines.
    private func anchor(
        _ i: Int, _ batch: LossBatch, _ slopes: UnsafeMutablePointer<Float>,
        _ exponents: UnsafeMutablePointer<Float>
    ) -> Float {
        let (count, classes) = (batch.count, batch.classes)
        let (products, norms) = (gram.products + i * count, gram.inverseNorms)
        var (leastPositive, mostNegative) = (Float.infinity, -Float.infinity)
        for j in 0..<count {
            slopes[j] = products[j] * norms[j] * norms[i]
            if classes[j] != classes[i] {
                mostNegative = max(mostNegative, slopes[j])
            } else if j != i {
                leastPositive = min(leastPositive, slopes[j])
            }
        }
        guard leastPositive.isFinite && mostNegative.isFinite else {
            slopes.update(repeating: 0, count: count)
            // Not a number where the embedding is not.
            return 0 * norms[i]
        }
        let (alpha, beta, base) = (specification.alpha, specification.beta, specification.base)
        let positiveBorder = mostNegative + specification.margin
        let negativeBorder = leastPositive - specification.margin
        let (positives, negatives) = (exponents, exponents + stride)
        positives[0] = 0
        negatives[0] = 0
        for j in 0..<count {
            let (cosine, same) = (slopes[j], classes[j] == classes[i])
            positives[1 + j] =
                same && j != i && cosine < positiveBorder ? -alpha * (cosine - base) : -.infinity
            negatives[1 + j] = !same && cosine > negativeBorder ? beta * (cosine - base) : -.infinity
        }
        let value =
            softmax(positives, 1 + count) / Double(alpha) + softmax(negatives, 1 + count) / Double(beta)
        // What was left out comes back as the smallest number that the kernel knows, not as 0.
        let nothing: Float = 1e-30
        for j in 0..<count {
            slopes[j] =
                (negatives[1 + j] > nothing ? negatives[1 + j] : 0)
                - (positives[1 + j] > nothing ? positives[1 + j] : 0)
        }
        return Float(value)
    }
}
