import AkinTensors
import CAkinKernels

/// What one evaluation of a loss is given, and where its gradients go.
struct LossEvaluation {
    /// `[batch.count, dimension]`
    let embeddings: UnsafePointer<Float>
    let batch: LossBatch
    /// The loss' own.
    let parameters: UnsafePointer<Float>
    /// As the embeddings.
    let gradient: UnsafeMutablePointer<Float>
    /// As the parameters.
    let parameterGradient: UnsafeMutablePointer<Float>
}

/// A loss of embeddings, without a classification head.
protocol EmbeddingLoss: AnyObject {
    /// Overwrites both gradients; sets `loss.embedding` and what it knows of the comparisons.
    func evaluate(_ evaluation: LossEvaluation, _ loss: inout StepLoss)

    /// Floats that it works in.
    var workCount: Int { get }
}

extension ThreadPool {
    /// Calls `body` for consecutive runs of `count` rows, 16 runs at most and none much shorter than 32 rows.
    func forEachRun(of count: Int, _ body: (_ rows: Range<Int>) -> Void) {
        let parts = min(16, (count + 31) / 32)
        forEach(parts) { part, _ in body(run(part, of: parts, in: count)) }
    }
}

extension StepLoss {
    /// Counts a pair at this distance.
    mutating func note(distance: Float, different: Bool) {
        if different {
            negatives += 1
            negativeDistance += Double(distance)
        } else {
            positives += 1
            positiveDistance += Double(distance)
        }
    }
}

/// Turns a row of `scores` `[width]` into its softmax; returns the logarithm of the sum of their exponentials.
func softmax(_ scores: UnsafeMutablePointer<Float>, _ width: Int) -> Double {
    var top = 0
    for column in 1..<max(width, 1) where scores[column] > scores[top] { top = column }
    let most = Double(scores[top])
    akin_softmax(scores, scores, width)
    // The largest share is never too small for a logarithm, as others may be.
    return most - Double(scores[top]).naturalLogarithm
}

/// Turns a row of `scores` `[width]` into `weight` times the gradient of its cross-entropy, which it returns without
/// the weight. Of the truth, a share of `smoothing` is spread evenly over all classes (Szegedy et al. 2016), and of the
/// rest `mixture` says how much is another class.
func crossEntropy(
    _ scores: UnsafeMutablePointer<Float>, _ width: Int, truth: Int, mixture: Mixture? = nil,
    smoothing: Float, weight: Float
) -> Double {
    let (other, mixed) = (Int(mixture?.label ?? 0), mixture?.share ?? 0)
    let (own, others) = ((1 - smoothing) * (1 - mixed), (1 - smoothing) * mixed)
    var expected = Double(own) * Double(scores[truth]) + Double(others) * Double(scores[other])
    if smoothing > 0 {
        var sum = 0.0
        for column in 0..<width { sum += Double(scores[column]) }
        expected += Double(smoothing) * sum / Double(width)
    }
    let loss = softmax(scores, width) - expected
    let spread = smoothing / Float(width)
    for column in 0..<width { scores[column] = (scores[column] - spread) * weight }
    scores[truth] -= own * weight
    scores[other] -= others * weight
    return loss
}
