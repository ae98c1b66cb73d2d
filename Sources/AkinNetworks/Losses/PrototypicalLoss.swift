import AkinTensors
import CAkinKernels

/// Prototypical networks (Snell et al. 2017, algorithm 1): the mean over the queries of the cross-entropy of a softmax
/// over minus the squared Euclidean distances to the classes' means.
///
/// The mean of a class is that of its first `shots` images in the batch (its first, where the batch says 0); its other
/// images are queries. A class without a query is still one that queries are told from.
final class PrototypicalLoss: EmbeddingLoss {
    private let smoothing: Float
    private let dimension: Int
    private let pool: ThreadPool
    private let arena: FloatBuffer
    /// `[ways, dimension]`
    private let means: Int
    private let meanGradients: Int
    /// `[count, ways]`
    private let scores: Int
    /// `[ways]`, sums over the queries.
    private let sums: Int
    /// `[count]`
    private let losses: Int
    /// The place among the batch's ways of each class, -1 between the steps.
    private let ways: FixedList<Int32>
    /// How many images support each way.
    private let supports: FixedList<Int32>
    /// For each image its way, or -1 - way where it is a query.
    private let roles: FixedList<Int32>

    var workCount: Int { arena.count }

    init(_ specification: LossSpecification, dimension: Int, classes: Int, capacity: Int, pool: ThreadPool) {
        smoothing = specification.labelSmoothing
        self.dimension = dimension
        self.pool = pool
        let most = min(classes, capacity)
        var plan = ArenaPlan()
        means = plan.reserve(most * dimension)
        meanGradients = plan.reserve(most * dimension)
        scores = plan.reserve(capacity * most)
        sums = plan.reserve(most)
        losses = plan.reserve(capacity)
        arena = FloatBuffer(count: plan.count)
        ways = FixedList(capacity: classes)
        for _ in 0..<classes { ways.append(-1) }
        supports = FixedList(capacity: most)
        roles = FixedList(capacity: capacity)
    }

    func evaluate(_ evaluation: LossEvaluation, _ loss: inout StepLoss) {
        let (count, embeddings, gradient) = (
            evaluation.batch.count, evaluation.embeddings, evaluation.gradient
        )
        let (means, scores, losses) = (arena.base + means, arena.base + scores, arena.base + losses)
        let queries = assignRoles(evaluation, means)
        let ways = supports.count
        let share = 1 / Float(max(queries, 1))
        pool.forEachRun(of: count) { rows in
            for row in rows {
                let (scores, role) = (scores + row * ways, Int(roles[row]))
                guard role < 0 else {
                    scores.update(repeating: 0, count: ways)
                    losses[row] = 0
                    continue
                }
                akin_squared_l2(embeddings + row * dimension, means, dimension, ways, dimension, scores)
                for way in 0..<ways { scores[way] = -scores[way] }
                losses[row] = Float(
                    crossEntropy(scores, ways, truth: -1 - role, smoothing: smoothing, weight: share))
            }
            // A query's derivatives sum to 0, so that of -|q - mean|^2 by q comes down to 2 mean.
            BLAS.multiply(
                scores + rows.lowerBound * ways, stride: ways, by: means, stride: dimension,
                into: gradient + rows.lowerBound * dimension, stride: dimension, rows: rows.count,
                columns: dimension, inner: ways, alpha: 2)
        }
        var total = 0.0
        for row in 0..<count { total += Double(losses[row]) }
        loss.embedding = Float(total) * share
        differentiateMeans(evaluation, scores, means)
    }

    /// Says which image is support and which query, and takes the means. Returns the number of queries.
    private func assignRoles(_ evaluation: LossEvaluation, _ means: UnsafeMutablePointer<Float>) -> Int {
        let (batch, shots) = (evaluation.batch, Int32(max(evaluation.batch.shots, 1)))
        supports.removeAll()
        roles.removeAll()
        var queries = 0
        for i in 0..<batch.count {
            let label = Int(batch.classes[i])
            if ways[label] < 0 {
                ways[label] = Int32(supports.count)
                (means + supports.count * dimension).update(repeating: 0, count: dimension)
                supports.append(0)
            }
            let way = Int(ways[label])
            if supports[way] < shots {
                supports[way] += 1
                akin_add(means + way * dimension, evaluation.embeddings + i * dimension, dimension)
                roles.append(Int32(way))
            } else {
                queries += 1
                roles.append(Int32(-1 - way))
            }
        }
        for i in 0..<batch.count { ways[Int(batch.classes[i])] = -1 }
        for way in 0..<supports.count {
            let share = 1 / Float(supports[way])
            for k in 0..<dimension { means[way * dimension + k] *= share }
        }
        return queries
    }

    /// Adds to the supports' gradient what comes through the means: with G the derivatives by the scores,
    /// 2 (G^T E - columnSums(G) * means), shared out among each class' supports.
    private func differentiateMeans(
        _ evaluation: LossEvaluation, _ scores: UnsafeMutablePointer<Float>, _ means: UnsafePointer<Float>
    ) {
        let (count, ways) = (evaluation.batch.count, supports.count)
        let (sums, meanGradients) = (arena.base + sums, arena.base + meanGradients)
        sums.update(repeating: 0, count: ways)
        for row in 0..<count { akin_add(sums, scores + row * ways, ways) }
        pool.forEachRun(of: ways) { rows in
            let first = rows.lowerBound * dimension
            for row in rows {
                for k in row * dimension..<(row + 1) * dimension { meanGradients[k] = sums[row] * means[k] }
            }
            BLAS.multiply(
                scores + rows.lowerBound, stride: ways, aTransposed: true, by: evaluation.embeddings,
                stride: dimension, into: meanGradients + first, stride: dimension, rows: rows.count,
                columns: dimension, inner: count, alpha: 2, beta: -2)
        }
        for row in 0..<count where roles[row] >= 0 {
            let way = Int(roles[row])
            let share = 1 / Float(supports[way])
            let (from, to) = (meanGradients + way * dimension, evaluation.gradient + row * dimension)
            for k in 0..<dimension { to[k] += share * from[k] }
        }
    }
}
