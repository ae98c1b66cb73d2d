import Akin
import AkinReporting
import AkinTensors
import Foundation
import TestSupport
import Testing

@Suite struct PlaneMapTests {
    private func map(
        _ vectors: Matrix, by metric: Metric = .l2, _ method: PlaneMap.Method = .neighbours(),
        seed: UInt64 = 1
    ) throws -> PlaneMap { try #require(try PlaneMap(of: vectors, by: metric, method: method, seed: seed)) }

    private func hasOnlyNumbers(_ map: PlaneMap) -> Bool { map.points.values.allSatisfy { $0.isFinite } }

    private let metrics: [Metric] = [
        .l2, .squaredL2, .l1, .cosine, .innerProduct,
        .learnedL1(LearnedL1(weights: (0..<8).map { Float($0) - 1 }, offset: -2)),
    ]

    /// Points nearer to one of their own group than to any other.
    private func wellPlaced(_ map: PlaneMap, groups: Int) -> Int {
        let near = Metric.l2.nearest(2, trusted: map.points, among: map.points)
        return near.enumerated().count { row, found in
            let other = Int(found.first { $0.id != UInt64(row) }!.id)
            return other % groups == row % groups
        }
    }

    @Test(arguments: [20, 60, 1000, 1001, 1500]) func groupsStayTogether(count: Int) throws {
        let vectors = Drawn.groups(count, 8, groups: 5, apart: 5)
        let found = try map(vectors)
        #expect(wellPlaced(found, groups: 5) == count)
        #expect(found.method == .neighbours(perplexity: min(30, Double(count - 1) / 3)))
        let trust = try #require(Trustworthiness(of: found.points, showing: vectors, by: .l2))
        #expect(trust.value > (count < 100 ? 0.75 : 0.9) && trust.value <= 1, "\(trust)")
    }

    @Test func everyMetricKeepsItsNeighbours() throws {
        let vectors = Drawn.groups(90, 8, groups: 3, apart: 5)
        for metric in metrics {
            let found = try map(vectors, by: metric)
            let trust = try #require(Trustworthiness(of: found.points, showing: vectors, by: metric))
            #expect(trust.value > 0.75, "\(metric.kind): \(trust.value)")
            #expect(hasOnlyNumbers(found))
        }
    }

    @Test func fewVectorsAreNoTrouble() throws {
        for count in 0...9 {
            for metric in metrics {
                for method in [PlaneMap.Method.neighbours(), .principalComponents] {
                    for vectors in [
                        Drawn.groups(count, 8, seed: UInt64(count)), Matrix(zeros: count, columns: 8),
                        Matrix(rows: count, columns: 8, trusted: (0..<8 * count).map { Float($0 % 8) }),
                    ] {
                        let found = try map(vectors, by: metric, method)
                        #expect(found.points.rows == count && found.points.columns == 2)
                        #expect(hasOnlyNumbers(found))
                        let trust = Trustworthiness(of: found.points, showing: vectors, by: metric)
                        #expect(
                            (trust != nil)
                                == (Set((0..<count).map { Array(found.points[$0]) }).count > 1 && count > 2))
                        #expect(trust.map { 0...1 ~= $0.value } ?? true)
                    }
                }
            }
        }
        #expect(try map(Drawn.groups(3, 8)).method == .principalComponents)
        #expect(try map(Drawn.groups(4, 8)).method == .neighbours(perplexity: 1))
    }

    @Test func equalVectorsLieAtOnePoint() throws {
        for count in [1, 2, 3, 40, 1200] {
            let found = try map(
                Matrix(rows: count, columns: 5, trusted: (0..<5 * count).map { 0.1 + Float($0 % 5) }))
            #expect(found.points.values.allSatisfy { $0 == 0 } && found.share == nil)
        }
        // Vectors of one direction are one to `cosine`.
        let rays = Matrix(
            rows: 50, columns: 3, trusted: (0..<50).flatMap { row in [1, 2, 3].map { Float(row + 1) * $0 } })
        #expect(try map(rays, by: .cosine).points.values.allSatisfy { $0 == 0 })
    }

