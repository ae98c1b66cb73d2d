import AkinTensors
import CAkinKernels

/// Euclidean distances of chosen pairs of a batch's embeddings, and the gradient of a loss of them.
///
/// A distance is at least sqrt(1e-7), as in Keras' examples, and has no gradient below.
final class DistanceGradient {
    let dimension: Int
    let pool: ThreadPool
    private let arena: FloatBuffer
    /// `[count, count]`, symmetric: the loss' derivative by the distance of a pair, divided by the distance.
    private let factors: UnsafeMutablePointer<Float>
    /// `[count]`, the sums of its rows.
    private let sums: UnsafeMutablePointer<Float>
    private var count = 0

    static let smallestSquare: Float = 1e-7

    /// Floats that it works in.
    var workCount: Int { arena.count }

    init(capacity: Int, dimension: Int, pool: ThreadPool) {
        self.dimension = dimension
        self.pool = pool
        var plan = ArenaPlan()
        let (factors, sums) = (plan.reserve(capacity * capacity), plan.reserve(capacity))
        arena = FloatBuffer(count: plan.count)
        self.factors = arena.base + factors
        self.sums = arena.base + sums
    }

    /// Squared distances of pairs of embeddings.
    func measure(
        _ pairs: UnsafeBufferPointer<Pair>, of embeddings: UnsafePointer<Float>,
        into squares: UnsafeMutablePointer<Float>
    ) {
        pool.forEachRun(of: pairs.count) { run in
            for i in run {
                akin_squared_l2(
                    embeddings + Int(pairs[i].left) * dimension, embeddings + Int(pairs[i].right) * dimension,
                    0, 1,
                    dimension, squares + i)
            }
        }
    }

    /// Squared distances of anchors to their positives and negatives, `[triplets, 2]`.
    func measure(
        _ triplets: UnsafeBufferPointer<Triplet>, of embeddings: UnsafePointer<Float>,
        into squares: UnsafeMutablePointer<Float>
    ) {
        pool.forEachRun(of: triplets.count) { run in
            for i in run {
                let anchor = embeddings + Int(triplets[i].anchor) * dimension
                akin_squared_l2(
                    anchor, embeddings + Int(triplets[i].positive) * dimension, 0, 1, dimension,
                    squares + 2 * i)
                akin_squared_l2(
                    anchor, embeddings + Int(triplets[i].negative) * dimension, 0, 1, dimension,
                    squares + 2 * i + 1)
            }
        }
    }

    static func distance(_ square: Float) -> Float { max(square, smallestSquare).squareRoot() }

    /// Forgets the factors of the step before.
    func begin(count: Int) {
        self.count = count
        factors.update(repeating: 0, count: count * count)
        sums.update(repeating: 0, count: count)
    }

    /// Adds the loss' derivative by the distance of a pair, divided by that distance.
    func add(_ factor: Float, _ left: Int32, _ right: Int32) {
        factors[Int(left) * count + Int(right)] += factor
        factors[Int(right) * count + Int(left)] += factor
        sums[Int(left)] += factor
        sums[Int(right)] += factor
    }

    /// Overwrites `gradient`: the gradient of a distance is the difference of the two embeddings over it, so all of
    /// it is rowSums(factors) * E - factors E.
    func write(_ embeddings: UnsafePointer<Float>, _ gradient: UnsafeMutablePointer<Float>) {
        pool.forEachRun(of: count) { rows in
            for row in rows {
                let (from, to, sum) = (embeddings + row * dimension, gradient + row * dimension, sums[row])
                for k in 0..<dimension { to[k] = from[k] * sum }
            }
            BLAS.multiply(
                factors + rows.lowerBound * count, stride: count, by: embeddings, stride: dimension,
                into: gradient + rows.lowerBound * dimension, stride: dimension, rows: rows.count,
                columns: dimension, inner: count, alpha: -1, beta: 1)
        }
    }
}
