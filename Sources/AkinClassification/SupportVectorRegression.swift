import AkinTensors
import CAkinSVM
import Foundation

/// Support vector regression (Drucker et al. 1997) by LIBSVM: a number for each embedding, not a class.
///
/// It is here for the rows "support vector regression" of the thesis' table 5.10, which regress on the class' number, as if
/// class 3 lay between 2 and 4, and tell the coefficient of determination of that: no share of right answers. To tell classes
/// apart, take `SupportVectors`.
///
/// As scikit-learn's `SVR(gamma="auto")` has it: by the kernels `<x, y>`, `(g <x, y>)³` and `exp(-g |x - y|²)`, where `g` is
/// 1 / dimension, with embeddings as they are, a cost of 1 and a margin of 0.1.
public struct SupportVectorRegression: Sendable {
    private let kernel: SupportVectors.Kernel
    /// Those examples that count, times the root of `g` where the kernel has it.
    private let vectors: DoubleMatrix
    private let coefficients: [Double]
    private let offset: Double

    private static let degree = 3
    private static let cost = 1.0
    private static let margin = 0.1

    /// Of embeddings, `[targets.count, dimension]`, and what each is to give. LIBSVM takes the square of their number, or more.
    ///
    /// - Precondition: All are numbers, and so are the targets.
    /// - Throws: `ClassificationError.lacksMemory`; `countsDiffer` where there is no embedding, or not one for each target.
    public init(
        _ embeddings: Matrix, targets: [Double], kernel: SupportVectors.Kernel
    ) throws(ClassificationError) {
        guard embeddings.rows == targets.count, !targets.isEmpty else {
            throw .countsDiffer(labels: targets.count, embeddings: embeddings.rows)
        }
        let rows = Self.scaled(embeddings, kernel)
        var (coefficients, offset) = ([Double](repeating: 0, count: rows.rows), 0.0)
        let code = akin_svm_regress(
            kernel.ofLIBSVM, Int32(Self.degree), Int32(rows.rows), Int32(rows.columns), rows.values, targets,
            Self.cost, Self.margin, &coefficients, &offset)
        guard code == 0 else { throw .lacksMemory }
        let kept = coefficients.indices.filter { coefficients[$0] != 0 }
        self.kernel = kernel
        vectors = rows.rows(at: kept)
        self.coefficients = kept.map { coefficients[$0] }
        self.offset = offset
    }

    private static func scaled(_ embeddings: Matrix, _ kernel: SupportVectors.Kernel) -> DoubleMatrix {
        let scale = kernel == .linear ? 1 : (1 / Double(max(1, embeddings.columns))).squareRoot()
        return DoubleMatrix(
            rows: embeddings.rows, columns: embeddings.columns,
            values: embeddings.values.map { scale * Double($0) })
    }

    /// A number for each of `queries`, `[queries, dimension]`.
    ///
    /// - Throws: `ClassificationError.wrongDimension`
    public func values(of queries: Matrix) throws(ClassificationError) -> [Double] {
        guard queries.columns == vectors.columns else {
            throw .wrongDimension(expected: vectors.columns, found: queries.columns)
        }
        let rows = Self.scaled(queries, kernel)
        let lengths = (0..<vectors.rows).map { vectors.squaredLength(ofRow: $0) }
        return ThreadPool.shared.map(rows.rows) { row in
            let length = rows.squaredLength(ofRow: row)
            return rows.withRow(row) { query in
                var sum = -offset
                for (vector, coefficient) in coefficients.enumerated() {
                    let product = vectors.withRow(vector) { zip($0, query).reduce(0) { $0 + $1.0 * $1.1 } }
                    let value =
                        switch kernel {
                        case .linear: product
                        case .polynomial: pow(product, Double(Self.degree))
                        case .radial: exp(-max(0, length + lengths[vector] - 2 * product))
                        }
                    sum += coefficient * value
                }
                return sum
            }
        }
    }

    /// The coefficient of determination of `queries`, `[targets.count, dimension]`: 1 less the squared errors by the squared
    /// differences of the targets from their mean. 1 where all is right, 0 for whoever says the mean, below 0 for worse; no number
    /// where all targets are equal.
    ///
    /// - Throws: `ClassificationError.countsDiffer` where there is not a target for each query; `wrongDimension`
    public func determination(of queries: Matrix, targets: [Double]) throws(ClassificationError) -> Double {
        guard queries.rows == targets.count else {
            throw .countsDiffer(labels: targets.count, embeddings: queries.rows)
        }
        let mean = targets.reduce(0, +) / Double(targets.count)
        var (errors, spread) = (0.0, 0.0)
        for (value, target) in try zip(values(of: queries), targets) {
            errors += (value - target) * (value - target)
            spread += (target - mean) * (target - mean)
        }
        return spread > 0 ? 1 - errors / spread : .nan
    }
}
