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
        var ridge, discriminant, linear, polynomial, radial, quadratic: [[Double]]
        var regression: [String: Regression]

        struct Regression: Decodable {
            var values: [Double]
            var score: Double
        }

        init(_ name: String) throws {
            self = try JSONDecoder().decode(
                Fixture.self, from: Data(try Fixtures.bytes("classifiers/\(name).json")))
        }

        private enum CodingKeys: String, CodingKey {
            case labels, dimension, embeddings, queries, penalty, ridge, discriminant, linear, polynomial,
                radial, quadratic, regression
        }

        /// `[labels.count, dimension]`
        var known: Matrix { Matrix(rows: labels.count, columns: dimension, trusted: embeddings) }
        /// `[queries, dimension]`
        var asked: Matrix { Matrix(rows: queries.count / dimension, columns: dimension, trusted: queries) }

        /// The distance of each class, by its name's order, for each query.
        func distances(_ rule: some ClassificationRule) throws -> [[Double]] {
            let examples = Examples(labels: ItemLabels(labels), trusted: known, metric: .l2)
            return try Classifier(rule).answers(to: asked, in: FittedRules.gallery(examples)).predictions
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
        expect(
            try fixture.distances(Discriminant(shrinkage: .ledoitWolf)), fixture.discriminant, within: 1e-6)
    }

    /// Whoever stops a thousandth before the optimum may stop elsewhere.
    @Test(arguments: ["wide", "tall"]) func supportVectors(name: String) throws {
        let fixture = try Fixture(name)
        let rules: [(SupportVectors, [[Double]])] = [
            (SupportVectors(kernel: .linear), fixture.linear),
            (SupportVectors(kernel: .polynomial), fixture.polynomial),
            (SupportVectors(kernel: .polynomial, degree: 2), fixture.quadratic),
            (SupportVectors(kernel: .radial), fixture.radial),
        ]
        for (rule, decisions) in rules {
            let classes = Double(decisions[0].count)
            expect(
                try fixture.distances(rule), decisions.map { $0.map { classes - 1 - $0 } }, within: 2e-3)
        }
    }

    @Test(arguments: ["wide", "tall"]) func regression(name: String) throws {
        let fixture = try Fixture(name)
        let labels = ItemLabels(fixture.labels)
        let turns = (0..<fixture.asked.rows).map { Double($0 % labels.names.count) }
        for kernel in SupportVectors.Kernel.allCases {
            let expected = try #require(fixture.regression[kernel.rawValue])
            let found = try SupportVectorRegression(
                fixture.known, targets: labels.classes.map(Double.init), kernel: kernel)
            expect([try found.values(of: fixture.asked)], [expected.values], within: 2e-3)
            let score = try found.determination(of: fixture.asked, targets: turns)
            #expect(abs(score - expected.score) <= 5e-3 * max(1, abs(expected.score)), "\(kernel)")
        }
    }
}
