import CAkinOpenBLAS

extension DoubleMatrix {
    /// The product with another, on all threads of the pool: `[rows, inner] · [inner, columns]`; what is transposed lies the
    /// other way round. O(rows · columns · inner).
    package static func product(
        _ a: DoubleMatrix, _ b: DoubleMatrix, leftTransposed aTransposed: Bool = false,
        rightTransposed bTransposed: Bool = false
    ) -> DoubleMatrix {
        let (rows, inner) = aTransposed ? (a.columns, a.rows) : (a.rows, a.columns)
        let columns = bTransposed ? b.rows : b.columns
        precondition(inner == (bTransposed ? b.columns : b.rows), "matrices that do not fit")
        var result = DoubleMatrix(rows: rows, columns: columns)
        guard rows > 0, columns > 0, inner > 0 else { return result }
        if let unavailable = BLAS.unavailable { fatalError(unavailable) }
        result.values.withUnsafeMutableBufferPointer { target in
            nonisolated(unsafe) let target = target.baseAddress!
            a.values.withUnsafeBufferPointer { left in
                b.values.withUnsafeBufferPointer { right in
                    nonisolated(unsafe) let (left, right) = (left.baseAddress!, right.baseAddress!)
                    ThreadPool.shared.forEachChunk(of: rows, size: 64) { range, _ in
                        let first = range.lowerBound
                        akin_blas_dgemm(
                            aTransposed ? 1 : 0, bTransposed ? 1 : 0, Int32(range.count), Int32(columns),
                            Int32(inner), 1, left + (aTransposed ? first : first * a.columns),
                            Int32(a.columns), right, Int32(b.columns), 0, target + first * columns,
                            Int32(columns))
                    }
                }
            }
        }
        return result
    }

    /// Of a symmetric matrix: its eigenvalues, ascending, and the eigenvectors, one in each row. On one thread; O(rows³).
    package func eigendecomposition() -> (values: [Double], vectors: DoubleMatrix) {
        precondition(rows == columns, "not a square matrix")
        var (vectors, eigenvalues) = (self, [Double](repeating: 0, count: rows))
        guard rows > 0 else { return (eigenvalues, vectors) }
        if let unavailable = BLAS.unavailable { fatalError(unavailable) }
        let code = vectors.values.withUnsafeMutableBufferPointer { matrix in
            eigenvalues.withUnsafeMutableBufferPointer {
                akin_lapack_dsyevd(Int32(rows), matrix.baseAddress!, $0.baseAddress!)
            }
        }
        precondition(code == 0, "no eigenvectors of a finite matrix (LAPACK: \(code))")
        return (eigenvalues, vectors)
    }

    /// The inverse of a symmetric, positive definite matrix. On one thread; O(rows³).
    package func inverse() -> DoubleMatrix {
        precondition(rows == columns, "not a square matrix")
        var inverse = self
        guard rows > 0 else { return inverse }
        if let unavailable = BLAS.unavailable { fatalError(unavailable) }
        let code = inverse.values.withUnsafeMutableBufferPointer {
            akin_lapack_inverse(Int32(rows), $0.baseAddress!)
        }
        precondition(code == 0, "not a positive definite matrix (LAPACK: \(code))")
        return inverse
    }
}
