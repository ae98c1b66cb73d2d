import AkinTensors
import Foundation

/// How near vectors are to each other, as t-SNE takes it (van der Maaten and Hinton 2008, section 2): probabilities of pairs,
/// 0 for all but near ones, `p(i, j) = p(j, i)`, 1 altogether.
///
/// For each vector the nearest others share a probability of 1 by a Gaussian of their distance, as wide as makes the
/// perplexity (2 to the entropy) the one asked for; of a pair, the mean of both views counts. Only the nearest of each, three
/// times the perplexity, are looked at (van der Maaten 2014, section 3.1).
package struct Affinities: Sendable {
    /// Where the pairs of each vector begin; one more than vectors.
    package let starts: [Int]
    /// The other vector of each pair, ascending for each vector.
    package let others: [Int32]
    /// The probability of each pair.
    package let values: [Float]

    /// Nil where it was cancelled. `progress` is told for how many vectors neighbours have been found.
    init?(
        _ vectors: MapVectors, perplexity: Double, neighbours: Int, isCancelled: () -> Bool,
        progress: (Int) -> Void
    ) {
        var nearest: [[(row: Int, share: Double)]] = []
        nearest.reserveCapacity(vectors.count)
        for first in stride(from: 0, to: vectors.count, by: 2048) {
            if isCancelled() { return nil }
            let range = first..<min(first + 2048, vectors.count)
            let found = vectors.nearest(neighbours, to: range)
            nearest += ThreadPool.shared.map(found.count) { query in
                let shares = Self.shares(found[query].map(\.square), perplexity: perplexity)
                return zip(found[query], shares).map { ($0.row, $1) }.sorted { $0.0 < $1.0 }
            }
            progress(range.upperBound)
        }
        self.init(symmetric: nearest)
    }

    /// From what each vector makes of its neighbours, by ascending number.
    package init(symmetric nearest: [[(row: Int, share: Double)]]) {
        let count = nearest.count
        var seen = [[(row: Int, share: Double)]](repeating: [], count: count)
        for (row, neighbours) in nearest.enumerated() {
            for neighbour in neighbours { seen[neighbour.row].append((row, neighbour.share)) }
        }
        let merged = ThreadPool.shared.map(count) { row in
            Self.merged(nearest[row], seen[row], scale: 0.5 / Double(count))
        }
        starts = merged.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
        others = merged.flatMap { $0.map(\.0) }
        values = merged.flatMap { $0.map(\.1) }
    }

    private static func merged(
        _ a: [(row: Int, share: Double)], _ b: [(row: Int, share: Double)], scale: Double
    ) -> [(Int32, Float)] {
        var (i, j) = (0, 0)
        var result: [(Int32, Float)] = []
        result.reserveCapacity(a.count + b.count)
        while i < a.count || j < b.count {
            let row = min(i < a.count ? a[i].row : .max, j < b.count ? b[j].row : .max)
            var share = 0.0
            if i < a.count, a[i].row == row {
                share += a[i].share
                i += 1
            }
            if j < b.count, b[j].row == row {
                share += b[j].share
                j += 1
            }
            result.append((Int32(row), Float(share * scale)))
        }
        return result
    }

    /// Shares of 1 for neighbours at these squared distances, `exp(-b d) / sum`, with the `b` that gives the perplexity: found by
    /// halving. Where more are equally near than the perplexity, these have all.
    package static func shares(_ squares: [Double], perplexity: Double) -> [Double] {
        guard let least = squares.min() else { return [] }
        let excess = squares.map { $0 - least }
        let mean = excess.reduce(0, +) / Double(excess.count)
        guard mean > 0 else { return excess.map { _ in 1 / Double(excess.count) } }
        let wanted = log(perplexity)
        var (low, high, factor) = (0.0, Double.infinity, 1 / mean)
        var shares = excess
        for _ in 0..<64 {
            var (sum, weighted) = (0.0, 0.0)
            for (place, value) in excess.enumerated() {
                let share = exp(-factor * value)
                shares[place] = share
                sum += share
                weighted += share * value
            }
            for place in shares.indices { shares[place] /= sum }
            let surplus = log(sum) + factor * weighted / sum - wanted
            if abs(surplus) < 1e-9 { break }
            if surplus > 0 {
                low = factor
                factor = high == .infinity ? factor * 2 : (factor + high) / 2
            } else {
                high = factor
                factor = (factor + low) / 2
            }
        }
        return shares
    }
}
