import AkinTensors

/// A loss with its memory: the loss of the embeddings, and beside it the classification head's where there is one.
///
///     total = embedding + classification * cross-entropy
///
/// The embeddings' loss is a mean over pairs, triplets, queries or images, as each kind says. The head's
/// cross-entropy is a mean over the pairs of CE(left) + CE(right), over the triplets of CE(anchor) + CE(positive) +
/// CE(negative), or over the images; `cross-entropy` is the last alone, whatever `classification` says.
///
/// Where a loss has no gradient (equal embeddings, an embedding of length 0) or nothing to compare (no pair, no
/// positive), it takes 0 for it.
package final class LossFunction {
    package let specification: LossSpecification
    private let dimension: Int
    private let capacity: Int
    private let pool: ThreadPool
    private let embeddingLoss: (any EmbeddingLoss)?
    private let classification: ClassificationLoss?
    /// For losses over a whole batch.
    private let gram: GramMatrix?

    /// `capacity`: the images of the largest batch. `maximumPairs`, `maximumTriplets`: 0 where the loss compares
    /// none.
    package init(
        _ specification: LossSpecification, dimension: Int, classes: Int, capacity: Int, maximumPairs: Int,
        maximumTriplets: Int, pool: ThreadPool = .shared
    ) {
        self.specification = specification
        self.dimension = dimension
        self.capacity = capacity
        self.pool = pool
        classification =
            specification.hasHead
            ? ClassificationLoss(
                specification, dimension: dimension, classes: classes, capacity: capacity, pool: pool)
            : nil
        let gram =
            specification.kind.compares == .batch
            ? GramMatrix(capacity: capacity, dimension: dimension, pool: pool) : nil
        self.gram = gram
        // Losses over a whole batch and the learned similarity have gradients of their own.
        let needsNone = gram != nil || specification.kind == .binaryCrossEntropy
        let distances = DistanceGradient(
            capacity: needsNone ? 0 : capacity, dimension: dimension, pool: pool)
        switch specification.kind {
        case .contrastive, .contrastiveSquared, .contrastiveLogarithmic, .halfContrastive:
            embeddingLoss = ContrastiveLoss(specification, distances, maximumPairs: maximumPairs)
        case .binaryCrossEntropy:
            embeddingLoss = LearnedSimilarityLoss(specification, distances, maximumPairs: maximumPairs)
        case .triplet:
            embeddingLoss = TripletLoss(specification, distances, maximumTriplets: maximumTriplets)
        case .externalMemory:
            embeddingLoss = ExternalMemoryLoss(
                specification, distances, classes: classes, capacity: capacity,
                maximumTriplets: maximumTriplets)
        case .crossEntropy: embeddingLoss = nil
        case .prototypical:
            embeddingLoss = PrototypicalLoss(
                specification, dimension: dimension, classes: classes, capacity: capacity, pool: pool)
        case .supervisedContrastive: embeddingLoss = SupervisedContrastiveLoss(specification, gram!)
        case .multiSimilarity: embeddingLoss = MultiSimilarityLoss(specification, gram!)
        case .normalisedSoftmax:
            embeddingLoss = NormalisedSoftmaxLoss(specification, gram!, classes: classes)
        }
    }

    /// The loss of `embeddings` `[batch.count, dimension]`. `head` are the values of `headParameters`. `gradient`
    /// (as the embeddings) and `headGradient` (as the head) are overwritten.
    package func evaluate(
        _ embeddings: UnsafePointer<Float>, _ batch: LossBatch, head: UnsafePointer<Float>,
        gradient: UnsafeMutablePointer<Float>, headGradient: UnsafeMutablePointer<Float>
    ) -> StepLoss {
        precondition(batch.count <= capacity, "more images than the loss has room for")
        var loss = StepLoss()
        if let gram {
            gram.update(embeddings, count: batch.count)
            gram.describe(batch, &loss)
        }
        let own = classification?.parameterCount ?? 0
        if let embeddingLoss {
            embeddingLoss.evaluate(
                LossEvaluation(
                    embeddings: embeddings, batch: batch, parameters: head + own, gradient: gradient,
                    parameterGradient: headGradient + own), &loss)
        } else {
            gradient.update(repeating: 0, count: batch.count * dimension)
        }
        loss.total = loss.embedding
        if let classification {
            let contribution = specification.kind == .crossEntropy ? 1 : specification.classification
            (loss.crossEntropy, loss.classified) = classification.evaluate(
                LossEvaluation(
                    embeddings: embeddings, batch: batch, parameters: head, gradient: gradient,
                    parameterGradient: headGradient), contribution: contribution)
            loss.scored = batch.count
            loss.total += contribution * loss.crossEntropy
        }
        return loss
    }

    /// Floats that it works in.
    package var workCount: Int {
        (embeddingLoss?.workCount ?? 0) + (classification?.workCount ?? 0) + (gram?.workCount ?? 0)
    }

    /// To be called at the end of each epoch, the first of which is 1.
    package func finishEpoch(_ epoch: Int) { memory?.finishEpoch(epoch) }

    /// What has to be saved, beside the parameters, to go on with a run.
    package var state: FloatBuffer? { memory?.state }

    private var memory: ExternalMemoryLoss? { embeddingLoss as? ExternalMemoryLoss }
}

extension LossSpecification {
    var hasHead: Bool { kind == .crossEntropy || classification > 0 }

    /// What a loss trains besides the backbone, in the order in which it lies in the head's values: the class scores
    /// `head.weight` `[dimension, classes]` and `head.bias`; then the loss' own: `similarity.weight` `[dimension, 1]`
    /// and `similarity.bias`, or `proxies.weight` `[dimension, classes]`, a direction in each column.
    package func headParameters(dimension: Int, classes: Int) -> [Parameter] {
        var parameters: [Parameter] = []
        if hasHead { parameters += Parameter.weightAndBias([dimension, classes], of: "head") }
        switch kind {
        case .binaryCrossEntropy:
            // As the dense layers and the biases of Koch et al. 2015.
            parameters += [
                Parameter(
                    name: Parameter.similarityWeight, dimensions: [dimension, 1], fanIn: dimension, fanOut: 1,
                    initializer: .normal(mean: 0, deviation: 0.2)),
                Parameter(
                    name: Parameter.similarityBias, dimensions: [1],
                    initializer: .normal(mean: 0.5, deviation: 0.01)),
            ]
        case .normalisedSoftmax:
            parameters.append(Parameter.weightAndBias([dimension, classes], of: "proxies")[0])
        default: break
        }
        return parameters
    }
}

extension Parameter {
    /// What weights the differences of two embeddings in a learned similarity.
    static let similarityWeight = "similarity.weight"
    /// What is added to their weighted sum.
    static let similarityBias = "similarity.bias"

    fileprivate static func weightAndBias(_ dimensions: [Int], of owner: String) -> [Parameter] {
        weightAndBias(dimensions).map {
            Parameter(
                name: "\(owner).\($0.name)", dimensions: $0.dimensions, fanIn: $0.fanIn, fanOut: $0.fanOut,
                initializer: $0.initializer)
        }
    }
}
