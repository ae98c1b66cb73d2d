import AkinClassification
import AkinVectorSearch

/// An outcome of leaving items out, with what an index would have said of it beside the class.
public struct JudgedOutcome: Sendable, Equatable {
    /// What was asked and answered.
    public var outcome: Outcome
    /// 0...1: in a calibrated gallery how probable the answer is; else the classifier's score.
    public var confidence: Double
    /// nil where the gallery is not calibrated.
    public var verdict: Verdict?
    /// How strange the picture looks, by its nearest item: in a calibrated gallery 0 and more is called unknown, else the distance; nil
    /// where nothing is left.
    public var strangeness: Double?
    /// The same, as if its whole class were not there; nil where there is no other class.
    public var strangenessWithoutClass: Double?

    /// - Parameters:
    ///   - outcome: One that has its ranking, and its nearest items of the same class and of another.
    ///   - classifier: What answered.
    ///   - calibration: That of the gallery; nil where it has none.
    public init(_ outcome: Outcome, by classifier: Classifier, calibration: Calibration?) {
        self.outcome = outcome
        let nearest = [outcome.nearestSame, outcome.nearestOther].compactMap { $0 }
            .min { $0.distance < $1.distance }
        confidence = Double(outcome.ranking.first?.score ?? 0)
        if let calibration, !outcome.ranking.isEmpty {
            let judged = calibration.judged(
                Prediction(ranking: outcome.ranking, neighbours: []), by: classifier,
                nearest: nearest.map { ($0.label, $0.distance) })
            (confidence, verdict) = (Double(judged.prediction.confidence), judged.verdict)
        }
        func strangeness(_ near: Outcome.Near) -> Double {
            calibration?.border?.strangeness(of: near.distance, from: near.label) ?? Double(near.distance)
        }
        self.strangeness = nearest.map(strangeness)
        strangenessWithoutClass = outcome.nearestOther.map(strangeness)
    }

    /// Whether the real class was given.
    public var isRight: Bool { outcome.isRight }

    /// Whether it could be: something of its class was left.
    public var isAnswerable: Bool { outcome.nearestSame != nil }
}

extension Sequence<JudgedOutcome> {
    /// All of them together.
    public var tally: Tally { map(\.outcome).tally }
}

/// The mean of the shares of right answers of classes, each class counting alike.
public struct ClassMeanAccuracy: Sendable, Equatable {
    /// How many classes there are; at least one.
    public let classes: Int
    /// 0...1
    public let accuracy: Double
    /// Of 95 %: Wilson's, with as many trials as there would be of equal weight (Kish 1965, "Survey Sampling", section 11.7): an item
    /// of a class of n weighs 1 / n.
    public let interval: Interval

    /// nil without a class.
    public init?(_ results: [ClassResult]) {
        let results = results.filter { $0.items > 0 }
        guard !results.isEmpty else { return nil }
        let count = Double(results.count)
        classes = results.count
        accuracy = results.reduce(0) { $0 + $1.accuracy } / count
        interval = Interval(
            accuracy, of: count * count / results.reduce(0) { $0 + 1 / Double($1.items) })
    }
}

extension Interval {
    /// Of how many outcomes are right, of which those of a fold are right or wrong together, as the pictures of a page are: between folds
    /// they vary. Where all are right, or none, a fold counts as one trial.
    public init(byFold outcomes: [Outcome]) {
        let clusters = Dictionary(grouping: outcomes) { $0.fold ?? -1 }.sorted { $0.key < $1.key }
            .map { (successes: $0.value.count(where: \.isRight), trials: $0.value.count) }
        let right = clusters.reduce(0) { $0 + $1.successes }
        let varies = 0 < right && right < outcomes.count
        self =
            varies
            ? Interval(clusters: clusters)
            : Interval(Double(right) / Double(Swift.max(1, outcomes.count)), of: Double(clusters.count))
    }
}
