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
            Ridge(penalty: 0.03), Ridge(penalty: 0.0001), Ridge(penalty: 40), Discriminant(penalty: 0.03),
            Discriminant(penalty: 0.0001), Discriminant(penalty: 40), Discriminant(shrinkage: .ledoitWolf),
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

    /// Chosen for each item by the errors of all others, every one of them of a fit without it; so is by how much small classes are
    /// raised.
    @Test(arguments: [5, 60]) func thePenaltyIsChosenByTheOthers(dimension: Int) throws {
        let examples = FittedRules.examples([9, 6, 4, 1], dimension: dimension, seed: 6)
        let positions = Array(0..<examples.labels.count)
        let choices = try RidgeChoices(examples)
        let found = try Ridge().answers(
            leavingOut: positions, FittedRules.alone(positions.count), of: examples, listing: 1)
        for position in positions {
            let choice = try choices.choice(without: position)
            try expectRaised(
                found[position].prediction, choices.answers[choice.penalty][position].prediction,
                choice.raises)
        }
        let gallery = try FittedRules.gallery(examples)
        let queries = FittedRules.examples([5, 5], dimension: dimension, seed: 7).embeddings
        let choice = try choices.choice(without: nil)
        let raised = try Classifier(Ridge()).answers(to: queries, in: gallery).predictions
        let plain = try Classifier(Ridge(penalty: choices.penalties[choice.penalty])).answers(
            to: queries, in: gallery
        ).predictions
        for (raised, plain) in zip(raised, plain) {
            try expectRaised(raised.prediction, plain.prediction, choice.raises)
        }
    }

    private func expectRaised(
        _ found: Prediction?, _ plain: Prediction?, _ raises: [String: Double]
    ) throws {
        let expected = try #require(plain).ranking
            .map { (label: $0.label, value: 1 - Double($0.distance) + raises[$0.label]!) }
            .sorted { $0.value > $1.value }
        let found = try #require(found).ranking
        #expect(found.map(\.label) == expected.map(\.label))
        for (found, expected) in zip(found, expected) {
            #expect(abs(1 - Double(found.distance) - expected.value) < 1e-5)
        }
    }
}

/// What ridge chooses, by the answers of one with each penalty.
private struct RidgeChoices {
    let labels: ItemLabels
    let penalties: [Double]
    /// For each penalty and example.
    let answers: [[LeftOutAnswer]]

    init(_ examples: Examples) throws {
        labels = examples.labels
        let variance = Self.variance(of: examples)
        penalties = (-8...4).map { power in
            (0..<abs(power)).reduce(variance) { share, _ in power < 0 ? share / 4 : share * 4 }
        }
        let positions = Array(0..<labels.count)
        answers = try penalties.map { penalty in
            try Ridge(penalty: penalty).answers(
                leavingOut: positions, FittedRules.alone(positions.count), of: examples, listing: 1)
        }
    }

    /// The position of the penalty and what is added to each class, by all examples but one.
    func choice(without left: Int?) throws -> (penalty: Int, raises: [String: Double]) {
        let others = (0..<labels.count).filter { $0 != left && labels.counts[labels.classes[$0]] > 1 }
        func mean(_ measure: (_ values: [String: Double], _ own: String) -> Double, _ penalty: Int) throws
            -> Double
        {
            let byClass = Dictionary(grouping: others) { labels.classes[$0] }
            let means = try byClass.map { own, members in
                try members.reduce(0) { sum, member in
                    let ranking = try #require(answers[penalty][member].prediction).ranking
                    let values = Dictionary(
                        uniqueKeysWithValues: ranking.map { ($0.label, 1 - Double($0.distance)) })
                    return sum + measure(values, labels.names[own])
                } / Double(members.count)
            }
            return means.reduce(0, +) / Double(means.count)
        }
        let errors = try penalties.indices.map { penalty in
            try mean(
                { values, own in
                    values.reduce(0) {
                        let error = $1.value - ($1.key == own ? 1 : 0)
                        return $0 + error * error
                    }
                }, penalty)
        }
        let best = try #require(errors.indices.min { errors[$0] < errors[$1] })
        let lead = try mean(
            { values, own in
                values[own]! - (values.values.reduce(0, +) - values[own]!) / Double(values.count - 1)
            }, best)
        var counts = labels.counts
        if let left { counts[labels.classes[left]] -= 1 }
        let largest = try #require(counts.max())
        let raises = counts.map { count in
            lead / 2 * (1 / Double(max(1, count)).squareRoot() - 1 / Double(largest).squareRoot())
        }
        return (best, Dictionary(uniqueKeysWithValues: zip(labels.names, raises)))
    }

    /// About the mean of the class means, each class counting alike.
    private static func variance(of examples: Examples) -> Double {
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
