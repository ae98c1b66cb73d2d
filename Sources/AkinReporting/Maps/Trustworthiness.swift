import AkinTensors
import AkinVectorSearch

/// How far neighbours on a map are neighbours among the vectors that it shows (Venna and Kaski 2001, "Neighborhood
/// preservation in nonlinear projection methods"; the figure is that of scikit-learn's `manifold.trustworthiness`).
public struct Trustworthiness: Sendable, Hashable {
    /// 1 where the nearest points of each point are the nearest vectors of its vector; about 0.5 of points that are strewn at
    /// random. `1 - 2 / (n k (2n - 3k - 1)) · sum(rank - k)`, over the `k` nearest points of each point whose vectors are not among the
    /// `k` nearest; rank 1 is the nearest vector, and equally near ones have one rank.
    public let value: Double
    /// How many neighbours of each point are looked at.
    public let neighbours: Int
    /// How many points' neighbours are looked at.
    public let asked: Int

    /// Nil of fewer than three points, where all points lie at one place: none is nearer than another; and where there is not a point
    /// for each vector.
    ///
    /// All points are asked about if there are up to 10,000, of more as many as make 10⁸ pairs, drawn by `seed`. O(asked · n ·
    /// (dimension + neighbours)).
    ///
    /// - Parameters:
    ///   - points: Of a map, `[vectors, 2]`.
    ///   - vectors: What it shows, `[vectors, dimension]`.
    ///   - metric: By which vectors are near.
    ///   - neighbours: So many, fewer than half of the points: of few points, fewer.
    public init?(
        of points: Matrix, showing vectors: Matrix, by metric: Metric, neighbours: Int = 12, seed: UInt64 = 1
    ) {
        let count = points.rows
        guard vectors.rows == count, (try? metric.check(dimension: vectors.columns)) != nil else {
            return nil
        }
        let k = min(neighbours, (count - 1) / 2)
        let isOnePlace = (0..<count).allSatisfy { points[$0] == points[0] }
        guard k > 0, vectors.columns > 0, !isOnePlace else { return nil }
        let asked = Self.asked(of: count, seed: seed)
        var excess = 0
        for first in stride(from: 0, to: asked.count, by: 256) {
            let rows = Array(asked[first..<min(first + 256, asked.count)])
            let near = Metric.squaredL2.nearest(k + 1, trusted: points.rows(at: rows), among: points)
            let distances = metric.distances(trusted: vectors.rows(at: rows), to: vectors)
            let own = ThreadPool.shared.map(rows.count) { query in
                let others = near[query].lazy.filter { $0.id != UInt64(rows[query]) }.prefix(k)
                return distances.values.withUnsafeBufferPointer { distances in
                    let all = UnsafeBufferPointer(
                        rebasing: distances[query * count..<(query + 1) * count])
                    return others.reduce(0) {
                        $0 + max(0, Self.rank(of: Int($1.id), from: rows[query], all) - k)
                    }
                }
            }
            excess += own.reduce(0, +)
        }
        let most = Double(asked.count) * Double(k) * Double(2 * count - 3 * k - 1)
        value = 1 - 2 / most * Double(excess)
        self.neighbours = k
        self.asked = asked.count
    }

    private static func asked(of count: Int, seed: UInt64) -> [Int] {
        guard count > 10_000 else { return Array(0..<count) }
        var generator = SeededGenerator(seed: seed, .sampledRows(of: count))
        let wanted = max(1000, 100_000_000 / count)
        return Array(0..<count).shuffled(using: &generator).prefix(wanted).sorted()
    }

    /// How many others are nearer, and one.
    private static func rank(of other: Int, from own: Int, _ distances: UnsafeBufferPointer<Float>) -> Int {
        let bound = distances[other]
        var nearer: Int32 = 0
        for distance in distances where distance < bound { nearer &+= 1 }
        return Int(nearer) + (distances[own] < bound ? 0 : 1)
    }
}
