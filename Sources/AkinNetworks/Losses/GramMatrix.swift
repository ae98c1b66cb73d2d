import AkinTensors
import CAkinKernels

/// The inner products of all embeddings of a batch, and the distances and cosines that follow from them.
final class GramMatrix {
    let dimension: Int
    let capacity: Int
    let pool: ThreadPool
    private let arena: FloatBuffer
    /// `[count, count]`
    let products: UnsafeMutablePointer<Float>
    /// `[count]`
    let squaredNorms: UnsafeMutablePointer<Float>
    /// `[count]`; 0 for an embedding of no length, which has no direction.
    let inverseNorms: UnsafeMutablePointer<Float>

    /// A vector whose squared length is not above this counts as one of no length.
    static let smallestSquaredNorm: Float = 1e-16

    static func inverseNorm(_ squared: Float) -> Float {
        squared <= smallestSquaredNorm ? 0 : 1 / squared.squareRoot()
    }

    /// Floats that it works in.
    var workCount: Int { arena.count }

    init(capacity: Int, dimension: Int, pool: ThreadPool) {
        self.dimension = dimension
        self.capacity = capacity
        self.pool = pool
        var plan = ArenaPlan()
        let (products, squared, inverse) = (
            plan.reserve(capacity * capacity), plan.reserve(capacity), plan.reserve(capacity)
        )
        arena = FloatBuffer(count: plan.count)
        self.products = arena.base + products
        squaredNorms = arena.base + squared
        inverseNorms = arena.base + inverse
    }

    /// Takes up `embeddings` `[count, dimension]`.
    func update(_ embeddings: UnsafePointer<Float>, count: Int) {
        pool.forEachRun(of: count) { rows in
            let first = embeddings + rows.lowerBound * dimension
            BLAS.multiply(
                first, stride: dimension, by: embeddings, stride: dimension, bTransposed: true,
                into: products + rows.lowerBound * count, stride: count, rows: rows.count, columns: count,
                inner: dimension)
            for row in rows {
                let embedding = embeddings + row * dimension
                akin_dot(embedding, embedding, 0, 1, dimension, squaredNorms + row)
                inverseNorms[row] = Self.inverseNorm(squaredNorms[row])
            }
        }
    }

    func squaredDistance(_ i: Int, _ j: Int, count: Int) -> Float {
        max(0, squaredNorms[i] + squaredNorms[j] - 2 * products[i * count + j])
    }

    /// All pairs of the batch, by their Euclidean distances; right are those on the right side of the middle between
    /// the mean distances of positive and negative pairs.
    func describe(_ batch: LossBatch, _ loss: inout StepLoss) {
        let (count, classes) = (batch.count, batch.classes)
        for i in 0..<count {
            for j in 0..<i {
                loss.note(
                    distance: squaredDistance(i, j, count: count).squareRoot(),
                    different: classes[i] != classes[j])
            }
        }
        loss.comparisons = loss.positives + loss.negatives
        loss.active = loss.comparisons
        let middle =
            (loss.positiveDistance / Double(max(loss.positives, 1))
                + loss.negativeDistance / Double(max(loss.negatives, 1))) / 2
        let border = Float(middle * middle)
        for i in 0..<count {
            for j in 0..<i {
                let far = squaredDistance(i, j, count: count) > border
                loss.correct += far == (classes[i] != classes[j]) ? 1 : 0
            }
        }
    }

    /// The gradient at the embeddings from `slopes` `[count, count]`: `scale` times them is the loss' derivative by
    /// the cosine of each ordered pair, 0 on the diagonal. Overwrites the slopes; returns how many pairs have one.
    func gradient(
        ofCosines slopes: UnsafeMutablePointer<Float>, scale: Float, _ evaluation: LossEvaluation
    ) -> Int {
        // cos = x y / (|x| |y|) has the derivative (y / |y| - cos x / |x|) / |x|. With
        // S = (slopes + its transpose) / (|x| |y|): gradient = S X - rowSums(S * products) / |x|^2 X.
        let (count, embeddings) = (evaluation.batch.count, evaluation.embeddings)
        var active = 0
        for i in 0..<count {
            for j in 0..<i {
                let slope = slopes[i * count + j] + slopes[j * count + i]
                if slope != 0 { active += 1 }
                let factor = scale * slope * inverseNorms[i] * inverseNorms[j]
                slopes[i * count + j] = factor
                slopes[j * count + i] = factor
            }
        }
        pool.forEachRun(of: count) { rows in
            for row in rows {
                var along: Float = 0
                akin_dot(slopes + row * count, products + row * count, 0, 1, count, &along)
                along *= inverseNorms[row] * inverseNorms[row]
                let (from, to) = (embeddings + row * dimension, evaluation.gradient + row * dimension)
                for k in 0..<dimension { to[k] = -along * from[k] }
            }
            BLAS.multiply(
                slopes + rows.lowerBound * count, stride: count, by: embeddings, stride: dimension,
                into: evaluation.gradient + rows.lowerBound * dimension, stride: dimension, rows: rows.count,
                columns: dimension, inner: count, beta: 1)
        }
        return active
    }
}
