import AkinTensors
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
    /// Area under the ROC curve, 0.5 for a guess: the chance that a pair of one class is nearer than one of different
    /// classes.
    public var auroc: Double
    /// Where as large a share of the pairs of one class is refused as of the others is accepted.
    public var equalErrorRate: Double
    /// How many pairs were compared: half of them of one class, all different.
    public var pairs: Int
    /// How many images there are to draw from.
    public var images: Int
    /// Their classes.
    public var classes: Int
    /// How embeddings were compared.
    public var metric: Metric.Kind
    /// Of the drawing.
    public var seed: UInt64
    /// How many images were left out because they are copies of others; nil (and absent) where none are left out.
    public var copies: Int?

    enum CodingKeys: String, CodingKey {
        case accuracy, interval, threshold, auroc, pairs, images, classes, metric, seed, copies
        case thresholdGiven = "threshold_given"
        case equalErrorRate = "equal_error_rate"
    }

    /// Draws the pairs, at most `count`, and compares embeddings `[labels.count, dimension]`. Without a `threshold` the
    /// best for these pairs is taken.
    public init(
        labels: [String], embeddings: Matrix, count: Int = 10_000, threshold: Float? = nil,
        metric: Metric = .l2, seed: UInt64 = 1
    ) throws(EvaluationError) {
        precondition(embeddings.rows == labels.count, "an embedding for each image")
        let drawn: VerificationPairs
        do { drawn = try VerificationPairs(labels: labels, count: count, seed: seed) } catch {
            throw .fewShot(error)
        }
        let result = drawn.result(in: embeddings, by: metric)
        self.threshold = threshold ?? result.bestThreshold
        thresholdGiven = threshold != nil
        pairs = drawn.pairs.count
        let total = Tally(items: pairs, errors: pairs - result.right(at: self.threshold))
        (accuracy, interval) = (total.accuracy, total.interval)
        auroc = result.auroc
        equalErrorRate = result.equalErrorRate
        images = labels.count
        classes = Set(labels).count
        self.metric = metric.kind
        self.seed = seed
    }
}

extension PairReport {
    /// How many pairs were compared.
    public var items: Int { pairs }
    /// How many of them were told wrongly.
    public var errors: Int { pairs - Int((accuracy * Double(pairs)).rounded()) }
}

extension HeldOutImages {
    /// Pairs of these images, told to be of one class or of different ones; of those of one content only the first takes
    /// part, unless copies are kept.
    public func pairs(
        count: Int = 10_000, threshold: Float? = nil, metric: Metric = .l2, seed: UInt64 = 1,
        keepingCopies: Bool = false
    ) throws(EvaluationError) -> PairReport {
        try checkFinite()
        let drawn = keepingCopies ? self : withoutCopies()
        var report = try PairReport(
            labels: drawn.labels, embeddings: drawn.embeddings, count: count, threshold: threshold,
            metric: metric, seed: seed)
        report.copies = keepingCopies ? nil : labels.count - drawn.labels.count
        return report
    }
}
