import AkinClassification

/// What is said of examples by what was fitted without them.
struct LeftOutAnswers: Sendable {
    /// For each example how often the answer was right, 0...1, over the divisions.
    let right: [Double]
    /// For each division of the examples the label that each was given, nil where nothing was left to compare with; none where
    /// only what is right is known.
    let given: [[String?]]

    /// Each example is answered by what was fitted without its part, in several divisions.
    init(of classifier: Classifier, _ examples: Examples, _ divisions: [Folds]) throws {
        let labels = examples.labels
        let said = try divisions.map { division in
            let answers = try classifier.rule.answers(
                leavingOut: Array(labels.classes.indices), division, of: examples, listing: 1)
            return answers.map { $0.prediction?.label }
        }
        right = labels.classes.enumerated().map { item, own in
            said.reduce(0) { $0 + ($1[item] == labels.names[own] ? 1 / Double(said.count) : 0) }
        }
        given = said
    }

    /// What each example was given.
    init(given: [String?], _ labels: ItemLabels) {
        right = labels.classes.enumerated().map { given[$0] == labels.names[$1] ? 1 : 0 }
        self.given = [given]
    }

    /// Each by what was fitted without it, as far as a fit tells that.
    init(_ fit: RidgeFit) {
        (right, given) = (fit.isRight.map { $0 ? 1 : 0 }, [])
    }

    /// The label that an example was given most often, of equally frequent ones the first that it was given; nil where it is
    /// not known.
    func label(of example: Int) -> String? {
        let own = given.compactMap { $0[example] }
        func times(_ label: String) -> Int { own.count { $0 == label } }
        return own.first { label in own.allSatisfy { times($0) <= times(label) } }
    }
}
