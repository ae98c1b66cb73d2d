import AkinTensors

/// The plane through a cloud of points in which it is widest: the first two principal components (Pearson 1901; Jolliffe,
/// "Principal Component Analysis", 2002, chapter 1).
///
/// Each direction is turned so that its largest component, of equally large ones the first, is above zero: nothing else
/// tells it from its opposite.
struct PrincipalPlane {
    /// Where the points lie in it, `[points, 2]`: about zero, along the wider direction first.
    let places: DoubleMatrix
    /// What share of the points' variance it shows, 0...1; nil where they do not vary.
    let share: Double?

    /// Up to as many points or dimensions all principal components are computed, beyond them the first few by iteration.
    private static let fewest = 1024
    /// Columns that are iterated: the more, the faster the first two settle.
    private static let block = 16

    init(of rows: Matrix) {
        let points = CentredRows(rows)
        guard rows.rows > 1, rows.columns > 0, points.variation > 0 else {
            (places, share) = (DoubleMatrix(rows: rows.rows, columns: 2), nil)
            return
        }
        let found: (values: [Double], directions: DoubleMatrix)
        if min(rows.rows, rows.columns) > Self.fewest {
            found = Self.iterated(points)
        } else if rows.columns <= rows.rows {
            found = Self.byCovariance(points)
        } else {
            found = Self.byProducts(points)
        }
        let directions = Self.turned(found.directions)
        places = points.product(with: directions)
        let shown = found.values.prefix(2).reduce(0, +) / points.variation
        // What is not shown is rounding.
        share = shown > 1 - 1e-9 ? 1 : shown
    }

    /// By the eigenvectors of `[dimensions, dimensions]`.
    private static func byCovariance(_ points: CentredRows) -> (values: [Double], directions: DoubleMatrix) {
        var sums = DoubleMatrix(rows: points.columns, columns: points.columns)
        points.forEachBlock { sums.add(.product($0, $0, leftTransposed: true)) }
        return firstTwo(of: sums.eigendecomposition())
    }

    /// By the eigenvectors of `[points, points]`, where these are fewer than dimensions.
    private static func byProducts(_ points: CentredRows) -> (values: [Double], directions: DoubleMatrix) {
        let all = points.block(0..<points.rows)
        let found = firstTwo(of: DoubleMatrix.product(all, all, rightTransposed: true).eigendecomposition())
        var directions = DoubleMatrix.product(found.directions, all)
        for row in 0..<2 { directions.normalise(row) }
        return (found.values, directions)
    }

    /// By subspace iteration with the Rayleigh-Ritz method (Saad, "Numerical Methods for Large Eigenvalue Problems", 2011,
    /// section 5.2), begun at random directions that are always the same.
    private static func iterated(_ points: CentredRows) -> (values: [Double], directions: DoubleMatrix) {
        var generator = SeededGenerator(seed: 1, .mapStart)
        let start = (0..<block * points.columns).map { _ in Double(generator.normals().0) }
        var basis = DoubleMatrix(rows: block, columns: points.columns, values: start)
        basis.orthonormalise()
        var last = 0.0
        for pass in 1... {
            var (products, next) = (
                DoubleMatrix(rows: block, columns: block), DoubleMatrix(rows: block, columns: points.columns)
            )
            points.forEachBlock { rows in
                let along = DoubleMatrix.product(rows, basis, rightTransposed: true)
                products.add(.product(along, along, leftTransposed: true))
                next.add(.product(along, rows, leftTransposed: true))
            }
            let found = firstTwo(of: products.eigendecomposition())
            let sum = found.values.reduce(0, +)
            if abs(sum - last) <= 1e-9 * sum || pass == 100 {
                return (found.values, .product(found.directions, basis))
            }
            last = sum
            basis = next
            basis.orthonormalise()
        }
        preconditionFailure("the passes end above")
    }

    /// The two largest, the largest first; with one dimension alone the second is nothing.
    private static func firstTwo(
        of all: (values: [Double], vectors: DoubleMatrix)
    ) -> (values: [Double], directions: DoubleMatrix) {
        let count = all.values.count
        guard count > 1 else {
            return (all.values + [0], DoubleMatrix(rows: 2, columns: 1, values: all.vectors.values + [0]))
        }
        return (
            [max(0, all.values[count - 1]), max(0, all.values[count - 2])],
            all.vectors.rows(at: [count - 1, count - 2])
        )
    }

    private static func turned(_ directions: DoubleMatrix) -> DoubleMatrix {
        var result = directions
        for row in 0..<2 {
            let largest = directions[row].reduce(0) { max($0, abs($1)) }
            // What differs by rounding alone is equally large.
            let first = directions[row].first { abs($0) >= largest * (1 - 1e-9) } ?? 0
            if first < 0 { for column in 0..<directions.columns { result[row, column].negate() } }
        }
        return result
    }
}

/// Rows about their mean, in double precision, a block at a time: thousands of them would fill the memory.
private struct CentredRows {
    private let matrix: Matrix
    private let means: [Double]
    /// The sum of all squares.
    let variation: Double

    var rows: Int { matrix.rows }
    var columns: Int { matrix.columns }

    init(_ matrix: Matrix) {
        self.matrix = matrix
        means = matrix.columnMeans
        var sum = 0.0
        for row in 0..<matrix.rows {
            for (value, mean) in zip(matrix[row], means) {
                sum += (Double(value) - mean) * (Double(value) - mean)
            }
        }
        // Of equal rows the mean may differ from them by its rounding.
        let size = matrix.values.reduce(0) { $0 + Double($1) * Double($1) }
        variation = sum > 1e-26 * size ? sum : 0
    }

    func block(_ range: Range<Int>) -> DoubleMatrix {
        var values: [Double] = []
        values.reserveCapacity(range.count * columns)
        for row in range { values.append(contentsOf: zip(matrix[row], means).lazy.map { Double($0) - $1 }) }
        return DoubleMatrix(rows: range.count, columns: columns, values: values)
    }

    func forEachBlock(_ body: (DoubleMatrix) -> Void) {
        for first in stride(from: 0, to: rows, by: 1024) { body(block(first..<min(first + 1024, rows))) }
    }

    /// `[rows, directions]`
    func product(with directions: DoubleMatrix) -> DoubleMatrix {
        var values: [Double] = []
        forEachBlock { values += DoubleMatrix.product($0, directions, rightTransposed: true).values }
        return DoubleMatrix(rows: rows, columns: directions.rows, values: values)
    }
}

extension DoubleMatrix {
    fileprivate mutating func add(_ other: DoubleMatrix) {
        for place in values.indices { values[place] += other.values[place] }
    }

    fileprivate mutating func normalise(_ row: Int) {
        let length = self[row].reduce(0) { $0 + $1 * $1 }.squareRoot()
        guard length > 0 else { return }
        for column in 0..<columns { self[row, column] /= length }
    }

    /// Makes the rows orthonormal by the modified method of Gram and Schmidt, twice, as rounding asks for.
    fileprivate mutating func orthonormalise() {
        for _ in 0..<2 {
            for row in 0..<rows {
                for other in 0..<row {
                    let along = zip(self[row], self[other]).reduce(0) { $0 + $1.0 * $1.1 }
                    for column in 0..<columns { self[row, column] -= along * self[other, column] }
                }
                normalise(row)
            }
        }
    }
}
