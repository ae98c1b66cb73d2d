import AkinTensors
import AkinVectorSearch
import Testing

@Suite struct CommonPointTests {
    private static let metrics: [Metric] = [.l2, .squaredL2, .l1, .cosine, .innerProduct]

    private func matrix(_ rows: [[Float]]) -> Matrix {
        Matrix(rows: rows.count, columns: rows.first?.count ?? 3, trusted: rows.flatMap { $0 })
    }

    @Test func moreThanHalfAtOnePointAreFound() {
        let (point, other): ([Float], [Float]) = ([1, 2, 3], [3, 2, 1])
        for metric in Self.metrics {
            #expect(metric.commonPoint(of: matrix([])) == [])
            #expect(metric.commonPoint(of: matrix([point])) == [0])
            #expect(metric.commonPoint(of: matrix([point, other])) == [])
            #expect(metric.commonPoint(of: matrix([other, point, point])) == [1, 2])
            #expect(
                metric.commonPoint(of: matrix([point, other, other, point, other, point, point])) == [
                    0, 3, 5, 6,
                ])
            #expect(metric.commonPoint(of: matrix([[0, 0, 0], point, [0, 0, 0]])) == [0, 2])
        }
    }

    @Test func roundingDoesNotSeparateAndSmallDifferencesDo() {
        var random = SeededGenerator(seed: 7)
        let point = (0..<64).map { _ in random.uniform() * 100 - 50 }
        let rounded = (0..<20).map { _ in point.map { $0 * (1 + (random.uniform() - 0.5) * 1e-6) } }
        let apart = (0..<20).map { _ in point.map { $0 * (1 + (random.uniform() - 0.5) * 1e-3) } }
        for metric in Self.metrics {
            #expect(metric.commonPoint(of: matrix(rounded)).count == 20)
            #expect(metric.commonPoint(of: matrix(apart)).isEmpty)
            #expect(metric.commonPoint(of: matrix(apart + rounded + [point])) == Array(20..<41))
        }
        // Of one direction, by cosine alone.
        let directions = (1...9).map { length in point.map { $0 * Float(length) } }
        #expect(Metric.cosine.commonPoint(of: matrix(directions)).count == 9)
        #expect(Metric.l2.commonPoint(of: matrix(directions)).isEmpty)
        // Tiny embeddings may differ all the same.
        let tiny = (0..<9).map { i in [1e-30, 1e-30 * Float(i)] as [Float] }
        #expect(Metric.l2.commonPoint(of: matrix(tiny)).isEmpty)
    }
}
