import AkinTensors
import AkinVectorSearch
import Foundation
import Testing

/// Which codes suit which vectors, and what comes of it.
@Suite struct CodeKindTests {
    /// Vectors of 40 groups, of which one component says only which half a vector belongs to, by `size`.
    static func vectors(_ rows: Int, outlier size: Float, seed: UInt64) -> Matrix {
        var matrix = CompactSearchTests.clustered(rows, 24, seed: seed)
        for row in 0..<rows { matrix[row, 5] += row % 2 == 0 ? size : -size }
        return matrix
    }

    /// Vectors whose lengths differ by a factor of 10,000.
    static func ofAllLengths(_ rows: Int, seed: UInt64) -> Matrix {
        var generator = SeededGenerator(seed: seed)
        var matrix = CompactSearchTests.clustered(rows, 24, seed: seed)
        for row in 0..<rows {
            let length = exp(9.2 * generator.uniform())
            for column in 0..<24 { matrix[row, column] *= length }
        }
        return matrix
    }

    func codeSpace(_ metric: Metric, _ vectors: Matrix, _ kind: CodeKind? = nil) -> CodeSpace {
        vectors.values.withUnsafeBufferPointer { values in
            let (base, dimension) = (values.baseAddress!, vectors.columns)
            guard let kind else {
                return CodeSpace(suiting: metric, dimension: dimension, count: vectors.rows) {
                    base + $0 * dimension
                }
            }
            return CodeSpace(metric, kind, dimension: dimension, count: vectors.rows) {
                base + $0 * dimension
            }
        }
    }

    @Test(arguments: CompactSearchTests.metrics)
    func bytesSuitVectorsWhoseComponentsAreAlike(metric: Metric) {
        #expect(codeSpace(metric, CompactSearchTests.clustered(3000, 24, seed: 1)).kind == .i8)
        var generator = SeededGenerator(seed: 2)
        let drawn = Matrix(rows: 900, columns: 64, trusted: (0..<900 * 64).map { _ in generator.normals().0 })
        #expect(codeSpace(metric, drawn).kind == .i8)
        // What is the same in all does not count, but for the angle.
        if metric != .cosine, metric != .innerProduct {
            var shifted = drawn
            for row in 0..<900 { shifted[row, 3] += 1000 }
            #expect(codeSpace(metric, shifted).kind == .i8)
        }
        // Too few to tell.
        #expect(codeSpace(metric, Self.vectors(20, outlier: 1e6, seed: 1)).kind == .i8)
        // Of equal vectors any are the nearest.
        #expect(codeSpace(metric, Matrix(zeros: 500, columns: 24)).kind == .i8)
    }

    @Test(arguments: [Metric.l2, .squaredL2, .l1])
    func halfFloatsSuitVectorsWithOutliersOrOfAllLengths(metric: Metric) {
        #expect(codeSpace(metric, Self.vectors(3000, outlier: 100, seed: 1)).kind == .bf16)
        #expect(codeSpace(metric, Self.ofAllLengths(3000, seed: 1)).kind == .bf16)
        #expect(codeSpace(metric, Self.ofAllLengths(150, seed: 1)).kind == .bf16)
    }

    @Test(arguments: [Metric.l2, .l1])
    func theyFindWhatBytesMiss(metric: Metric) {
        let references = Self.vectors(4000, outlier: 100, seed: 3)
        let queries = Self.vectors(200, outlier: 100, seed: 4)
        let recall = CodeKind.allCases.map { kind in
            let compact = Compact(metric, kind, references, coded: 4000)
            let exact = compact.search.exact(10, to: queries, filter: SearchFilter())
            let near = compact.search.approximate(10, to: queries, ef: 160, filter: SearchFilter())
            let hits = zip(exact, near).reduce(0) {
                $0 + Set($1.0.map(\.id)).intersection($1.1.map(\.id)).count
            }
            return Double(hits) / 2000
        }
        #expect(recall[0] < 0.8, "i8: \(recall[0])")
        #expect(recall[1] > 0.95, "bf16: \(recall[1])")
    }

    @Test(arguments: CompactSearchTests.metrics, CodeKind.allCases)
    func aSpaceOutlivesItsBytes(metric: Metric, kind: CodeKind) {
        let space = codeSpace(metric, CompactSearchTests.clustered(100, 24, seed: 7), kind)
        #expect(space.kind == kind)
        #expect(CodeSpace(metric, dimension: 24, bytes: space.bytes) == space)
        #expect(CodeSpace.kind(ofBytes: space.bytes) == kind)
        #expect(CodeSpace(metric, dimension: 24, bytes: Array(space.bytes.dropLast())) == nil)
    }
}
