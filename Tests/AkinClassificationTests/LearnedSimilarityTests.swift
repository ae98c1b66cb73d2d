import AkinClassification
import AkinItems
import AkinTensors
import AkinVectorSearch
import Foundation
import Testing

@Suite struct LearnedSimilarityTests {
    private let metric = Metric.learnedL1(LearnedL1(weights: [2, 0.5], offset: -3))
    private let labels = ItemLabels(["a", "a", "b", "c"])
    private let rows: [[Float]] = [[0, 0], [4, 4], [1, 1], [9, 9]]

    private var examples: Examples {
        Examples(
            labels: labels, trusted: Matrix(rows: 4, columns: 2, trusted: rows.flatMap(\.self)),
            metric: metric)
    }

    private func probability(_ a: [Float], _ b: [Float]) -> Double {
        let similarity = 3 - 2 * abs(Double(a[0] - b[0])) - 0.5 * abs(Double(a[1] - b[1]))
        return 1 / (1 + exp(-similarity))
    }

    /// The class of the most similar item, with the probability that the head gives.
    @Test func theHeadDecides() throws {
        let query: [Float] = [0.25, 1]
        let answer = try Classifier.learnedSimilarity.answers(
            to: Matrix(rows: 1, columns: 2, trusted: query), in: FittedRules.gallery(examples)
        ).predictions[0]
        #expect(answer.ranking.map(\.label) == ["a", "b", "c"] && answer.ranking.map(\.items) == [2, 1, 1])
        for (score, item) in zip(answer.ranking, [0, 2, 3]) {
            let expected = probability(query, rows[item])
            #expect(abs(Double(score.score) - expected) < 1e-6)
            #expect(abs(Double(score.distance) - (1 - expected)) < 1e-6)
        }
        // It is one nearest neighbour by the learned metric.
        let nearest = try Classifier.nearestNeighbours(k: 1).answers(
            to: Matrix(rows: 1, columns: 2, trusted: query), in: FittedRules.gallery(examples)
        ).predictions[0]
        #expect(nearest.label == answer.label)
    }

    /// Similarities so large that their probabilities are 1 alike are still told apart.
    @Test func certainOnesAreRankedBySimilarity() throws {
        let metric = Metric.learnedL1(LearnedL1(weights: [1], offset: -1000))
        let examples = Examples(
            labels: ItemLabels(["a", "b"]), trusted: Matrix(rows: 2, columns: 1, trusted: [2, 1]),
            metric: metric)
        let answer = try Classifier.learnedSimilarity.answers(
            to: Matrix(rows: 1, columns: 1, trusted: [0]), in: FittedRules.gallery(examples)
        ).predictions[0]
        #expect(answer.ranking.map(\.label) == ["b", "a"] && answer.ranking.map(\.score) == [1, 1])
        #expect(answer.verdict == .ambiguous)
    }

    @Test func leavesOut() throws {
        let answers = try LearnedSimilarity().answers(
            leavingOut: [0, 3], FittedRules.alone(4), of: examples, listing: 1)
        #expect(answers.map { $0.prediction?.label } == ["b", "a"])
        let expected = probability(rows[0], rows[2])
        #expect(abs(Double(try #require(answers[0].prediction).confidence) - expected) < 1e-6)
    }

    @Test func needsALearnedSimilarity() throws {
        let others = Metric.Kind.allCases.filter { $0 != .learnedL1 }
        for kind in others {
            let error = ClassificationError.lacksSimilarity(metric: kind.rawValue)
            #expect(throws: error) { try Classifier.learnedSimilarity.check(metric: kind) }
            #expect("\(error)".contains("'\(kind.rawValue)'") && "\(error)".contains("learned-l1"))
        }
        try Classifier.learnedSimilarity.check(metric: .learnedL1)
        let examples = FittedRules.examples([2, 2], dimension: 3, seed: 1)
        #expect(throws: ClassificationError.lacksSimilarity(metric: "l2")) {
            try Classifier.learnedSimilarity.answers(
                to: examples.embeddings, in: FittedRules.gallery(examples))
        }
    }
}
