import AkinNetworks
import AkinTensors
import AkinTraining
import TestSupport
import Testing

/// What a training step goes down: the gradient of all that a recipe can put together (batches, mining, augmentation,
/// loss, head, penalties) against finite differences of the same step's loss.
@Suite struct TrainerGradientTests {
    static let recipes = [
        "batch: 12, pairs: {positive: 2, negative: 3}, classification: 0.5",
        "batch: 12, pairs: all",
        "batch: 12, mining: semi-hard",
        "batch: 12, mining: batch-hard, pairs: {positive: 2, negative: 2}",
        "batch: 12, mining: distance-weighted",
        "batch: 12, loss: contrastive-squared, pairs: all",
        "batch: 12, loss: contrastive-squared, mining: semi-hard",
        "batch: 12, loss: contrastive-logarithmic, mining: batch-hard",
        "batch: {pairs: 12, within-group: true}, loss: half-contrastive, class-rotations: true, margin: 5",
        "batch: {pairs: 12, positive: 0.25}, loss: binary-cross-entropy",
        "batch: 12, loss: binary-cross-entropy, mining: batch-hard",
        "batch: 12, loss: triplet, triplets-per-image: 3, classification: 0.1",
        "batch: 12, loss: triplet, mining: semi-hard",
        "batch: 12, loss: triplet, mining: batch-hard",
        "batch: 12, loss: triplet, mining: distance-weighted",
        "batch: 12, loss: external-memory, memory: 0.5, triplets-per-image: 2",
        "batch: 12, loss: external-memory, memory: 0.5, mining: batch-hard",
        "batch: {ways: 3, shots: 2, queries: 2}, loss: prototypical",
        "batch: {classes: 4, images: 3}, loss: supervised-contrastive, classification: 0.2",
        "batch: {classes: 4, images: 3}, loss: multi-similarity",
        "batch: 12, loss: normalised-softmax, augmentation: {elastic: 1, rotation: 20, erasing: 0.3}",
        "batch: 12, loss: cross-entropy, label-smoothing: 0.1, mixup: 0.5",
    ]

    /// Without kinks besides those of the losses, and with every penalty.
    private static let smooth = """
          - conv2d: {filters: 4, kernel: 3, padding: same, activation: tanh, kernel-l2: 0.01, bias-l2: 0.02}
          - batch-normalization
          - gelu
          - average-pooling2d: 2
          - residual:
              layers:
                - conv2d: {filters: 4, kernel: 3, padding: same, activation: tanh, kernel-l1: 0.003}
          - dropout: 0.1
          - flatten
          - dense: {units: 6, bias-l1: 0.003}
        """

    @Test(arguments: recipes) func isThatOfTheLoss(_ training: String) throws {
        let recipe = try Recipe.small(
            training: "epochs: 3, seed: 3, learning-rate: 0.003, \(training)", backbone: Self.smooth)
        let trainer = try Trainer(
            recipe, data: DrawnSymbols(6, seed: 9).grouped, pool: ThreadPool(threads: 2))
        // After an epoch, so that the external memory remembers something and biases are not zero.
        try trainer.run { $0.finished == nil }
        let (loss, _) = try trainer.evaluate(step: 0)
        #expect(
            loss.comparisons > 0 || [.crossEntropy, .normalisedSoftmax].contains(recipe.training.loss.kind))
        #expect(loss.active > 0 && loss.embedding != 0 || recipe.training.loss.kind == .crossEntropy)

        let values = trainer.network.values
        let (start, gradient) = (Array(values.values), Array(trainer.pass.gradient.values))
        let length = gradient.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
        #expect(length > 1e-3)
        var generator = SeededGenerator(seed: 4)
        for _ in 0..<3 {
            // Along the gradient and askew of it: an error in any part of it turns or stretches it.
            let askew = gradient.map { _ in Double(generator.normals().0) }
            let size = askew.reduce(0) { $0 + $1 * $1 }.squareRoot()
            let direction = zip(gradient, askew).map { Double($0) / length + 0.5 * $1 / size }
            let slope = zip(gradient, direction).reduce(0) { $0 + Double($1.0) * $1.1 }
            func loss(at distance: Double) throws -> Double {
                for i in start.indices { values.base[i] = Float(Double(start[i]) + distance * direction[i]) }
                return Double(try trainer.evaluate(step: 0).loss.total)
            }
            let h = min(3e-4, 3e-3 / length)
            let difference = (try loss(at: h) - loss(at: -h)) / (2 * h)
            #expect(abs(difference - slope) < 0.01 * abs(slope), "\(difference) is not \(slope): \(training)")
        }
    }
}
