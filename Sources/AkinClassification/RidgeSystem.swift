import AkinTensors
import Foundation

/// Least squares on one-of-n targets with classes of equal weight, solved for every penalty at once.
///
/// Minimised is, over values `f(x) = b + x · β` with one column for each of `C` classes,
///
///     1/C · sum over classes c of (1/n_c · sum over its n_c examples i of |f(x_i) - e_c|²) + penalty · |β|²
///
/// where `e_c` is 1 at the class and 0 elsewhere: small classes weigh as much as large ones, and `b` is not penalised. About
/// the mean of the class means, in the directions of the eigenvectors of the weighted covariance (eigenvalues `v_k`), with
/// class means `t_c`, the solution is `f_c(x) = 1/C + sum over k of x_k t_ck / (C (v_k + penalty))`.
///
/// **Without an example** `i` of a class of `m` the class' other examples weigh `1/(C (m - 1))` each: all weights are those
/// of a fit that never saw it. Let `K` be the matrix of `1 + sum over k of x_k y_k / (v_k + penalty)` for every two of the
/// class' examples, `r` their residuals, and `A = I + K / (C m (m - 1))`. Weights that change by a diagonal matrix `D` turn
/// residuals into `(I + K D)⁻¹ r` (Woodbury), so those of the fit without `i` are, at `i`, exactly
///
///     (A⁻¹ r)_i / (1 - (A⁻¹ K)_ii / (C (m - 1)))
///
/// and for an example that is its class alone, without which there are but `C - 1` classes, `r / (1 - K / C)` with the
/// penalty times `(C - 1)/C`. With `C` and `m` equal for all, and the weights left as they were, this is the well-known
/// formula of the hat matrix (Allen 1974; Golub, Heath and Wahba 1979).
struct RidgeSystem: Sendable {
    /// The positions of each class' examples.
    let members: [[Int]]
    /// The variance, each class counting alike, over all dimensions: what penalties are measured by.
    let variance: Double
    /// The mean of the class means, where the others begin.
    private let mean: [Double]
    /// One in each row, `[rank, rank]`.
    private let directions: DoubleMatrix
    private let eigenvalues: [Double]
    /// In these directions, `[examples, rank]`.
    private let examples: DoubleMatrix
    /// `[classes, rank]`
    private let classMeans: DoubleMatrix

    /// O(examples · rank² + rank³).
    init(_ coordinates: DoubleMatrix, _ members: [[Int]]) {
        self.members = members
        let rank = coordinates.columns
        let classes = coordinates.means(of: members)
        var mean = [Double](repeating: 0, count: rank)
        for own in members.indices {
            for (i, value) in classes[own].enumerated() { mean[i] += value / Double(members.count) }
        }
        self.mean = mean
        var centred = coordinates
        centred.subtract(mean)
        var weights = [Double](repeating: 0, count: coordinates.rows)
        for own in members {
            for member in own { weights[member] = (1 / Double(members.count * own.count)).squareRoot() }
        }
        var weighted = centred
        weighted.updateRows { row, values in for i in values.indices { values[i] *= weights[row] } }
        let covariance = DoubleMatrix.product(weighted, weighted, leftTransposed: true)
        let (values, vectors) = covariance.eigendecomposition()
        // Rounding can make an eigenvalue of 0 a little less.
        eigenvalues = values.map { max(0, $0) }
        variance = eigenvalues.reduce(0, +)
        directions = vectors
        examples = DoubleMatrix.product(centred, vectors, rightTransposed: true)
        classMeans = examples.means(of: members)
    }

    /// What gives other coordinates a value for each class.
    func functions(penalty: Double) -> LinearFunctions {
        let slopes = DoubleMatrix.product(slopes(penalty: penalty), directions)
        return LinearFunctions(
            slopes: slopes, offsets: slopes.products(with: mean).map { 1 / Double(members.count) - $0 })
    }

