import AkinTensors

/// Supervised contrastive loss (Khosla et al. 2020, equation 2, L_out): with P(i) the other images of i's class, the
/// mean over the images i that have such of
///
///     -1 / |P(i)| sum over p in P(i) of log(exp(cos(i, p) / temperature) / sum over a != i of exp(cos(i, a) / temperature))
///
/// The embeddings need not be normalised: the cosine does it.
final class SupervisedContrastiveLoss: EmbeddingLoss {
    private let temperature: Float
    private let gram: GramMatrix
    private let arena: FloatBuffer
    /// `[count, count]`: scores, then the loss' derivatives by the cosines.
    private let slopes: Int
    /// `[count]`; of an image without a positive -1.
    private let losses: Int

    var workCount: Int { arena.count }

    init(_ specification: LossSpecification, _ gram: GramMatrix) {
        temperature = specification.temperature
        self.gram = gram
        var plan = ArenaPlan()
        slopes = plan.reserve(gram.capacity * gram.capacity)
        losses = plan.reserve(gram.capacity)
        arena = FloatBuffer(count: plan.count)
    }

    func evaluate(_ evaluation: LossEvaluation, _ loss: inout StepLoss) {
        let batch = evaluation.batch
        let (slopes, losses) = (arena.base + slopes, arena.base + losses)
        gram.pool.forEachRun(of: batch.count) { rows in
            for row in rows { losses[row] = anchor(row, batch, slopes + row * batch.count) }
        }
        var (total, anchors) = (0.0, 0)
        for row in 0..<batch.count where losses[row] != -1 {
            total += Double(losses[row])
            anchors += 1
        }
        let share = 1 / Float(max(anchors, 1))
        loss.embedding = Float(total) * share
        loss.active = gram.gradient(ofCosines: slopes, scale: share / temperature, evaluation)
    }

    /// The loss of one anchor, or -1, and in `slopes` its derivatives by the scores.
    private func anchor(_ i: Int, _ batch: LossBatch, _ slopes: UnsafeMutablePointer<Float>) -> Float {
        let (count, classes) = (batch.count, batch.classes)
        let (products, norms) = (gram.products + i * count, gram.inverseNorms)
        let scale = norms[i] / temperature
        for j in 0..<count { slopes[j] = products[j] * norms[j] * scale }
        slopes[i] = -.infinity
        var (positives, sum) = (0, 0.0)
        for j in 0..<count where classes[j] == classes[i] && j != i {
            positives += 1
            sum += Double(slopes[j])
        }
        guard positives > 0 else {
            slopes.update(repeating: 0, count: count)
            return -1
        }
        let value = softmax(slopes, count) - sum / Double(positives)
        let share = 1 / Float(positives)
        for j in 0..<count where classes[j] == classes[i] { slopes[j] -= share }
        slopes[i] = 0
        return Float(max(value, 0))
    }
}
