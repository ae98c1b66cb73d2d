import AkinTensors

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Chooses the partners of each image of a batch, the anchor, by the distances of the current embeddings (the thesis
/// names it as future work, chapter 7). An image that is alone in its class is no anchor; one without negatives gets
/// positive pairs only.
///
/// - `semi-hard` (Schroff et al. 2015): positives by chance; the negative is the nearest of those farther away than the
///   positive, or the farthest if none is.
/// - `batch-hard` (Hermans et al. 2017): the farthest positives and the nearest negatives, the first with the first and
///   so on.
/// - `distance-weighted` (Wu et al. 2017): positives by chance; negatives, each at most once, with a probability
///   inverse to the density q(d) of distances d on a sphere, log q(d) = (n - 2) log d + (n - 3) / 2 log(1 - d^2 / 4) in
///   n dimensions. d is held to at least 0.5, negatives at 1.4 or more are left out; where that leaves none, any. As
///   embeddings need not lie on the unit sphere, distances are first scaled so that their mean square over the batch is
///   2, as it is there.
package final class Miner {
    private let mining: Mining
    private let gram: GramMatrix
    /// `[count, count]`: squared distances; with `distance-weighted` the negatives' weights.
    private let matrix: FloatBuffer
    private let positives: FixedList<Int32>
    private let negatives: FixedList<Int32>

    /// Floats that it works in.
    package var workCount: Int { matrix.count + gram.workCount }

    /// `capacity`: the images of the largest batch. Choosing by chance is the sampler's: `mining` is not `random`.
    package init(_ mining: Mining, capacity: Int, dimension: Int, pool: ThreadPool = .shared) {
        precondition(mining != .random, "choosing by chance needs no embeddings")
        self.mining = mining
        gram = GramMatrix(capacity: capacity, dimension: dimension, pool: pool)
        matrix = FloatBuffer(count: capacity * capacity)
        positives = FixedList(capacity: capacity)
        negatives = FixedList(capacity: capacity)
    }

    /// `perImage` triplets for each anchor of `embeddings` `[count, dimension]`; with `batch-hard` no more than it has
    /// negatives. Replaces what was in `list`.
    package func triplets(
        _ embeddings: UnsafePointer<Float>, count: Int, classes: UnsafePointer<Int32>, perImage: Int,
        generator: inout SeededGenerator, into list: FixedList<Triplet>
    ) {
        begin(embeddings, count: count, classes: classes)
        list.removeAll()
        for anchor in 0..<count {
            gather(anchor, count: count, classes: classes)
            guard positives.count > 0 && negatives.count > 0 else { continue }
            let row = matrix.base + anchor * count
            choosePositives(perImage, row, &generator)
            for i in 0..<perImage {
                let positive = Int(positives[i % positives.count])
                let negative: Int32
                switch mining {
                case .batchHard:
                    guard i < negatives.count else { continue }
                    negative = nearest(i, row)
                case .semiHard: negative = semiHard(than: row[positive], from: 0, row)
                case .distanceWeighted, .random: negative = drawn(row, &generator)
                }
                list.append(Triplet(anchor, positive, Int(negative)))
            }
        }
    }

    /// For each anchor `positive` pairs with its class and `negative` pairs with others, or as many as it has. Here
    /// `semi-hard` takes the nearest of those negatives that are farther away than the first positive, then the
    /// farthest of the rest. Replaces what was in `list`.
    package func pairs(
        _ embeddings: UnsafePointer<Float>, count: Int, classes: UnsafePointer<Int32>, positive: Int,
        negative: Int,
        generator: inout SeededGenerator, into list: FixedList<Pair>
    ) {
        begin(embeddings, count: count, classes: classes)
        list.removeAll()
        for anchor in 0..<count {
            gather(anchor, count: count, classes: classes)
            guard positives.count > 0 else { continue }
            let row = matrix.base + anchor * count
            choosePositives(positive, row, &generator)
            for i in 0..<min(positive, positives.count) {
                list.append(Pair(anchor, Int(positives[i]), different: false))
            }
            for i in 0..<min(negative, negatives.count) {
                let other: Int32
                switch mining {
                case .batchHard: other = nearest(i, row)
                case .semiHard: other = semiHard(than: row[Int(positives[0])], from: i, row)
                case .distanceWeighted, .random: other = drawn(row, &generator)
                }
                list.append(Pair(anchor, Int(other), different: true))
            }
        }
    }

    // MARK: Distances

    private func begin(_ embeddings: UnsafePointer<Float>, count: Int, classes: UnsafePointer<Int32>) {
        precondition(count <= gram.capacity, "more images than the miner has room for")
        gram.update(embeddings, count: count)
        let matrix = matrix.base
        gram.pool.forEachRun(of: count) { rows in
            for i in rows {
                for j in 0..<count { matrix[i * count + j] = gram.squaredDistance(i, j, count: count) }
            }
        }
        guard mining == .distanceWeighted else { return }
        var total = 0.0
        for i in 0..<count * count { total += Double(matrix[i]) }
        let mean = total / Double(max(count * (count - 1), 1))
        let scale = mean > 0 ? Float(2 / mean) : 0
        gram.pool.forEachRun(of: count) { rows in
            for i in rows { weigh(i, count: count, classes: classes, scale: scale) }
        }
    }

    /// Turns an image's squared distances into its negatives' weights, 0 for all others.
    private func weigh(_ i: Int, count: Int, classes: UnsafePointer<Int32>, scale: Float) {
        let row = matrix.base + i * count
        let dimension = Float(gram.dimension)
        var most = -Float.infinity
        for j in 0..<count {
            let square = max(row[j] * scale, 0.5 * 0.5)
            guard classes[j] != classes[i] && square < 1.4 * 1.4 else {
                row[j] = -.infinity
                continue
            }
            row[j] = -(dimension - 2) / 2 * log(square) - (dimension - 3) / 2 * log(1 - square / 4)
            most = max(most, row[j])
        }
        for j in 0..<count { row[j] = row[j] > -.infinity ? exp(row[j] - most) : 0 }
    }

    private func gather(_ anchor: Int, count: Int, classes: UnsafePointer<Int32>) {
        positives.removeAll()
        negatives.removeAll()
        for j in 0..<count where j != anchor {
            if classes[j] == classes[anchor] {
                positives.append(Int32(j))
            } else {
                negatives.append(Int32(j))
            }
        }
    }

    // MARK: Choices

    /// Brings the `wanted` positives to the front.
    private func choosePositives(
        _ wanted: Int, _ row: UnsafePointer<Float>, _ generator: inout SeededGenerator
    ) {
        for i in 0..<min(wanted, positives.count) {
            var chosen = i
            if mining == .batchHard {
                for other in i..<positives.count
                where row[Int(positives[other])] > row[Int(positives[chosen])] {
                    chosen = other
                }
            } else {
                chosen = Int.random(in: i..<positives.count, using: &generator)
            }
            bring(chosen, to: i, in: positives)
        }
    }

    private func bring(_ position: Int, to place: Int, in list: FixedList<Int32>) {
        let element = list[position]
        list[position] = list[place]
        list[place] = element
    }

    /// The nearest of the negatives from `place` on, brought there.
    private func nearest(_ place: Int, _ row: UnsafePointer<Float>) -> Int32 {
        var chosen = place
        for other in place..<negatives.count where row[Int(negatives[other])] < row[Int(negatives[chosen])] {
            chosen = other
        }
        bring(chosen, to: place, in: negatives)
        return negatives[place]
    }

    /// Of the negatives from `place` on the nearest that is farther than `square`, else the farthest; brought there.
    private func semiHard(than square: Float, from place: Int, _ row: UnsafePointer<Float>) -> Int32 {
        var chosen = place
        for other in place..<negatives.count {
            let (found, best) = (row[Int(negatives[other])], row[Int(negatives[chosen])])
            if best > square ? found > square && found < best : found > best { chosen = other }
        }
        bring(chosen, to: place, in: negatives)
        return negatives[place]
    }

    /// A negative by its weight, which it then loses.
    private func drawn(_ row: UnsafeMutablePointer<Float>, _ generator: inout SeededGenerator) -> Int32 {
        var total: Float = 0
        for negative in negatives.elements { total += row[Int(negative)] }
        guard total > 0 else { return negatives[Int.random(in: 0..<negatives.count, using: &generator)] }
        var left = generator.uniform() * total
        var chosen: Int32 = -1
        for negative in negatives.elements where row[Int(negative)] > 0 {
            chosen = negative
            left -= row[Int(negative)]
            if left < 0 { break }
        }
        row[Int(chosen)] = 0
        return chosen
    }
}
