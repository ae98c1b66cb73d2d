import AkinTensors
import Foundation

/// Moves points on a plane until pairs are as near as their vectors are: t-SNE's gradient descent (van der Maaten and Hinton
/// 2008, equations 4, 5 and 8, figure 1 and section 3.4).
///
/// A step allocates nothing, and comes to the same whatever the number of threads: each point is moved by itself, and sums go
/// through the points in order. Not to be used from two threads at once.
package final class Descent {
    /// How many points there are.
    package let count: Int
    private let affinities: Affinities
    private let tree: QuadTree
    /// `x` and `y` of each point in turn, and what belongs to each.
    private let places, slopes, velocities, gains: UnsafeMutablePointer<Double>
    private let forces, sums: UnsafeMutablePointer<Float>

    /// No point is moved further in a step: a few points would fly apart.
    private static let longestStep = 5.0

    /// - Parameters:
    ///   - start: Where the points lie at first, `[points, 2]`.
    ///   - exactly: Whether each pair of points counts by itself, not far ones together.
    package init(_ affinities: Affinities, from start: DoubleMatrix, exactly: Bool) {
        count = start.rows
        self.affinities = affinities
        tree = QuadTree(count: count, exactly: exactly)
        func numbers(_ value: Double) -> UnsafeMutablePointer<Double> {
            let numbers = UnsafeMutablePointer<Double>.allocate(capacity: 2 * start.rows)
            numbers.update(repeating: value, count: 2 * start.rows)
            return numbers
        }
        (places, slopes, velocities, gains) = (numbers(0), numbers(0), numbers(0), numbers(1))
        (forces, sums) = (.allocate(capacity: 2 * count), .allocate(capacity: count))
        for (place, value) in start.values.enumerated() { places[place] = value }
    }

    deinit {
        for numbers in [places, slopes, velocities, gains] { numbers.deallocate() }
        forces.deallocate()
        sums.deallocate()
    }

    /// Where the points lie, `[points, 2]`.
    package var points: DoubleMatrix {
        DoubleMatrix(
            rows: count, columns: 2, values: Array(UnsafeBufferPointer(start: places, count: 2 * count)))
    }

    /// The slope of the divergence at the points as they lie, `[points, 2]`, the affinities times `exaggeration`.
    package func gradient(exaggeration: Double = 1) -> DoubleMatrix {
        findSlopes(exaggeration)
        return DoubleMatrix(
            rows: count, columns: 2, values: Array(UnsafeBufferPointer(start: slopes, count: 2 * count)))
    }

    /// Moves all points once. `rate` is by how much of the slope, `momentum` how much of the last step is added.
    package func step(exaggeration: Double, momentum: Double, rate: Double) {
        findSlopes(exaggeration)
        ThreadPool.shared.forEachChunk(of: count, size: 512) { [self] points, _ in
            for point in points { move(point, momentum: momentum, rate: rate) }
        }
        var middle = SIMD2<Double>.zero
        for point in 0..<count { middle += SIMD2(places[2 * point], places[2 * point + 1]) }
        middle /= Double(count)
        for point in 0..<count {
            places[2 * point] -= middle.x
            places[2 * point + 1] -= middle.y
        }
    }

    /// Each coordinate has a rate of its own, which grows as long as it goes on one way (Jacobs 1988).
    private func move(_ point: Int, momentum: Double, rate: Double) {
        for place in 2 * point...2 * point + 1 {
            let goesOn = (slopes[place] > 0) != (velocities[place] > 0)
            gains[place] = max(0.01, goesOn ? gains[place] + 0.2 : gains[place] * 0.8)
            velocities[place] = momentum * velocities[place] - rate * gains[place] * slopes[place]
        }
        let (x, y) = (velocities[2 * point], velocities[2 * point + 1])
        let length = (x * x + y * y).squareRoot()
        if length > Self.longestStep {
            velocities[2 * point] *= Self.longestStep / length
            velocities[2 * point + 1] *= Self.longestStep / length
        }
        places[2 * point] += velocities[2 * point]
        places[2 * point + 1] += velocities[2 * point + 1]
    }

    /// `4 (sum(e p q d) - sum(q^2 d) / sum(q))`, where `d` is the way from the other point, `q = 1 / (1 + |d|^2)`, the first
    /// sum goes over a point's pairs, the second over all other points, the last over all pairs of points.
    private func findSlopes(_ exaggeration: Double) {
        tree.build(places)
        ThreadPool.shared.forEachChunk(of: tree.groups, size: 16) { [self] groups, _ in
            for group in groups { tree.repel(group, forces, sums) }
        }
        var total = 0.0
        for point in 0..<count { total += Double(sums[point]) }
        let share = total > 0 ? 1 / total : 0
        affinities.starts.withUnsafeBufferPointer { starts in
            affinities.others.withUnsafeBufferPointer { others in
                affinities.values.withUnsafeBufferPointer { values in
                    ThreadPool.shared.forEachChunk(of: count, size: 128) { [self] points, _ in
                        for point in points {
                            let own = SIMD2(places[2 * point], places[2 * point + 1])
                            var attraction = SIMD2<Double>.zero
                            for pair in starts[point]..<starts[point + 1] {
                                let other = 2 * Int(others[pair])
                                let way = own - SIMD2(places[other], places[other + 1])
                                let square = way.x * way.x + way.y * way.y
                                attraction += way * (Double(values[pair]) / (1 + square))
                            }
                            slopes[2 * point] =
                                4 * (exaggeration * attraction.x - Double(forces[2 * point]) * share)
                            slopes[2 * point + 1] =
                                4 * (exaggeration * attraction.y - Double(forces[2 * point + 1]) * share)
                        }
                    }
                }
            }
        }
    }
}
