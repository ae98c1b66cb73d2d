import AkinClassification
import AkinTensors
import AkinVectorSearch
import Testing

/// What formulas say of items left out, beside fits without them.
@Suite struct LeftOutFormulaTests {
    /// Sizes of classes: many, few, single ones, one class, a single pair among single ones.
    private static let sizes = [
        [9, 4, 1, 2], [5, 5, 5], [30, 12, 2], [2, 2], [1, 1, 1], [2, 1, 1], [6], [1, 1], [2], [3, 1],
    ]

    private func expectSame(
        _ found: LeftOutAnswer, _ expected: Prediction?, distances: Bool = true, _ comment: String
    ) throws {
        guard let prediction = found.prediction, let expected else {
            #expect(found.prediction == nil && expected == nil, "\(comment)")
            return
        }
        #expect(prediction.label == expected.label, "\(comment)")
        #expect(prediction.neighbours.map(\.id) == expected.neighbours.map(\.id), "\(comment)")
        #expect(prediction.ranking.map(\.label) == expected.ranking.map(\.label), "\(comment)")
        guard distances else { return }
        for (found, expected) in zip(prediction.ranking, expected.ranking) {
            #expect(found.items == expected.items, "\(comment)")
            #expect(
                abs(found.distance - expected.distance) <= 1e-5 * max(1, abs(expected.distance)),
                "\(comment): \(found.distance), expected \(expected.distance)")
        }
    }

    @Test(arguments: sizes, [2, 7, 40]) func isAFitWithoutTheItem(counts: [Int], dimension: Int) throws {
        let rules: [any ClassificationRule] = [
            Ridge(penalty: 0.03), Ridge(penalty: 0.0001), Ridge(penalty: 40), Discriminant(),
        ]
        for metric in [Metric.l2, .cosine] {
            let examples = FittedRules.examples(counts, dimension: dimension, seed: 4, metric: metric)
            let positions = Array(0..<examples.labels.count)
            let folds = FittedRules.alone(positions.count)
            for rule in rules {
                let found = try rule.answers(leavingOut: positions, folds, of: examples, listing: 1)
                let expected = try rule.refitted(leavingOut: positions, folds, of: examples, listing: 1)
                for position in positions {
                    try expectSame(
                        found[position], expected[position],
                        "\(rule), \(metric), \(counts) in \(dimension), item \(position)")
                }
            }
        }
    }

    /// Groups, copies in other groups, and items alone, side by side.
    @Test func whatIsLeftOutTogetherIsFitted() throws {
        let examples = FittedRules.examples([7, 6, 5], dimension: 12, seed: 8)
        let groups = [[0, 1, 2], [3], [4], [5, 6]] + (7..<18).map { [$0] }
        let folds = Folds(groups, copies: [[4, 9]])
        let asked = [9, 0, 3, 4, 17, 6]
        for rule in FittedRules.all where rule.stratifiedFolds == nil {
            let found = try rule.answers(leavingOut: asked, folds, of: examples, listing: 2)
            let expected = try rule.refitted(leavingOut: asked, folds, of: examples, listing: 2)
            for (row, position) in asked.enumerated() {
                let isTogether = folds.leftOut(with: position).count > 1
                // Alone, the penalty that is chosen may be another than that of a fit without the item.
                if isTogether { #expect(found[row].prediction == expected[row], "\(rule) \(position)") }
            }
        }
    }

    /// Chosen for each item by the errors of all others, every one of them of a fit without it.
    @Test(arguments: [5, 60]) func thePenaltyIsChosenByTheOthers(dimension: Int) throws {
        let examples = FittedRules.examples([9, 6, 4, 1], dimension: dimension, seed: 6)
        let positions = Array(0..<examples.labels.count)
        let folds = FittedRules.alone(positions.count)
        let labels = examples.labels
        let variance = self.variance(of: examples)
        let penalties = (-8...4).map { power in
            (0..<abs(power)).reduce(variance) { share, _ in power < 0 ? share / 4 : share * 4 }
        }
        let answers = try penalties.map { penalty in
            try Ridge(penalty: penalty).answers(leavingOut: positions, folds, of: examples, listing: 1)
        }
        func error(_ penalty: Int, _ position: Int) throws -> Double {
            let ranking = try #require(answers[penalty][position].prediction).ranking
            return ranking.reduce(0) { sum, score in
                let target: Double = score.label == labels.names[labels.classes[position]] ? 1 : 0
                return sum + (1 - Double(score.distance) - target) * (1 - Double(score.distance) - target)
            }
        }
        let found = try Ridge().answers(leavingOut: positions, folds, of: examples, listing: 1)
        var chosen: Set<Int> = []
        for position in positions {
            let errors = try penalties.indices.map { penalty in
                try labels.names.indices.filter { labels.counts[$0] > 1 }.reduce(0) { sum, own in
                    let members = positions.filter { labels.classes[$0] == own && $0 != position }
                    return try sum + members.reduce(0) { try $0 + error(penalty, $1) } / Double(members.count)
                }
            }
            let best = try #require(errors.indices.min { errors[$0] < errors[$1] })
            chosen.insert(best)
            let expected = try #require(answers[best][position].prediction)
            let prediction = try #require(found[position].prediction)
            #expect(prediction.label == expected.label)
            #expect(prediction.ranking.map(\.distance) == expected.ranking.map(\.distance))
        }
        #expect(!chosen.isEmpty)
    }

    /// About the mean of the class means, each class counting alike.
    private func variance(of examples: Examples) -> Double {
        let (labels, rows) = (examples.labels, examples.embeddings)
        func mean(_ positions: [Int]) -> [Double] {
            (0..<rows.columns).map { column in
                positions.reduce(0) { $0 + Double(rows[$1, column]) } / Double(positions.count)
            }
        }
        let members = labels.names.indices.map { own in
            (0..<labels.count).filter { labels.classes[$0] == own }
        }
        let means = members.map(mean)
        let centre = (0..<rows.columns).map { column in
            means.reduce(0) { $0 + $1[column] } / Double(means.count)
        }
        return members.reduce(0) { sum, members in
            sum
                + members.reduce(0) { sum, member in
                    centre.indices.reduce(sum) {
                        let difference = Double(rows[member, $1]) - centre[$1]
                        return $0 + difference * difference
                    }
                } / Double(members.count * means.count)
        }
    }
}
