import Foundation

/// How much a classifier's scores are to be believed (`Calibration` says by which rule).
struct Belief {
    /// The power of a score.
    var sharpness = 1.0
    /// The share of answers that scores tell nothing of.
    var confusion = 0.0

    /// How far the best score usually lies before the mean one, in powers of e, when scores are rightly believed; and as many
    /// items as that counts.
    private static let usualLead = 5.5
    private static let weightOfUsual = 4.0
    /// Where nothing could be asked: of one picture a class, on 19 folders of people's pictures.
    private static let confusionOfUnknown = 0.2
    private static let confusions = [0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5]

    /// The scores of an answer, as far as they bear on it.
    private struct Question {
        /// The logarithms of the scores of the ranked classes.
        let logs: [Double]
        /// Of each class that is not ranked; nil where all are.
        let rest: Double?
        /// How many these are.
        let unranked: Int
        /// The position of the right class among the ranked; nil where it is not.
        let right: Int?
        let weight: Double
    }

    /// - Parameter answers: What is said of the items with these labels, each left out.
    init(_ answers: [LeftOutAnswer], _ labels: ItemLabels) {
        // Where its class has no other item, an answer can but be wrong, and tells nothing.
        let usable = answers.indices.filter {
            answers[$0].prediction != nil && answers[$0].nearestSame != nil
        }
        let classes = labels.names.count
        let weights = usable.map { 1 / Double(labels.counts[labels.classes[$0]]) }
        let scale = Double(usable.count) / max(weights.reduce(0, +), .leastNonzeroMagnitude)
        let questions = zip(usable, weights).map { position, weight in
            Self.question(
                answers[position].prediction!.ranking, labels.names[labels.classes[position]], of: classes,
                weight: weight * scale)
        }
        let leads = questions.map { question in
            question.logs[0] - question.logs.reduce(0, +) / Double(question.logs.count)
        }
        let lead = leads.reduce(0, +) / Double(max(1, leads.count))
        let guess = lead > 0 ? Self.usualLead / lead : 1
        var best = (cost: Double.infinity, sharpness: guess, confusion: 0.0)
        for step in -10...10 {
            let sharpness = guess * pow(2, Double(step) / 2)
            let distance = log(sharpness / guess)
            let penalty = Self.weightOfUsual * distance * distance / 2
            let shares = questions.map { Self.share(of: $0.right, $0, sharpness) }
            for confusion in Self.confusions {
                let cost = zip(questions, shares).reduce(penalty) { sum, question in
                    let probability = (1 - confusion) * question.1 + confusion / Double(classes)
                    return sum - question.0.weight * log(max(probability, 1e-12))
                }
                if cost < best.cost { best = (cost, sharpness, confusion) }
            }
        }
        // As many pictures as a usual class has.
        let counts = labels.counts.sorted()
        let usual = Double(counts.isEmpty ? 1 : counts[counts.count / 2])
        sharpness = best.sharpness * (usual > 1 ? (usual / (usual - 1)).squareRoot() : 1)
        confusion = questions.isEmpty ? Self.confusionOfUnknown : best.confusion
    }

    init(sharpness: Double, confusion: Double) { (self.sharpness, self.confusion) = (sharpness, confusion) }

    private static func question(
        _ ranking: [ClassScore], _ label: String, of classes: Int, weight: Double
    ) -> Question {
        let scores = ranking.map { Double($0.score) }
        let unranked = max(0, classes - ranking.count)
        let left = max(0, 1 - scores.reduce(0, +))
        return Question(
            logs: scores.map(logarithm), rest: unranked > 0 ? logarithm(left / Double(unranked)) : nil,
            unranked: unranked, right: ranking.firstIndex { $0.label == label }, weight: weight)
    }

    /// Scores are no nearer to 0 than that: a share of one in 10¹² is as good as none.
    private static func logarithm(_ score: Double) -> Double { log(max(score, 1e-12)) }

    /// Of all classes' scores, each to the power of `sharpness`, the share of one; nil is one that is not ranked.
    private static func share(of class: Int?, _ question: Question, _ sharpness: Double) -> Double {
        let best = question.logs[0]
        let ranked = question.logs.reduce(0) { $0 + exp(sharpness * ($1 - best)) }
        let other = question.rest.map { exp(sharpness * ($0 - best)) } ?? 0
        let own = `class`.map { exp(sharpness * (question.logs[$0] - best)) } ?? other
        return own / (ranked + other * Double(question.unranked))
    }

    /// The probabilities of the ranked classes, of so many in all.
    func probabilities(_ ranking: [ClassScore], of classes: Int) -> [Double] {
        guard let first = ranking.first else { return [] }
        let question = Self.question(ranking, first.label, of: classes, weight: 1)
        return ranking.indices.map {
            (1 - confusion) * Self.share(of: $0, question, sharpness) + confusion / Double(max(classes, 1))
        }
    }
}
