import AkinClassification
import AkinTensors
import AkinVectorSearch
import Foundation
import TestSupport
import Testing

/// Numbers that `Tools/peers/classifier_fixtures.py` has written.
@Suite struct ScikitLearnTests {
    private struct Fixture: Decodable {
        var labels: [String]
        var dimension: Int
        var embeddings, queries: [Float]
        var penalty: Double
        var ridge, discriminant, linear, polynomial, radial: [[Double]]

        init(_ name: String) throws {
            self = try JSONDecoder().decode(
                Fixture.self, from: Data(try Fixtures.bytes("classifiers/\(name).json")))
        }

        private enum CodingKeys: String, CodingKey {
            case labels, dimension, embeddings, queries, penalty, ridge, discriminant, linear, polynomial,
                radial
        }

        /// The distance of each class, by its name's order, for each query.
        func distances(_ rule: some ClassificationRule) throws -> [[Double]] {
            let examples = Examples(
                labels: ItemLabels(labels),
                embeddings: Matrix(rows: labels.count, columns: dimension, values: embeddings), metric: .l2)
            let queries = Matrix(rows: queries.count / dimension, columns: dimension, values: queries)
            return try Classifier(rule).answers(to: queries, in: FittedRules.gallery(examples)).predictions
                .map {
                    $0.ranking.sorted { $0.label < $1.label }.map { Double($0.distance) }
                }
        }
    }

    private func expect(_ found: [[Double]], _ expected: [[Double]], within tolerance: Double) {
        #expect(found.count == expected.count)
        for (found, expected) in zip(found, expected) {
            #expect(found.count == expected.count)
            for (found, expected) in zip(found, expected) {
                #expect(abs(found - expected) <= tolerance * max(1, abs(expected)))
            }
        }
    }

    @Test(arguments: ["wide", "tall"]) func ridge(name: String) throws {
        let fixture = try Fixture(name)
        expect(
            try fixture.distances(Ridge(penalty: fixture.penalty)),
            fixture.ridge.map { $0.map { 1 - $0 } }, within: 1e-6)
    }

    @Test(arguments: ["wide", "tall"]) func discriminant(name: String) throws {
        let fixture = try Fixture(name)
        expect(try fixture.distances(Discriminant()), fixture.discriminant, within: 1e-6)
    }

    /// Whoever stops a thousandth before the optimum may stop elsewhere.
    @Test(arguments: ["wide", "tall"]) func supportVectors(name: String) throws {
        let fixture = try Fixture(name)
        let kernels: [(SupportVectors.Kernel, [[Double]])] = [
            (.linear, fixture.linear), (.polynomial, fixture.polynomial), (.radial, fixture.radial),
        ]
        for (kernel, decisions) in kernels {
            let classes = Double(decisions[0].count)
            expect(
                try fixture.distances(SupportVectors(kernel: kernel)),
                decisions.map { $0.map { classes - 1 - $0 } }, within: 2e-3)
        }
    }
}
