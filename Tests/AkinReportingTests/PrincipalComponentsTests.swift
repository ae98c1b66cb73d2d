import Akin
import AkinTensors
import Foundation
import TestSupport
import Testing

/// Principal components and trustworthiness beside those of scikit-learn, by `Tools/peers/map_fixtures.py`.
@Suite struct PrincipalComponentsTests {
    private struct Fixture: Decodable {
        struct Trust: Decodable {
            var metric: Metric.Kind
            var neighbours: Int
            var value: Double
        }
        var dimension: Int
        var vectors, points: [Float]
        var trustworthiness: [Trust]
        var pca: [Double]
        var share: Double
    }

    private let fixture: Fixture
    private let vectors: Matrix

    init() throws {
        fixture = try JSONDecoder().decode(
            Fixture.self, from: Data(try Fixtures.bytes("maps/scikit-learn.json")))
        vectors = Matrix(
            rows: fixture.vectors.count / fixture.dimension, columns: fixture.dimension,
            trusted: fixture.vectors)
    }

    private func plane(_ vectors: Matrix, by metric: Metric = .l2) throws -> PlaneMap {
        try #require(try PlaneMap(of: vectors, by: metric, method: .principalComponents))
    }

    @Test func trustworthinessIsThatOfScikitLearn() throws {
        let points = Matrix(rows: vectors.rows, columns: 2, trusted: fixture.points)
        for one in fixture.trustworthiness {
            let found = try #require(
                Trustworthiness(
                    of: points, showing: vectors, by: Metric(one.metric)!, neighbours: one.neighbours))
            #expect(abs(found.value - one.value) < 1e-9, "\(one.metric) \(one.neighbours)")
            #expect(found.neighbours == one.neighbours && found.asked == vectors.rows)
        }
    }

    @Test func trustworthinessOfManyIsThatOfSome() throws {
        let many = Drawn.groups(10_200, 4, groups: 20, apart: 4)
        let points = Matrix(
            rows: 10_200, columns: 2, trusted: (0..<10_200).flatMap { [many[$0, 0], many[$0, 1]] })
        let found = try #require(Trustworthiness(of: points, showing: many, by: .l2))
        #expect(found.asked == 9803 && found.value > 0.8 && found.value < 1)
        let random = Matrix(
            rows: 2000, columns: 2, trusted: Drawn.points(2000).values.map { Float($0) })
        let chance = try #require(
            Trustworthiness(of: random, showing: Drawn.groups(2000, 8, groups: 1), by: .l2))
        #expect(abs(chance.value - 0.5) < 0.02)
        #expect(Trustworthiness(of: points, showing: many, by: .l2) == found)
    }

    @Test func componentsAreThoseOfScikitLearn() throws {
        let found = try plane(vectors)
        // A map has no units.
        let size = found.points.values.map { Double(abs($0)) }.max()! / fixture.pca.map(abs).max()!
        for (a, b) in zip(found.points.values, fixture.pca) { #expect(abs(Double(a) - b * size) < 1e-5) }
        #expect(abs(try #require(found.share) - fixture.share) < 1e-6)
    }

    /// By the vectors' covariances, by the products of vectors, and by iteration, whichever is least.
    @Test func allWaysComeToTheSame() throws {
        let tall = Drawn.groups(1300, 40, groups: 6, apart: 4)
        // More dimensions that say nothing change the way, not the result.
        func widened(_ matrix: Matrix, to columns: Int) -> Matrix {
            var wide = Matrix(zeros: matrix.rows, columns: columns)
            for row in 0..<matrix.rows {
                wide[row] = (Array(matrix[row]) + [Float](repeating: 0, count: columns - 40))[...]
            }
            return wide
        }
        let expected = try plane(tall)
        let iterated = try plane(widened(tall, to: 1100))
        for (a, b) in zip(expected.points.values, iterated.points.values) { #expect(abs(a - b) < 1e-3) }
        #expect(abs(expected.share! - iterated.share!) < 1e-6)
        let few = tall.rows(at: 0..<50)
        let (covariances, products) = (try plane(few), try plane(widened(few, to: 60)))
        for (a, b) in zip(covariances.points.values, products.points.values) { #expect(abs(a - b) < 1e-5) }
        #expect(abs(covariances.share! - products.share!) < 1e-6)
    }

    @Test func aLineIsALine() throws {
        let line = Matrix(rows: 5, columns: 3, trusted: (0..<15).map { Float($0 / 3) * [1, -2, 2][$0 % 3] })
        let found = try plane(line)
        let steps = (1..<5).map { found.points[$0, 0] - found.points[$0 - 1, 0] }
        // The largest component of the direction is that of 2, the first of two equally large ones is below zero.
        #expect(steps.allSatisfy { abs($0 - steps[0]) < 1e-6 && $0 < 0 })
        #expect((0..<5).allSatisfy { abs(found.points[$0, 1]) < 1e-6 } && found.share == 1)
        let one = try plane(Matrix(rows: 4, columns: 1, trusted: [0, 1, 2, 3]))
        #expect(one.points[3, 0] > one.points[0, 0] && one.points[2, 1] == 0 && one.share == 1)
    }
}
