import AkinReporting
import AkinTensors
import AkinVectorSearch
import Foundation
import TestSupport
import Testing

/// The steps of t-SNE beside those of its naive twin.
@Suite struct DescentTests {
    private let vectors = Drawn.groups(60, 8)
    private let naive: NaiveNeighbourMap

    init() { naive = NaiveNeighbourMap(vectors, perplexity: 10) }

    /// The affinities of the naive one, as pairs.
    private var affinities: Affinities {
        // Taken apart into halves, which are put together again.
        Affinities(
            symmetric: naive.affinities.enumerated().map { row, all in
                all.enumerated().filter { $0.offset != row }.map { ($0.offset, $0.element * 60) }
            })
    }

    @Test func sharesHaveThePerplexity() {
        for perplexity in [1.5, 5, 10, 19.5] {
            let squares = (0..<60).map { Double($0 * $0) / 100 + 3 }
            let shares = Affinities.shares(squares, perplexity: perplexity)
            let entropy = -shares.filter { $0 > 0 }.reduce(0) { $0 + $1 * log($1) }
            #expect(abs(exp(entropy) - perplexity) < 1e-6)
            #expect(abs(shares.reduce(0, +) - 1) < 1e-12 && shares == shares.sorted(by: >))
        }
        #expect(Affinities.shares([], perplexity: 3).isEmpty)
        #expect(Affinities.shares([0, 0, 0, 0], perplexity: 3) == [0.25, 0.25, 0.25, 0.25])
        let tied = Affinities.shares([0, 0, 0, 0, 1], perplexity: 2)
        #expect(tied.prefix(4).allSatisfy { abs($0 - 0.25) < 1e-9 })
        for scale in [1e-30, 1, 1e30] {
            #expect(
                Affinities.shares([0, 1, 4].map { $0 * scale }, perplexity: 1.5).allSatisfy { $0.isFinite })
        }
    }

    @Test func affinitiesAreSymmetric() {
        let found = affinities
        #expect(abs(found.values.reduce(0) { $0 + Double($1) } - 1) < 1e-5)
        for row in 0..<60 {
            for pair in found.starts[row]..<found.starts[row + 1] {
                let other = Int(found.others[pair])
                #expect(abs(Double(found.values[pair]) - naive.affinities[row][other]) < 1e-8)
            }
        }
    }

    @Test func theNaiveGradientIsThatOfTheDivergence() {
        let points = Drawn.points(60, scale: 2)
        let gradient = naive.gradient(points)
        for (row, axis) in [(0, 0), (7, 1), (31, 0), (59, 1)] {
            var (low, high) = (points, points)
            low[row, axis] -= 1e-5
            high[row, axis] += 1e-5
            let slope = (naive.divergence(high) - naive.divergence(low)) / 2e-5
            #expect(abs(slope - gradient[row, axis]) < 1e-7)
        }
    }

    @Test(arguments: [1.0, 12], [1e-4, 1, 30]) func theGradientIsThatOfTheNaiveOne(
        exaggeration: Double, scale: Double
    ) {
        let points = Drawn.points(60, scale: scale)
        let expected = naive.gradient(points, exaggeration: exaggeration)
        let found = Descent(affinities, from: points, exactly: true).gradient(exaggeration: exaggeration)
        let size = expected.values.map(abs).max()!
        for (a, b) in zip(found.values, expected.values) { #expect(abs(a - b) < 1e-5 * size) }
    }

    @Test func stepsAreThoseOfTheNaiveOne() {
        let start = Drawn.points(60, scale: 1e-2)
        let descent = Descent(affinities, from: start, exactly: true)
        for _ in 0..<20 { descent.step(exaggeration: 12, momentum: 0.5, rate: 5) }
        let expected = naive.moved(start, steps: 20, exaggeration: 12, momentum: 0.5, rate: 5)
        let size = expected.values.map(abs).max()!
        for (a, b) in zip(descent.points.values, expected.values) { #expect(abs(a - b) < 1e-3 * size) }
    }

    /// Points that lie far away together count as one: the error is that of Barnes and Hut.
    @Test(arguments: [50, 333, 3000], [1e-4, 1, 40]) func farPointsTogetherPushAsEachByItself(
        count: Int, scale: Double
    ) {
        let none = Affinities(symmetric: Array(repeating: [], count: count))
        let points = Drawn.points(count, scale: scale, seed: UInt64(count))
        let exact = Descent(none, from: points, exactly: true).gradient()
        let fast = Descent(none, from: points, exactly: false).gradient()
        let size = (exact.values.reduce(0) { $0 + $1 * $1 } / Double(count)).squareRoot()
        let error = zip(exact.values, fast.values).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        #expect((error / Double(count)).squareRoot() < 0.01 * size)
    }

    @Test func equalPointsAndLinesAreNoTrouble() {
        for points in [
            DoubleMatrix(rows: 100, columns: 2),
            DoubleMatrix(rows: 100, columns: 2, values: (0..<200).map { $0 % 2 == 0 ? Double($0) : 0 }),
            DoubleMatrix(rows: 100, columns: 2, values: (0..<200).map { $0 < 198 ? 0 : 1e9 }),
            DoubleMatrix(rows: 100, columns: 2, values: (0..<200).map { Double($0 / 2 % 2) }),
        ] {
            let none = Affinities(symmetric: Array(repeating: [], count: 100))
            let exact = Descent(none, from: points, exactly: true).gradient()
            let fast = Descent(none, from: points, exactly: false).gradient()
            for (a, b) in zip(exact.values, fast.values) { #expect(a.isFinite && abs(a - b) < 1e-3) }
        }
    }

    @Test func aStepAllocatesNothing() {
        let none = Affinities(symmetric: Array(repeating: [], count: 2000))
        let descent = Descent(none, from: Drawn.points(2000), exactly: false)
        descent.step(exaggeration: 12, momentum: 0.5, rate: 40)
        let count = ThreadPool.shared.alone {
            allocations { for _ in 0..<5 { descent.step(exaggeration: 1, momentum: 0.8, rate: 40) } }
        }
        #expect(count == nil || count == 0)
    }

    @Test func oneThreadComesToTheSame() {
        func moved() -> DoubleMatrix {
            let descent = Descent(affinities, from: Drawn.points(60), exactly: false)
            for _ in 0..<50 { descent.step(exaggeration: 1, momentum: 0.8, rate: 5) }
            return descent.points
        }
        #expect(moved() == ThreadPool.shared.alone(moved))
    }
}
