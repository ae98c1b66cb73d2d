import AkinTensors
import Foundation

/// Class means, and how examples scatter about them or, where every class has one example, about the mean of all.
///
/// `DiscriminantSystem+Values` has the values by a covariance to which a penalty is added. The distances here are by that of
/// Ledoit and Wolf (2004, section 3.2, with known mean): with `N` deviations `r` in `d` dimensions,
/// `S = 1/N · sum of r rᵀ`, `m = tr(S) / d`, `δ² = |S - m I|²` and `β² = min(δ², 1/N² · sum of |r rᵀ - S|²)`, the share
/// `ρ = β² / δ²` of `m I` and the rest of `S`. It is multiplied by `N / (N - C)`, since `C` means were taken from the same
/// examples.
///
/// **Without an example** of a class of `m`, the means, the deviations of the class' other examples, `ρ` and `N` are others.
/// The scatter `T = N S` loses exactly `m / (m - 1) · r rᵀ`, so that the inverse follows by Sherman and Morrison's formula in
/// the eigenvectors of `T`, and the sum of `|r|⁴` from the products of the class' deviations: everything is as if fitted anew.
struct DiscriminantSystem: Sendable {
    /// The positions of each class' examples.
    let members: [[Int]]
    /// Of the embeddings, of which coordinates are kept.
    private let dimension: Int
    /// Those that have a mean in common: the classes, or all together.
    let groups: [[Int]]
    /// One in each row, `[rank, rank]`, of the scatter.
    let directions: DoubleMatrix
    let eigenvalues: [Double]
    /// In these directions, `[classes, rank]`.
    let means: DoubleMatrix
    /// In these directions, `[examples, rank]`: the examples, and how they deviate from the mean of their group.
    let examples, deviations: DoubleMatrix
    /// For each example the square of its deviation.
    private let lengths: [Double]

    var count: Int { deviations.rows }
    /// Whether examples scatter about the means of their classes.
    var areApart: Bool { groups.count == members.count && count > members.count }

    /// O(examples · rank² + rank³).
    init(_ coordinates: DoubleMatrix, _ members: [[Int]], dimension: Int) {
        self.members = members
        self.dimension = dimension
        let count = coordinates.rows
        groups = count > members.count ? members : [Array(0..<count)]
        let centres = coordinates.means(of: groups)
        var groupOf = [Int](repeating: 0, count: count)
        for (own, group) in groups.enumerated() { for member in group { groupOf[member] = own } }
        var deviations = coordinates
        deviations.updateRows { row, values in
            for i in values.indices { values[i] -= centres[groupOf[row], i] }
        }
        let scatter = DoubleMatrix.product(deviations, deviations, leftTransposed: true)
        let (values, vectors) = scatter.eigendecomposition()
        // Rounding can make an eigenvalue of 0 a little less.
        eigenvalues = values.map { max(0, $0) }
        directions = vectors
        examples = DoubleMatrix.product(coordinates, vectors, rightTransposed: true)
        let turned = DoubleMatrix.product(deviations, vectors, rightTransposed: true)
        lengths = (0..<count).map { turned.squaredLength(ofRow: $0) }
        self.deviations = turned
        means = DoubleMatrix.product(coordinates.means(of: members), vectors, rightTransposed: true)
    }

    /// `scatter` times the first and `rest` in all directions.
    private struct Covariance {
        var scatter, rest: Double

        /// - Parameters:
        ///   - trace: Of the scatter.
        ///   - squares: The sum of the squares of its elements.
        ///   - fourth: The sum of the fourth powers of the deviations' lengths.
        ///   - count: How many deviations.
        ///   - free: How many of them are not determined by the others.
        init(trace: Double, squares: Double, fourth: Double, count: Int, free: Int, dimension: Int) {
            let count = Double(count)
            let mean = trace / (count * Double(dimension))
            let spread = squares / (count * count) - Double(dimension) * mean * mean
            let error = (fourth - squares / count) / (count * count)
            // Equal variances in all directions need no shrinking; a little is always there, so that there is an inverse.
            let share = spread > 0 ? min(1, max(error / spread, 1e-6)) : 1
            let free = Double(max(1, free))
            scatter = (1 - share) / free
            rest = share * mean * count / free
            // No example deviates: what is near by plain distance is near.
            if rest <= 0 { (scatter, rest) = (0, 1) }
        }
    }

    private var covariance: Covariance {
        Covariance(
            trace: lengths.reduce(0, +), squares: eigenvalues.reduce(0) { $0 + $1 * $1 },
            fourth: lengths.reduce(0) { $0 + $1 * $1 }, count: count, free: count - groups.count,
            dimension: dimension)
    }

