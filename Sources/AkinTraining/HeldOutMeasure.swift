import AkinNetworks
import AkinTensors

/// Measures the loss and the accuracy of pictures held out of training: the curve that shows when a network learns its
/// pictures by heart. Always of the same batches, so that epochs can be compared.
final class HeldOutMeasure {
    let images: PreparedImages
    private let sampler: BatchSampler
    let embedding: EmbeddingPass
    private let loss: LossFunction
    /// Whether the penalties of the weights belong to the loss, as they do to that of training.
    private let penalised: Bool
    /// Gradients, which nobody needs: at the embeddings, and as the network's values lie.
    private let gradient: FloatBuffer
    private let parameterGradient: FloatBuffer
    private let pool: ThreadPool

    /// Floats that it works in, but for the pictures.
    var workCount: Int {
        embedding.workCount + loss.workCount + gradient.count + parameterGradient.count
    }

    /// `classes` has the class of each of `images`, as the loss shall see it; `settings` are the recipe's for them.
    private init(
        _ recipe: Recipe, _ settings: Recipe.Training, _ images: PreparedImages, classes: [Int32],
        of kinds: Int, _ network: Network, penalised: Bool, pool: ThreadPool
    ) throws(TrainingError) {
        self.images = images
        self.penalised = penalised
        self.pool = pool
        var settings = settings
        // Mining looks for what is hard to learn; what is measured shall be alike from epoch to epoch.
        settings.mining = .random
        settings.stepsPerEpoch = nil
        if case .pairs(let count, let positive, _) = settings.batches {
            settings.batches = .pairs(count: count, positive: positive)
        }
        if let problem = BatchSampler.problem(classes: classes, settings: settings) {
            throw .settings(
                recipe: recipe.path, reason: "the \(images.count) held-out pictures to measure: \(problem)")
        }
        sampler = BatchSampler(classes: classes, settings: settings)
        embedding = EmbeddingPass(network, capacity: min(images.count, 128), pool: pool)
        loss = LossFunction(
            settings.loss, dimension: network.dimension, classes: kinds, capacity: sampler.largestBatch,
            maximumPairs: sampler.mostPairs, maximumTriplets: sampler.mostTriplets, pool: pool)
        gradient = FloatBuffer(count: sampler.largestBatch * network.dimension)
        parameterGradient = FloatBuffer(count: network.values.count)
    }

    /// Of pictures of the classes `trained`, and of those of others; nil where there are none, and of others where the
    /// loss does not compare pictures with one another alone.
    ///
    /// - Parameter kinds: How many classes the loss knows.
    static func both(
        of images: PreparedImages?, _ recipe: Recipe, _ network: Network, trained: [String],
        classes kinds: Int, pool: ThreadPool
    ) throws(TrainingError) -> (trained: HeldOutMeasure?, others: HeldOutMeasure?) {
        guard let images else { return (nil, nil) }
        let known = Dictionary(uniqueKeysWithValues: trained.enumerated().map { ($1, Int32($0)) })
        func part(_ isKnown: Bool) -> PreparedImages? {
            let kept = (0..<images.count).filter { (known[images.label(at: $0)] != nil) == isKnown }
            return kept.isEmpty ? nil : images.only(kept)
        }
        var measures: (trained: HeldOutMeasure?, others: HeldOutMeasure?) = (nil, nil)
        if let part = part(true) {
            measures.trained = try HeldOutMeasure(
                recipe, recipe.training, part, classes: part.classes.map { known[part.labels[Int($0)]]! },
                of: kinds, network, penalised: true, pool: pool)
        }
        var settings = recipe.training
        settings.loss.classification = 0
        // The others know the classes that they are trained on: their heads, directions or points.
        let compares: [LossSpecification.Kind] = [
            .contrastive, .contrastiveSquared, .contrastiveLogarithmic, .halfContrastive, .triplet,
        ]
        if compares.contains(settings.loss.kind), let part = part(false), part.labels.count > 1 {
            measures.others = try HeldOutMeasure(
                recipe, settings, part, classes: part.classes, of: part.labels.count, network,
                penalised: false, pool: pool)
        }
        return measures
    }

    /// The figures by the network as it is now; `memory` is what the loss of training remembers.
    func measure(_ network: Network, memory: FloatBuffer?) -> HeldOutRecord {
        if let memory, let own = loss.state { own.base.update(from: memory.base, count: own.count) }
        embedding.pack()
        let embeddings = embedding.embeddings(of: images.inputs.base, count: images.count)
        parameterGradient.base.update(repeating: 0, count: parameterGradient.count)
        let penalty = penalised ? network.addPenalty(to: parameterGradient.base, pool: pool) : 0
        var sums = EpochSums()
        for step in 0..<sampler.steps {
            sampler.compose(step: step)
            let batch = embeddings.rows(at: sampler.images.elements.map { Int($0) })
            var result = batch.values.withUnsafeBufferPointer {
                loss.evaluate(
                    $0.baseAddress!, sampler.batch, head: UnsafePointer(network.headValues),
                    gradient: gradient.base, headGradient: parameterGradient.base + network.backboneCount)
            }
            result.total += penalty
            sums.add(result, penalty: penalty, rate: 0, images: sampler.images.count)
        }
        return sums.heldOutRecord
    }
}
