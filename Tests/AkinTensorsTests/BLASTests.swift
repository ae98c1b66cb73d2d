import AkinTensors
import Testing

@Suite struct BLASTests {
    @Test func isThere() { #expect(BLAS.unavailable == nil && !BLAS.kernels.isEmpty) }

    @Test(arguments: [(false, false), (true, false), (false, true), (true, true)])
    func multiplies(aTransposed: Bool, bTransposed: Bool) {
        var generator = SeededGenerator(seed: 9)
        let (rows, columns, inner) = (5, 7, 11)
        let a = (0..<rows * inner).map { _ in generator.uniform() }
        let b = (0..<inner * columns).map { _ in generator.uniform() }
        var c = (0..<rows * columns).map { _ in generator.uniform() }
        var expected = c
        for i in 0..<rows {
            for j in 0..<columns {
                var sum: Float = 0
                for k in 0..<inner {
                    sum +=
                        (aTransposed ? a[k * rows + i] : a[i * inner + k])
                        * (bTransposed ? b[j * inner + k] : b[k * columns + j])
                }
                expected[i * columns + j] = 2 * sum + 3 * expected[i * columns + j]
            }
        }
        BLAS.multiply(
            a, stride: aTransposed ? rows : inner, aTransposed: aTransposed, by: b,
            stride: bTransposed ? inner : columns, bTransposed: bTransposed, into: &c, stride: columns,
            rows: rows,
            columns: columns, inner: inner, alpha: 2, beta: 3)
        #expect(zip(c, expected).allSatisfy { abs($0 - $1) < 1e-4 })
    }
}
