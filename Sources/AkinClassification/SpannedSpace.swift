import AkinTensors
import AkinVectorSearch

/// The space that some embeddings span about their mean, turned so that it has no more dimensions than needed: rules that
/// only ask for products and lengths say the same of coordinates in it, and of fewer examples than dimensions they
/// are `examples - 1` at most.
///
/// Embeddings are taken as the gallery's metric takes them: by `cosine` their directions, else as they are. Nothing is scaled
/// by what other embeddings are like.
struct SpannedSpace: Sendable {
    /// The dimension of the embeddings.
    let dimension: Int
    private let byDirection: Bool
    private let mean: [Double]
    /// `[dimension, rank]`, orthonormal columns; nil where all dimensions are kept as they are.
    private let basis: DoubleMatrix?

    /// With the coordinates of the embeddings, `[embeddings, rank]`, whose mean is 0.
    ///
    /// Directions along which the embeddings vary a hundred-thousandth as much as along the widest, or less, are left out
    /// where there are fewer embeddings than dimensions. O(embeddings² · dimension) there, else O(embeddings · dimension).
    static func of(_ embeddings: Matrix, by metric: Metric) -> (
        space: SpannedSpace, coordinates: DoubleMatrix
    ) {
        let byDirection = metric == .cosine
        var rows = doubles(of: embeddings, byDirection: byDirection)
        let (count, dimension) = (rows.rows, rows.columns)
        var mean = [Double](repeating: 0, count: dimension)
        for row in 0..<count {
            rows.withRow(row) { for (column, value) in $0.enumerated() { mean[column] += value } }
        }
        for column in mean.indices { mean[column] /= Double(count) }
        rows.subtract(mean)
        guard count < dimension else {
            let space = SpannedSpace(dimension: dimension, byDirection: byDirection, mean: mean, basis: nil)
            return (space, rows)
        }
        let (values, vectors) = DoubleMatrix.product(rows, rows, rightTransposed: true).eigendecomposition()
        let widest = values.last ?? 0
        let kept = values.indices.filter { values[$0] > 1e-10 * widest && values[$0] > 0 }
        let lengths = kept.map { values[$0].squareRoot() }
        let directions = vectors.rows(at: kept)
        // Columns of the basis are rows' sums by an eigenvector; coordinates the eigenvectors by their lengths.
        var basis = DoubleMatrix.product(rows, directions, leftTransposed: true, rightTransposed: true)
        basis.updateRows { _, row in for i in row.indices { row[i] /= lengths[i] } }
        var coordinates = DoubleMatrix(rows: count, columns: kept.count)
        coordinates.updateRows { example, row in
            for i in row.indices { row[i] = directions[i, example] * lengths[i] }
        }
        return (
            SpannedSpace(dimension: dimension, byDirection: byDirection, mean: mean, basis: basis),
            coordinates
        )
    }

    /// The coordinates of `queries`, `[queries, rank]`, and for each the square of its distance from the space.
    func coordinates(of queries: Matrix) -> (coordinates: DoubleMatrix, beyond: [Double]) {
        var rows = Self.doubles(of: queries, byDirection: byDirection)
        rows.subtract(mean)
        guard let basis else { return (rows, [Double](repeating: 0, count: rows.rows)) }
        let coordinates = DoubleMatrix.product(rows, basis)
        let beyond = (0..<rows.rows).map { row in
            max(0, rows.squaredLength(ofRow: row) - coordinates.squaredLength(ofRow: row))
        }
        return (coordinates, beyond)
    }

    /// The same functions, of embeddings rather than coordinates.
    func onEmbeddings(_ functions: LinearFunctions) -> LinearFunctions {
        let slopes =
            basis.map { DoubleMatrix.product(functions.slopes, $0, rightTransposed: true) }
            ?? functions.slopes
        return LinearFunctions(
            slopes: slopes, offsets: zip(functions.offsets, slopes.products(with: mean)).map { $0 - $1 })
    }

    /// Embeddings as they are taken: their directions, or as they are.
    static func doubles(of embeddings: Matrix, byDirection: Bool) -> DoubleMatrix {
        var rows = DoubleMatrix(
            rows: embeddings.rows, columns: embeddings.columns, values: embeddings.values.map(Double.init))
        guard byDirection else { return rows }
        rows.updateRows { _, row in
            let length = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
            // A vector of zeros has no direction.
            if length > 0 { for i in row.indices { row[i] /= length } }
        }
        return rows
    }
}

/// For each class a linear function of coordinates.
struct LinearFunctions: Sendable {
    /// `[classes, coordinates]`
    let slopes: DoubleMatrix
    /// One for each class.
    let offsets: [Double]

    /// With so much more for each class.
    func raised(by raises: [Double]) -> LinearFunctions {
        LinearFunctions(slopes: slopes, offsets: zip(offsets, raises).map { $0 + $1 })
    }

    /// `[queries, classes]`
    func values(of queries: DoubleMatrix) -> DoubleMatrix {
        var values = DoubleMatrix.product(queries, slopes, rightTransposed: true)
        values.updateRows { _, row in for own in row.indices { row[own] += offsets[own] } }
        return values
    }
}

extension DoubleMatrix {
    /// The product of each row with `vector`.
    func products(with vector: [Double]) -> [Double] {
        (0..<rows).map { row in withRow(row) { zip($0, vector).reduce(0) { $0 + $1.0 * $1.1 } } }
    }

    /// Takes `mean` from every row.
    mutating func subtract(_ mean: [Double]) {
        updateRows { _, row in for i in row.indices { row[i] -= mean[i] } }
    }

    /// The sum of the squares of a row.
    func squaredLength(ofRow row: Int) -> Double { withRow(row) { $0.reduce(0) { $0 + $1 * $1 } } }

    /// The mean of the rows of each class, `[classes, columns]`.
    func means(of members: [[Int]]) -> DoubleMatrix {
        var means = DoubleMatrix(rows: members.count, columns: columns)
        means.updateRows { own, mean in
            for member in members[own] {
                withRow(member) { for i in $0.indices { mean[i] += $0[i] } }
            }
            for i in mean.indices { mean[i] /= Double(members[own].count) }
        }
        return means
    }
}

extension ItemLabels {
    /// The positions of each class' items, in the order of the names.
    package var members: [[Int]] {
        var members = [[Int]](repeating: [], count: names.count)
        for (position, own) in classes.enumerated() { members[own].append(position) }
        return members
    }
}
