import AkinTensors
import CAkinKernels

/// Two images of a batch, by their positions in it.
package struct Pair: Sendable, Hashable {
    package var left: Int32
    package var right: Int32
    /// Whether they are of different classes: y = 1 in the thesis.
    package var different: Bool

    package init(_ left: Int, _ right: Int, different: Bool) {
        self.left = Int32(left)
        self.right = Int32(right)
        self.different = different
    }
}

/// What one step's loss was.
package struct StepLoss: Sendable {
    /// All that is minimised.
    package var total: Float = 0
    package var contrastive: Float = 0
    /// Cross-entropy of the classification head, left and right added, before its contribution.
    package var crossEntropy: Float = 0
    /// Pairs whose distance lies on the right side of half the margin.
    package var correctPairs = 0
}

/// The loss of the pair siamese network with classification (thesis, sections 5.2.1.1.4 and 5.2.2), on a batch in
/// which each image was embedded once:
///
///     mean over pairs of (1 - y) D^2 + y max(0, margin - D)^2             figure 5.9 (a)
///   + contribution * mean over pairs of (CE(left) + CE(right))            softmax head
///
/// with D the Euclidean distance, at least sqrt(1e-7) as in Keras' examples, and y = 1 for different classes.
package final class PairLoss {
    package let margin: Float
    /// 0: no classification head.
    package let contribution: Float
    private let network: Network
    private let pool: ThreadPool
    private let arena: FloatBuffer
    private let distances: Int
    private let matrix: Int
    private let scores: Int
    private let weights: Int
    private let maximumPairs: Int
    private static let smallest: Float = 1e-7

    package init(
        _ network: Network, margin: Float, contribution: Float, capacity: Int, maximumPairs: Int,
        pool: ThreadPool = .shared
    ) {
        self.network = network
        self.margin = margin
        self.contribution = network.classes > 0 ? contribution : 0
        self.pool = pool
        self.maximumPairs = maximumPairs
        var plan = ArenaPlan()
        distances = plan.reserve(maximumPairs)
        matrix = plan.reserve(capacity * capacity)
        scores = plan.reserve(capacity * max(network.classes, 1))
        weights = plan.reserve(capacity)
        arena = FloatBuffer(count: plan.count)
    }

    /// The loss for `embeddings` `[classes.count, dimension]`; `classes` are the images' classes. Writes the
    /// gradient at the embeddings, and the head's into the end of `parameterGradient`.
    package func evaluate(
        _ embeddings: UnsafePointer<Float>, classes: [Int32], pairs: [Pair],
        gradient: UnsafeMutablePointer<Float>, parameterGradient: UnsafeMutablePointer<Float>
    ) -> StepLoss {
        precondition(pairs.count <= maximumPairs)
        var loss = StepLoss()
        contrastive(embeddings, count: classes.count, pairs, gradient, &loss)
        if contribution > 0 {
            crossEntropy(
                embeddings, classes, pairs, gradient, parameterGradient + network.backboneCount, &loss)
        }
        loss.total = loss.contrastive + contribution * loss.crossEntropy
        return loss
    }

    // The gradient of every pair loss is a factor times the difference of the two embeddings. The factors, as a
    // symmetric matrix S, give all of it in one product: dE = rowSums(S) * E - S E.
    private func contrastive(
        _ embeddings: UnsafePointer<Float>, count: Int, _ pairs: [Pair], _ gradient: UnsafeMutablePointer<Float>,
        _ loss: inout StepLoss
    ) {
        let dimension = network.dimension
        let squared = arena.base + distances
        let blocks = (pairs.count + 255) / 256
        pool.forEach(blocks) { block, _ in
            for i in run(block, of: blocks, in: pairs.count) {
                akin_squared_l2(
                    embeddings + Int(pairs[i].left) * dimension, embeddings + Int(pairs[i].right) * dimension, 0, 1,
                    dimension, squared + i)
            }
        }
        let factors = arena.base + matrix
        factors.update(repeating: 0, count: count * count)
        let share = 1 / Float(max(pairs.count, 1))
        var total = 0.0
        for (i, pair) in pairs.enumerated() {
            let distance = max(squared[i], Self.smallest).squareRoot()
            var factor: Float = 0
            if pair.different {
                let missing = margin - distance
                if missing > 0 {
                    total += Double(missing * missing)
                    if squared[i] > Self.smallest { factor = -2 * missing / distance }
                }
            } else {
                total += Double(distance * distance)
                if squared[i] > Self.smallest { factor = 2 }
            }
            if (distance > margin / 2) == pair.different { loss.correctPairs += 1 }
            factors[Int(pair.left) * count + Int(pair.right)] += factor * share
            factors[Int(pair.right) * count + Int(pair.left)] += factor * share
        }
        loss.contrastive = Float(total) * share
        for row in 0..<count {
            var sum: Float = 0
            for column in 0..<count { sum += factors[row * count + column] }
            let (from, to) = (embeddings + row * dimension, gradient + row * dimension)
            for i in 0..<dimension { to[i] = from[i] * sum }
        }
        let rowBlocks = (count + 31) / 32
        pool.forEach(rowBlocks) { block, _ in
            let rows = run(block, of: rowBlocks, in: count)
            BLAS.multiply(
                factors + rows.lowerBound * count, stride: count, by: embeddings, stride: dimension,
                into: gradient + rows.lowerBound * dimension, stride: dimension, rows: rows.count,
                columns: dimension, inner: count, alpha: -1, beta: 1)
        }
    }

    private func crossEntropy(
        _ embeddings: UnsafePointer<Float>, _ classes: [Int32], _ pairs: [Pair],
        _ gradient: UnsafeMutablePointer<Float>, _ headGradient: UnsafeMutablePointer<Float>, _ loss: inout StepLoss
    ) {
        let (dimension, width, count) = (network.dimension, network.classes, classes.count)
        let (head, scores, weights) = (network.head, arena.base + scores, arena.base + weights)
        // An image counts as often as it stands in a pair.
        weights.update(repeating: 0, count: count)
        let share = 1 / Float(max(pairs.count, 1))
        for pair in pairs {
            weights[Int(pair.left)] += share
            weights[Int(pair.right)] += share
        }
        for row in 0..<count { (scores + row * width).update(from: head.bias, count: width) }
        BLAS.multiply(
            embeddings, stride: dimension, by: head.weight, stride: width, into: scores, stride: width, rows: count,
            columns: width, inner: dimension, beta: 1)
        let biasGradient = headGradient + dimension * width
        biasGradient.update(repeating: 0, count: width)
        var total = 0.0
        for row in 0..<count {
            let probabilities = scores + row * width
            let truth = Int(classes[row])
            // -log softmax from the scores themselves: a probability of 0 would have no logarithm.
            total += Double(weights[row]) * Self.crossEntropy(probabilities, width, truth)
            akin_softmax(probabilities, probabilities, width)
            probabilities[truth] -= 1
            for column in 0..<width { probabilities[column] *= weights[row] * contribution }
            akin_add(biasGradient, probabilities, width)
        }
        loss.crossEntropy = Float(total)
        BLAS.multiply(
            embeddings, stride: dimension, aTransposed: true, by: scores, stride: width, into: headGradient,
            stride: width, rows: dimension, columns: width, inner: count)
        BLAS.multiply(
            scores, stride: width, by: head.weight, stride: width, bTransposed: true, into: gradient,
            stride: dimension, rows: count, columns: dimension, inner: width, beta: 1)
    }

    private static func crossEntropy(_ scores: UnsafePointer<Float>, _ width: Int, _ truth: Int) -> Double {
        var most = scores[0]
        for column in 1..<width { most = max(most, scores[column]) }
        var sum = 0.0
        for column in 0..<width { sum += Double(scores[column] - most).exponential }
        return sum.naturalLogarithm - Double(scores[truth] - most)
    }
}
