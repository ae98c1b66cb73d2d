import AkinTensors
import Testing

@Suite struct DoubleMatrixTests {
    private func random(_ rows: Int, _ columns: Int, _ generator: inout SeededGenerator) -> DoubleMatrix {
        DoubleMatrix(
            rows: rows, columns: columns,
            values: (0..<rows * columns).map { _ in Double(generator.uniform()) - 0.5 })
    }

    private func transposed(_ matrix: DoubleMatrix) -> DoubleMatrix {
        var result = DoubleMatrix(rows: matrix.columns, columns: matrix.rows)
        for i in 0..<matrix.rows { for j in 0..<matrix.columns { result[j, i] = matrix[i, j] } }
        return result
    }

    @Test(arguments: [(1, 1, 1), (3, 5, 2), (200, 70, 130), (65, 1, 64), (0, 3, 2), (4, 0, 2), (4, 3, 0)])
    func productsAreThoseOfThreeLoops(rows: Int, columns: Int, inner: Int) {
        var generator = SeededGenerator(seed: UInt64(rows * 1000 + columns))
        let (a, b) = (random(rows, inner, &generator), random(inner, columns, &generator))
        var expected = DoubleMatrix(rows: rows, columns: columns)
        for i in 0..<rows {
            for j in 0..<columns { for k in 0..<inner { expected[i, j] += a[i, k] * b[k, j] } }
        }
        let products = [
            DoubleMatrix.product(a, b), DoubleMatrix.product(transposed(a), b, leftTransposed: true),
            DoubleMatrix.product(a, transposed(b), rightTransposed: true),
            DoubleMatrix.product(transposed(a), transposed(b), leftTransposed: true, rightTransposed: true),
        ]
        for product in products {
            #expect(product.rows == rows && product.columns == columns)
            for (found, expected) in zip(product.values, expected.values) {
                #expect(abs(found - expected) < 1e-12)
            }
        }
    }

    @Test(arguments: [0, 1, 2, 9, 70]) func eigenvectorsAndInverse(size: Int) {
        var generator = SeededGenerator(seed: UInt64(size))
        let factor = random(size, size + 3, &generator)
        let matrix = DoubleMatrix.product(factor, factor, rightTransposed: true)
        let (values, vectors) = matrix.eigendecomposition()
        #expect(values == values.sorted() && values.allSatisfy { $0 > 0 })
        let turned = DoubleMatrix.product(matrix, vectors, rightTransposed: true)
        let lengths = DoubleMatrix.product(vectors, vectors, rightTransposed: true)
        let unit = DoubleMatrix.product(matrix, matrix.inverse())
        for i in 0..<size {
            for j in 0..<size {
                #expect(abs(turned[i, j] - vectors[j, i] * values[j]) < 1e-10)
                #expect(abs(lengths[i, j] - (i == j ? 1 : 0)) < 1e-10)
                #expect(abs(unit[i, j] - (i == j ? 1 : 0)) < 1e-6)
            }
        }
    }
}