    /// The Mahalanobis distances of other coordinates from the class means, `[queries, classes]`.
    ///
    /// - Parameter beyond: The squared distance of each query from the space of the coordinates.
    func distances(of queries: DoubleMatrix, beyond: [Double]) -> DoubleMatrix {
        let covariance = covariance
        let scales = eigenvalues.map { 1 / (covariance.scatter * $0 + covariance.rest).squareRoot() }
        func scaled(_ rows: DoubleMatrix) -> DoubleMatrix {
            var rows = rows
            rows.updateRows { _, row in for k in row.indices { row[k] *= scales[k] } }
            return rows
        }
        let means = scaled(means)
        let queries = scaled(DoubleMatrix.product(queries, directions, rightTransposed: true))
        var distances = DoubleMatrix(rows: queries.rows, columns: members.count)
        distances.updateRows { row, distances in
            queries.withRow(row) { query in
                for own in distances.indices {
                    let squared = means.withRow(own) { mean in
                        var sum = 0.0
                        for k in query.indices { sum += (query[k] - mean[k]) * (query[k] - mean[k]) }
                        return sum
                    }
                    distances[own] = (squared + beyond[row] / covariance.rest).squareRoot()
                }
            }
        }
        return distances
    }

    /// For each example its distances from the class means of a fit without it, `[examples, classes]`; from that of its own
    /// class, where it is the only one, whatever number. Nil for those without which examples scatter about the mean of all:
    /// of a single pair of a class.
    ///
    /// - Precondition: There are two examples at least.
    func leftOut() -> [[Double]?] {
        let fourths = fourthsOfOthers()
        let squares = eigenvalues.reduce(0) { $0 + $1 * $1 }
        let trace = lengths.reduce(0, +)
        var (groupOf, classOf) = ([Int](repeating: 0, count: count), [Int](repeating: 0, count: count))
        for (own, group) in groups.enumerated() { for member in group { groupOf[member] = own } }
        for (own, group) in members.enumerated() { for member in group { classOf[member] = own } }
        return ThreadPool.shared.map(count) { example in
            let own = classOf[example]
            let size = Double(groups[groupOf[example]].count)
            let isAlone = members[own].count == 1
            let classes = members.count - (isAlone ? 1 : 0)
            if areApart, count - 1 == classes { return nil }
            let loss = size > 1 ? size / (size - 1) : 0
            let length = lengths[example]
            let covariance = deviations.withRow(example) { deviation in
                let within = deviation.indices.reduce(0) {
                    $0 + eigenvalues[$1] * deviation[$1] * deviation[$1]
                }
                return Covariance(
                    trace: trace - loss * length,
                    squares: squares - 2 * loss * within + loss * loss * length * length,
                    fourth: fourths[example], count: count - 1,
                    free: count - 1 - (areApart ? classes : 1), dimension: dimension)
            }
            return distances(of: example, ofClass: own, loss: loss, covariance)
        }
    }

    /// From the class means, once the scatter has lost `loss` times the product of the example's deviation with itself.
    private func distances(
        of example: Int, ofClass own: Int, loss: Double, _ covariance: Covariance
    ) -> [Double] {
        let weights = eigenvalues.map { 1 / (covariance.scatter * $0 + covariance.rest) }
        return deviations.withRow(example) { deviation in
            let weighted = deviation.indices.map { weights[$0] * deviation[$0] }
            let length = deviation.indices.reduce(0) { $0 + weighted[$1] * deviation[$1] }
            let step = covariance.scatter * loss / (1 - covariance.scatter * loss * length)
            return members.indices.map { other in
                // Without the example, the mean of its own class is farther away from it.
                let size = Double(members[other].count)
                let factor = other == own && size > 1 ? size / (size - 1) : 1
                var (sum, product) = (0.0, 0.0)
                examples.withRow(example) { query in
                    means.withRow(other) { mean in
                        for k in query.indices {
                            let difference = query[k] - mean[k]
                            sum += weights[k] * difference * difference
                            product += weighted[k] * difference
                        }
                    }
                }
                return factor * max(0, sum + step * product * product).squareRoot()
            }
        }
    }

    /// For each example the sum of the fourth powers of the lengths of all others' deviations, without it.
    private func fourthsOfOthers() -> [Double] {
        let total = lengths.reduce(0) { $0 + $1 * $1 }
        var fourths = [Double](repeating: 0, count: count)
        for group in groups {
            let outside = total - group.reduce(0) { $0 + lengths[$1] * lengths[$1] }
            let size = Double(group.count)
            let rows = deviations.rows(at: group)
            // Blocks of rows, so that the products fit into memory however large a class is.
            for first in stride(from: 0, to: group.count, by: 256) {
                let block = first..<min(first + 256, group.count)
                let products = DoubleMatrix.product(
                    deviations.rows(at: group[block]), rows, rightTransposed: true)
                let found = ThreadPool.shared.map(block.count) { row -> Double in
                    let length = lengths[group[first + row]]
                    return products.withRow(row) { products in
                        group.indices.reduce(outside) { sum, other in
                            guard other != first + row else { return sum }
                            // The others' mean moves away from the example.
                            let moved =
                                lengths[group[other]] + 2 * products[other] / (size - 1)
                                + length / ((size - 1) * (size - 1))
                            return sum + moved * moved
                        }
                    }
                }
                for (row, fourth) in found.enumerated() { fourths[group[first + row]] = fourth }
            }
        }
        return fourths
    }
}
