import AkinTensors
import CAkinKernels

/// Normalised softmax with an additive cosine margin (Wang et al. 2018, CosFace, equation 4): the mean over the images
/// of the cross-entropy of a softmax over
///
///     scale * (cos(embedding, proxy) - margin), of the image's own class
///     scale * cos(embedding, proxy), of all others
///
/// with one learned proxy a class, the columns of `proxies.weight`. Neither embeddings nor proxies need be normalised:
/// the cosine does it.
final class NormalisedSoftmaxLoss: EmbeddingLoss {
    private let specification: LossSpecification
    private let gram: GramMatrix
    private let classes: Int
    private let arena: FloatBuffer
    /// `[count, classes]`: inner products of embeddings and proxies.
    private let products: Int
    /// `[count, classes]`: scores, then the loss' derivatives by the products at constant lengths.
    private let slopes: Int
    /// `[classes]`
    private let inverseNorms: Int
    private let along: Int
    /// `[count]`
    private let losses: Int

    var workCount: Int { arena.count }

    init(_ specification: LossSpecification, _ gram: GramMatrix, classes: Int) {
        self.specification = specification
        self.gram = gram
        self.classes = classes
        var plan = ArenaPlan()
        products = plan.reserve(gram.capacity * classes)
        slopes = plan.reserve(gram.capacity * classes)
        inverseNorms = plan.reserve(classes)
        along = plan.reserve(classes)
        losses = plan.reserve(gram.capacity)
        arena = FloatBuffer(count: plan.count)
    }

    func evaluate(_ evaluation: LossEvaluation, _ loss: inout StepLoss) {
        let (count, embeddings, proxies) = (
            evaluation.batch.count, evaluation.embeddings, evaluation.parameters
        )
        let (products, slopes, losses) = (arena.base + products, arena.base + slopes, arena.base + losses)
        let dimension = gram.dimension
        measure(proxies)
        let share = 1 / Float(max(count, 1))
        gram.pool.forEachRun(of: count) { rows in
            let (block, scores) = (products + rows.lowerBound * classes, slopes + rows.lowerBound * classes)
            BLAS.multiply(
                embeddings + rows.lowerBound * dimension, stride: dimension, by: proxies, stride: classes,
                into: block, stride: classes, rows: rows.count, columns: classes, inner: dimension)
            for row in rows { losses[row] = image(row, evaluation, share: share) }
            BLAS.multiply(
                scores, stride: classes, by: proxies, stride: classes, bTransposed: true,
                into: evaluation.gradient + rows.lowerBound * dimension, stride: dimension, rows: rows.count,
                columns: dimension, inner: classes, beta: 1)
        }
        var total = 0.0
        for row in 0..<count { total += Double(losses[row]) }
        loss.embedding = Float(total) * share
        differentiateProxies(evaluation)
    }

    private func measure(_ proxies: UnsafePointer<Float>) {
        let norms = arena.base + inverseNorms
        gram.pool.forEachRun(of: classes) { columns in
            (norms + columns.lowerBound).update(repeating: 0, count: columns.count)
            for k in 0..<gram.dimension {
                let row = proxies + k * classes
                for column in columns { norms[column] += row[column] * row[column] }
            }
            for column in columns { norms[column] = GramMatrix.inverseNorm(norms[column]) }
        }
    }

    // With P the products, x and w an embedding and a proxy and G the derivatives by the cosines over |x| |w|, the
    // gradient at x is the sum over the proxies of G (w - P x / |x|^2), and at w likewise over the embeddings.

    /// The loss of one image. Leaves G in its row of `slopes`, and in its gradient what goes along the embedding.
    private func image(_ i: Int, _ evaluation: LossEvaluation, share: Float) -> Float {
        let (products, slopes) = (arena.base + products + i * classes, arena.base + slopes + i * classes)
        let (norms, norm) = (arena.base + inverseNorms, gram.inverseNorms[i])
        let (scale, truth) = (specification.scale, Int(evaluation.batch.classes[i]))
        for column in 0..<classes { slopes[column] = scale * norm * norms[column] * products[column] }
        slopes[truth] -= scale * specification.margin
        let loss = crossEntropy(
            slopes, classes, truth: truth, smoothing: specification.labelSmoothing, weight: share)
        for column in 0..<classes { slopes[column] *= scale * norm * norms[column] }
        var along: Float = 0
        akin_dot(slopes, products, 0, 1, classes, &along)
        along *= norm * norm
        let (from, to) = (
            evaluation.embeddings + i * gram.dimension, evaluation.gradient + i * gram.dimension
        )
        for k in 0..<gram.dimension { to[k] = -along * from[k] }
        return Float(loss)
    }

    private func differentiateProxies(_ evaluation: LossEvaluation) {
        let (count, dimension) = (evaluation.batch.count, gram.dimension)
        let (products, slopes) = (arena.base + products, arena.base + slopes)
        let (along, norms) = (arena.base + along, arena.base + inverseNorms)
        gram.pool.forEachRun(of: classes) { columns in
            (along + columns.lowerBound).update(repeating: 0, count: columns.count)
            for i in 0..<count {
                let (slope, product) = (slopes + i * classes, products + i * classes)
                for column in columns { along[column] += slope[column] * product[column] }
            }
            for column in columns { along[column] *= norms[column] * norms[column] }
        }
        let (proxies, gradient) = (evaluation.parameters, evaluation.parameterGradient)
        gram.pool.forEachRun(of: dimension) { rows in
            for row in rows {
                let (from, to) = (proxies + row * classes, gradient + row * classes)
                for column in 0..<classes { to[column] = -along[column] * from[column] }
            }
            BLAS.multiply(
                evaluation.embeddings + rows.lowerBound, stride: dimension, aTransposed: true, by: slopes,
                stride: classes, into: gradient + rows.lowerBound * classes, stride: classes,
                rows: rows.count,
                columns: classes, inner: count, beta: 1)
        }
    }
}
