import AkinTensors
import Foundation
import TestSupport
import Testing

@Suite struct BLASTests {
    @Test func isThere() { #expect(BLAS.unavailable == nil && !BLAS.kernels.isEmpty) }

    @Test func kernelsAreThoseAskedForOrThoseForTheProcessor() {
        // Asked first: loading the library puts Akin's choice into the environment.
        let kernels = BLAS.kernels
        let asked = ProcessInfo.processInfo.environment["OPENBLAS_CORETYPE"]
        if InstructionSet.name == "avx512" { #expect(asked != nil) }
        if let asked, ["HASWELL", "SKYLAKEX"].contains(asked) { #expect(kernels.uppercased() == asked) }
    }

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

    /// Rows, columns and the dimension summed over: small products of every number of columns, and some whose last
    /// columns are taken by themselves in more than one piece.
    static let small =
        (1...50).map { (5, $0, 40) } + [31, 32, 33].map { (40, 8, $0) }
        + [(1, 3, 2100), (64, 24, 500), (170, 7, 64), (400, 8, 300), (33, 68, 128), (2, 5, 1030)]

    @Test(arguments: small) func smallProductsTakeNoMemory(rows: Int, columns: Int, inner: Int) {
        var generator = SeededGenerator(seed: 3)
        // Rows that are longer than what is multiplied of them.
        let (aStride, bStride, cStride) = (inner + 3, columns + 2, columns + 1)
        let a = (0..<rows * aStride).map { _ in generator.uniform() - 0.5 }
        let b = (0..<inner * bStride).map { _ in generator.uniform() - 0.5 }
        for beta: Float in [0, 1, -2] {
            let before = (0..<rows * cStride).map { _ in generator.uniform() }
            var c = before
            c.withUnsafeMutableBufferPointer { c in
                func multiply() {
                    BLAS.multiply(
                        a, stride: aStride, by: b, stride: bStride, into: c.baseAddress!, stride: cStride,
                        rows: rows, columns: columns, inner: inner, alpha: 0.5, beta: beta)
                }
                // The first product has OpenBLAS take the memory that it keeps.
                multiply()
                _ = c.update(fromContentsOf: before)
                if let count = allocations(of: multiply) { #expect(count == 0) }
            }
            var wrong = 0
            for row in 0..<rows {
                for column in 0..<cStride {
                    var expected = before[row * cStride + column]
                    if column < columns {
                        expected *= beta
                        for k in 0..<inner {
                            expected += 0.5 * a[row * aStride + k] * b[k * bStride + column]
                        }
                    }
                    if abs(c[row * cStride + column] - expected) > 1e-4 { wrong += 1 }
                }
            }
            #expect(wrong == 0)
        }
    }
}
