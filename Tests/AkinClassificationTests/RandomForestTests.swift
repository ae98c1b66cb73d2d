import AkinClassification
import AkinItems
import AkinTensors
import AkinVectorSearch
import Foundation
import TestSupport
import Testing

@Suite struct RandomForestTests {
    /// Classes whose weights are 2, 2, 1 and a half, and values of which many are equal.
    private func examples(dimension: Int, levels: Float, seed: UInt64) -> Examples {
        let examples = FittedRules.examples([32, 32, 64, 128], dimension: dimension, seed: seed)
        var embeddings = examples.embeddings
        embeddings.values = embeddings.values.map { ($0 * levels).rounded() / levels }
        return Examples(labels: examples.labels, trusted: embeddings, metric: .l2)
    }

    @Test(arguments: [(1, 64), (2, 4), (5, 16), (9, 2), (9, 4096), (40, 1)])
    func asItIsDefined(dimension: Int, levels: Int) throws {
        let examples = examples(dimension: dimension, levels: Float(levels), seed: UInt64(levels))
        let queries = self.examples(dimension: dimension, levels: 1000, seed: 5).embeddings
        let naive = NaiveForest(
            rows: (0..<examples.labels.count).map { Array(examples.embeddings[$0]) },
            classes: examples.labels.classes, weights: [4, 4, 2, 1], trees: 3, seed: 9)
        let found = try Classifier.randomForest(trees: 3, seed: 9)
            .answers(to: queries, in: FittedRules.gallery(examples)).predictions
        for row in 0..<queries.rows {
            let expected = naive.probabilities(of: Array(queries[row]))
            for score in found[row].ranking {
                let own = try #require(examples.labels.names.firstIndex(of: score.label))
                #expect(abs(Double(score.score) - expected[own]) < 1e-6, "query \(row), \(score.label)")
            }
        }
    }

    /// Where nothing tells items apart, a leaf is of several classes, which count the same.
    @Test func equalVectorsAreShared() throws {
        let labels = ["a"] + Array(repeating: "b", count: 9)
        let examples = Examples(
            labels: ItemLabels(labels),
            trusted: Matrix(rows: 10, columns: 2, trusted: Array(repeating: 1, count: 20)), metric: .l2)
        let answer = try Classifier.randomForest(trees: 400).answers(
            to: examples.embeddings.rows(at: [0]), in: FittedRules.gallery(examples)
        ).predictions[0]
        #expect(answer.ranking.map(\.label).sorted() == ["a", "b"])
        // Of 0.9^10 drawings, `a` is not one; in the others it has about half.
        #expect(answer.ranking.allSatisfy { (0.25...0.75).contains($0.score) })
    }

    /// A threshold lies between two values even where no number does.
    @Test(arguments: [0, 1, -1, .leastNonzeroMagnitude, 3e18, -2.5e-38] as [Float])
    func neighbouringNumbersAreToldApart(number: Float) throws {
        let values = Array(repeating: number, count: 20) + Array(repeating: number.nextUp, count: 20)
        let examples = Examples(
            labels: ItemLabels(Array(repeating: "a", count: 20) + Array(repeating: "b", count: 20)),
            trusted: Matrix(rows: 40, columns: 1, trusted: values), metric: .l2)
        let found = try Classifier.randomForest(trees: 5).answers(
            to: examples.embeddings.rows(at: [0, 39]), in: FittedRules.gallery(examples))
        #expect(found.predictions.map(\.label) == ["a", "b"])
        #expect(found.predictions.allSatisfy { $0.confidence == 1 })
    }

    @Test func theSeedDecides() throws {
        let examples = FittedRules.examples([9, 7, 8], dimension: 12, seed: 3)
        let gallery = try FittedRules.gallery(examples)
        let queries = FittedRules.examples([9, 7, 8], dimension: 12, seed: 4).embeddings
        func answers(_ seed: UInt64) throws -> [Answer] {
            try Classifier.randomForest(trees: 10, seed: seed).answers(to: queries, in: gallery).predictions
        }
        #expect(try answers(1) == answers(1))
        #expect(try answers(1) != answers(2))
    }

    /// By the metric `cosine` lengths tell nothing.
    @Test func directionsCount() throws {
        let examples = FittedRules.examples([9, 7, 8], dimension: 12, seed: 3, metric: .cosine)
        let gallery = try FittedRules.gallery(examples)
        var queries = FittedRules.examples([9, 7, 8], dimension: 12, seed: 4).embeddings
        let answers = try Classifier.randomForest().answers(to: queries, in: gallery).predictions
        queries.values = queries.values.map { 8 * $0 }
        let longer = try Classifier.randomForest().answers(to: queries, in: gallery).predictions
        #expect(answers.map(\.ranking) == longer.map(\.ranking))
    }

    /// What lists no neighbours says the same.
    @Test func neighboursNeedNotBeListed() throws {
        let examples = FittedRules.examples([9, 7, 8], dimension: 5, seed: 3)
        let queries = FittedRules.examples([9, 7, 8], dimension: 5, seed: 4).embeddings
        let gallery = try FittedRules.gallery(examples)
        // Four trees are often divided two to two: then the nearest item decides.
        for rule in FittedRules.all + [RandomForest(trees: 4), ClassMean(), AverageClassDistance()] {
            let (bare, full) = try gallery.read { reader in
                let fitted = try rule.fitted(to: reader, in: ItemScope())
                func predictions(_ listed: Int) throws -> [Prediction] {
                    try fitted.predictions(for: queries, in: reader, listing: listed, method: .exact)
                }
                return (try predictions(0), try predictions(16))
            }
            #expect(bare.map(\.label) == full.map(\.label), "\(rule)")
            #expect(bare.allSatisfy(\.neighbours.isEmpty) && full.allSatisfy { $0.neighbours.count == 16 })
        }
    }
}