    @Test func manyCopiesAreNoTrouble() throws {
        var vectors = Drawn.groups(200, 6)
        for row in 0..<150 { vectors[row] = vectors[150] }
        let found = try map(vectors)
        #expect(hasOnlyNumbers(found))
        var many = Matrix(zeros: 1500, columns: 4)
        many[3, 2] = 1
        #expect(hasOnlyNumbers(try map(many)))
    }

    @Test func sizeDoesNotMatter() throws {
        let vectors = Drawn.groups(40, 6)
        let expected = try map(vectors)
        for scale: Float in [0x1p-60, 0x1p40] {
            var scaled = vectors
            for place in scaled.values.indices { scaled.values[place] *= scale }
            let found = try map(scaled)
            for (a, b) in zip(found.points.values, expected.points.values) { #expect(abs(a - b) < 1e-3) }
        }
    }

    @Test func badInputIsRefused() throws {
        var vectors = Drawn.groups(10, 3)
        vectors[4, 1] = .nan
        #expect(throws: MapError.notFinite(row: 4)) { try map(vectors) }
        vectors[4, 1] = .infinity
        #expect(throws: MapError.notFinite(row: 4)) { try map(vectors, .principalComponents) }
        for perplexity in [0, 0.99, -1, Double.nan, .infinity] {
            #expect(throws: MapError.self) {
                try map(Drawn.groups(10, 3), .neighbours(perplexity: perplexity))
            }
        }
        #expect("\(MapError.notFinite(row: 4))".hasPrefix("vector 5 holds values"))
    }

    @Test func aSeedGivesTheSameMap() throws {
        for count in [30, 1100] {
            let vectors = Drawn.groups(count, 8)
            let found = try map(vectors, seed: 3)
            let again = try map(vectors, seed: 3)
            #expect(found == again)
            let alone = try ThreadPool.shared.alone { () throws -> PlaneMap in try map(vectors, seed: 3) }
            #expect(found == alone)
            let other = try map(vectors, seed: 4)
            #expect(found != other)
        }
    }

    @Test func itTellsHowFarItIsAndCanBeStopped() throws {
        var told: [WorkProgress] = []
        let vectors = Drawn.groups(30, 4)
        _ = try PlaneMap(of: vectors, by: .l2, progress: { told.append($0) })
        #expect(told == (0...1001).map { WorkProgress(done: $0, total: 1001) })
        var asked = 0
        let stopped = try PlaneMap(
            of: vectors, by: .l2,
            isCancelled: {
                asked += 1
                return asked > 10
            })
        #expect(stopped == nil && asked == 11)
    }

    /// Small, odd sets of vectors: nothing may end in what is no number.
    @Test(arguments: 0..<60) func oddVectorsAreNoTrouble(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed, 99)
        let rows = Int.random(in: 1...40, using: &generator)
        let columns = Int.random(in: 1...12, using: &generator)
        let sizes: [Float] = [0, 1, -1, 1e-30, 1e15, 0.1]
        let values = (0..<rows * columns).map { _ in
            sizes.randomElement(using: &generator)!
                * (Bool.random(using: &generator) ? 1 : generator.uniform())
        }
        let vectors = Matrix(rows: rows, columns: columns, trusted: values)
        for metric in [Metric.l2, .l1, .cosine, .innerProduct] {
            let perplexity = Double.random(in: 1...50, using: &generator)
            for method in [PlaneMap.Method.neighbours(perplexity: perplexity), .principalComponents] {
                let found = try map(vectors, by: metric, method)
                #expect(hasOnlyNumbers(found))
                #expect(found.share.map { 0...1 ~= $0 } ?? true)
            }
        }
    }
}
