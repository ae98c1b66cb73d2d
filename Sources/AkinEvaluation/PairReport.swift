import AkinTraining
import AkinVectorSearch

/// How well pairs of one class were told from pairs of different ones; the JSON document of `akin evaluate pairs`.
public struct PairReport: Measured, Codable, Sendable, Equatable {
    /// 0...1, of telling the pairs apart at `threshold`; half of them are of one class, so a guess has 0.5.
    public var accuracy: Double
    /// Wilson's 95 % interval of `accuracy`. It takes the pairs for independent, which they are the less the more often
    /// an image is in one.
    public var interval: Interval
    /// A pair is taken for one class where its distance is not above this.
    public var threshold: Float
    /// Whether `threshold` was given. If not, it is the best for these very pairs, which flatters `accuracy` a little.
    public var thresholdGiven: Bool
    /// 0...1, each tenth of the pairs told apart by the threshold that is best for the others; nil (and absent) where there
    /// are not two pairs of each kind.
    public var crossValidatedAccuracy: Double?
    /// Wilson's 95 % interval of that.
    public var crossValidatedInterval: Interval?
    /// 0...1, at `threshold`: the mean over the classes, for each of which its own pairs count half and those with others half.
    public var macroAccuracy: Double
    /// 95 % interval of that: what other classes would give.
    public var macroInterval: Interval
    /// Area under the ROC curve, 0.5 for a guess: the chance that a pair of one class is nearer than one of different
    /// classes.
    public var auroc: Double
    /// 95 % interval of that, the pairs taken for independent.
    public var aurocInterval: Interval
    /// Where as large a share of the pairs of one class is refused as of the others is accepted.
    public var equalErrorRate: Double
    /// Wilson's 95 % interval of that, of all pairs.
    public var equalErrorInterval: Interval
    /// How many pairs were compared: half of them of one class, all different.
    public var pairs: Int
    /// How many images there are to draw from.
    public var images: Int
    /// Their classes.
    public var classes: Int
    /// How the pairs of each class were told at `threshold`, by label.
    public var byClass: [PairClassResult]
    /// The ROC curve.
    public var roc: [OperatingPoint]
    /// How embeddings were compared.
    public var metric: Metric.Kind
    /// Of the drawing.
    public var seed: UInt64
    /// How many images were left out because they are copies of others; nil (and absent) where none are left out.
    public var copies: Int?

    enum CodingKeys: String, CodingKey {
        case accuracy, interval, threshold, auroc, pairs, images, classes, roc, metric, seed, copies
        case thresholdGiven = "threshold_given"
        case crossValidatedAccuracy = "cross_validated_accuracy"
        case crossValidatedInterval = "cross_validated_interval"
        case macroAccuracy = "macro_accuracy"
        case macroInterval = "macro_interval"
        case aurocInterval = "auroc_interval"
        case equalErrorRate = "equal_error_rate"
        case equalErrorInterval = "equal_error_interval"
        case byClass = "by_class"
    }

    /// Of the distances of pairs. Without a `threshold` the best for these pairs is taken.
    public init(_ outcomes: PairOutcomes, threshold: Float? = nil) {
        let result = outcomes.verification
        self.threshold = threshold ?? result.bestThreshold
        thresholdGiven = threshold != nil
        pairs = outcomes.list.count
        let total = Tally(items: pairs, errors: pairs - result.right(at: self.threshold))
        (accuracy, interval) = (total.accuracy, total.interval)
        if let right = outcomes.rightByOtherThresholds {
            crossValidatedAccuracy = Double(right) / Double(pairs)
            crossValidatedInterval = Interval(right, trusted: pairs)
        }
        byClass = outcomes.classes(at: self.threshold)
        let accuracies = byClass.map(\.accuracy)
        macroAccuracy = accuracies.reduce(0, +) / Double(max(1, accuracies.count))
        macroInterval = Interval(meanOf: accuracies)
        (auroc, aurocInterval) = (result.auroc, result.intervalOfArea)
        equalErrorRate = result.equalErrorRate
        equalErrorInterval = Interval(result.equalErrorRate, of: Double(pairs))
        roc = result.curve
        images = outcomes.labels.count
        classes = Set(outcomes.labels).count
        (metric, seed, copies) = (outcomes.metric, outcomes.seed, outcomes.copies)
    }
}

extension PairReport {
    /// How many pairs were compared.
    public var items: Int { pairs }
    /// How many of them were told wrongly.
    public var errors: Int { pairs - Int((accuracy * Double(pairs)).rounded()) }
}
