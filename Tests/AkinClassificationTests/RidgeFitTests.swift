import AkinClassification
import AkinTensors
import AkinVectorSearch
import Testing

/// How ridge regression fares on examples left out, beside its answers to them.
@Suite struct RidgeFitTests {
    private func expectAnswers(
        of examples: Examples, _ folds: Folds, byFormula: Bool = false, _ comment: String
    ) throws {
        let fit = Ridge().fit(leavingOut: folds, of: examples)
        let labels = examples.labels
        let items = Array(0..<labels.count)
        let answers =
            byFormula
            ? try Ridge().answers(leavingOut: items, folds, of: examples, listing: 1).map(\.prediction)
            : try Ridge().refitted(leavingOut: items, folds, of: examples, listing: 1)
        for (item, answer) in answers.enumerated() {
            let own = labels.names[labels.classes[item]]
            guard let answer, let known = answer.ranking.first(where: { $0.label == own }) else {
                #expect(fit.squaredErrors[item] == 0 && !fit.isRight[item], "\(comment), item \(item)")
                continue
            }
            // A distance is 1 less the class' value, which is raised where the class is small.
            let largest = try #require(answer.ranking.map(\.items).max())
            let error = answer.ranking.reduce(0.0) { sum, score in
                let raise = 1 / Double(score.items).squareRoot() - 1 / Double(largest).squareRoot()
                let value = 1 - Double(score.distance) - fit.leads[item] / 2 * raise
                let wanted = score.label == own ? 1.0 : 0
                return sum + (value - wanted) * (value - wanted)
            }
            #expect(abs(fit.squaredErrors[item] - error) < 1e-4 * max(1, error), "\(comment), item \(item)")
            #expect(
                fit.isRight[item] == (known.distance == answer.ranking[0].distance),
                "\(comment), item \(item)")
        }
    }

    @Test(arguments: [[9, 4, 1, 2], [5, 5, 5], [2, 2], [1, 1, 1], [2, 1]]) func eachAlone(counts: [Int])
        throws
    {
        for dimension in [3, 40] {
            let examples = FittedRules.examples(counts, dimension: dimension, seed: 5, metric: .cosine)
            try expectAnswers(
                of: examples, FittedRules.alone(examples.labels.count), byFormula: true,
                "\(counts) in \(dimension)")
        }
    }

    @Test func together() throws {
        let examples = FittedRules.examples([7, 6, 5], dimension: 12, seed: 8, metric: .l2)
        let groups = [[0, 1, 2], [3], [4], [5, 6]] + (7..<18).map { [$0] }
        try expectAnswers(of: examples, Folds(groups, copies: [[4, 9]]), "groups")
        try expectAnswers(of: examples, Folds([Array(0..<7), Array(7..<18)]), "a class gone")
        try expectAnswers(of: examples, Folds([Array(0..<18)]), "nothing left")
    }
}
