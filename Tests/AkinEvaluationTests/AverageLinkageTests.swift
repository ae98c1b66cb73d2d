import Akin
import AkinEvaluation
import AkinTensors
import Testing

/// Clusters beside a naive twin, and the cut that is learned from labels.
@Suite struct AverageLinkageTests {
    private func points(_ count: Int, seed: UInt64) -> Matrix {
        var generator = SeededGenerator(seed: seed)
        return Matrix(rows: count, columns: 3, trusted: (0..<count * 3).map { _ in generator.uniform() })
    }

    /// The two nearest clusters on average, looked for each time.
    private func naiveHeights(_ distances: Matrix) -> [Float] {
        var clusters = (0..<distances.rows).map { [$0] }
        var heights: [Float] = []
        while clusters.count > 1 {
            var best = (height: Float.infinity, a: 0, b: 0)
            for a in clusters.indices {
                for b in clusters.indices where a < b {
                    let sum = clusters[a].reduce(Float(0)) { sum, one in
                        clusters[b].reduce(sum) { $0 + distances[one, $1] }
                    }
                    let height = sum / Float(clusters[a].count * clusters[b].count)
                    if height < best.height { best = (height, a, b) }
                }
            }
            heights.append(best.height)
            clusters[best.a] += clusters.remove(at: best.b)
        }
        return heights
    }

    @Test(arguments: [1, 2, 3] as [UInt64]) func asTheNaiveTwin(seed: UInt64) {
        let points = points(40, seed: seed)
        let distances = Metric.l2.distances(trusted: points, to: points)
        let linkage = AverageLinkage(distances)
        let naive = naiveHeights(distances)
        #expect(linkage.merges.count == 39)
        for (merge, height) in zip(linkage.merges, naive) { #expect(abs(merge.height - height) < 1e-4) }
        #expect(linkage.clusters(within: -1).count == 40 && linkage.clusters(within: 9) == [Array(0..<40)])
        let cut = (naive[29] + naive[30]) / 2
        #expect(linkage.clusters(within: cut).count == 10)
    }

    @Test func aCutIsLearned() throws {
        // Four heaps, far from each other.
        var points = points(32, seed: 5)
        for row in 0..<32 { points[row, 0] = points[row, 0] + Float(row % 4) * 10 }
        let linkage = AverageLinkage(Metric.l2.distances(trusted: points, to: points))
        let classes = (0..<32).map { $0 % 4 }
        let cut = try #require(linkage.cut(for: classes))
        #expect(cut > 1 && cut < 10)
        #expect(
            linkage.clusters(within: cut)
                == (0..<4).map { first in classes.indices.filter { $0 % 4 == first } })
        #expect(linkage.cut(for: Array(0..<32)) == nil)
        // All of one class.
        let whole = try #require(linkage.cut(for: Array(repeating: 0, count: 32)))
        #expect(linkage.clusters(within: whole).count == 1)
    }

    @Test func fewPointsAreNoTrouble() {
        for count in 0...2 {
            let points = points(count, seed: 1)
            let linkage = AverageLinkage(Metric.l2.distances(trusted: points, to: points))
            #expect(linkage.merges.count == max(0, count - 1))
            #expect(linkage.clusters(within: 0).count == count)
        }
        let equal = Matrix(zeros: 5, columns: 2)
        let linkage = AverageLinkage(Metric.l2.distances(trusted: equal, to: equal))
        #expect(linkage.clusters(within: 0) == [[0, 1, 2, 3, 4]])
    }

    @Test func theOrderCoversAll() {
        // A heap of six, one of three, and one alone; the first heap is known already.
        let places: [Float] = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 10, 10.1, 10.2, 50]
        let points = Matrix(rows: 10, columns: 1, trusted: places)
        let distances = Metric.l2.distances(trusted: points, to: points)
        func order(_ nearest: [Float], _ uncertainty: [Float], _ count: Int = 3) -> LabelOrder {
            LabelOrder(
                distances, nearest: nearest, uncertainty: uncertainty, reach: 1, power: 1, count: count)
        }
        let far = [Float](repeating: .infinity, count: 10)
        let all = order(far, Array(repeating: 1, count: 10))
        #expect(all.order == [2, 7, 9] && all.standsFor == [6, 3, 1])
        #expect(Set(order(far, Array(repeating: 1, count: 10), 10).order).count == 10)
        let known = order([0, 0, 0, 0, 0, 0] + far.prefix(4), Array(repeating: 1, count: 10))
        #expect(known.order.prefix(2) == [7, 9])
        let certain = order(far, [0, 0, 0, 0, 0, 0, 0, 0, 0, 1])
        #expect(certain.order == [9])
    }
}