    /// The coefficients of each class, `[classes, rank]`. O(classes · rank).
    func slopes(penalty: Double) -> DoubleMatrix {
        let classes = Double(members.count)
        var slopes = classMeans
        slopes.updateRows { _, row in
            for k in row.indices { row[k] /= classes * (eigenvalues[k] + penalty) }
        }
        return slopes
    }

    private func values(inDirections queries: DoubleMatrix, _ slopes: DoubleMatrix) -> DoubleMatrix {
        var values = DoubleMatrix.product(queries, slopes, rightTransposed: true)
        for i in values.values.indices { values.values[i] += 1 / Double(members.count) }
        return values
    }

    /// The values of the examples of a class, each of a fit without it, `[members, classes]`; no number in the column of a
    /// class that is gone without its only example.
    ///
    /// - Parameter slopes: Those of the penalty, where they are known; of a class that has several examples.
    /// - Precondition: There are two examples at least, and the penalty is above 0.
    func leftOut(ofClass own: Int, penalty: Double, slopes: DoubleMatrix? = nil) -> DoubleMatrix {
        let (count, classes) = (members[own].count, Double(members.count))
        let penalty = count == 1 ? penalty * (classes - 1) / classes : penalty
        let examples = examples.rows(at: members[own])
        let known = count == 1 ? nil : slopes
        var residuals = values(inDirections: examples, known ?? self.slopes(penalty: penalty))
        for row in 0..<count { residuals[row, own] -= 1 }
        let scaled = scaled(examples, penalty)
        var values: DoubleMatrix
        if count == 1 {
            values = residuals
            let remaining = 1 - scaled.squaredLength(ofRow: 0) / classes
            for i in values.values.indices { values.values[i] /= remaining }
            values[0, own] = .nan
            return values
        }
        let step = 1 / (classes * Double(count * (count - 1)))
        let (solved, diagonal) = Self.solve(scaled, residuals, step)
        values = solved
        values.updateRows { row, values in
            let remaining = 1 - diagonal[row] / (classes * Double(count - 1))
            for i in values.indices { values[i] /= remaining }
            values[own] += 1
        }
        return values
    }

    /// Rows of which the products are `K`.
    private func scaled(_ examples: DoubleMatrix, _ penalty: Double) -> DoubleMatrix {
        var scaled = DoubleMatrix(rows: examples.rows, columns: examples.columns + 1)
        let scales = eigenvalues.map { 1 / ($0 + penalty).squareRoot() }
        scaled.updateRows { row, values in
            examples.withRow(row) { for k in $0.indices { values[k] = $0[k] * scales[k] } }
            values[values.count - 1] = 1
        }
        return scaled
    }

    /// `A⁻¹ r` and the diagonal of `A⁻¹ K`, where `K` are the products of `rows` and `A = I + step · K`; by whichever of the
    /// two matrices is smaller.
    private static func solve(
        _ rows: DoubleMatrix, _ residuals: DoubleMatrix, _ step: Double
    ) -> (solved: DoubleMatrix, diagonal: [Double]) {
        func inverse(_ products: DoubleMatrix) -> DoubleMatrix {
            var system = products
            for i in system.values.indices { system.values[i] *= step }
            for i in 0..<system.rows { system[i, i] += 1 }
            return system.inverse()
        }
        func diagonal(_ a: DoubleMatrix, _ b: DoubleMatrix) -> [Double] {
            (0..<a.rows).map { row in
                a.withRow(row) { a in b.withRow(row) { b in zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } } }
            }
        }
        if rows.rows <= rows.columns {
            let products = DoubleMatrix.product(rows, rows, rightTransposed: true)
            let inverse = inverse(products)
            return (DoubleMatrix.product(inverse, residuals), diagonal(inverse, products))
        }
        let inverse = inverse(DoubleMatrix.product(rows, rows, leftTransposed: true))
        let projected = DoubleMatrix.product(rows, inverse)
        let sums = DoubleMatrix.product(rows, residuals, leftTransposed: true)
        var solved = residuals
        let taken = DoubleMatrix.product(projected, sums)
        for i in solved.values.indices { solved.values[i] -= step * taken.values[i] }
        return (solved, diagonal(projected, rows))
    }
}
