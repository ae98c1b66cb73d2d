import AkinVectorSearch

/// What came of leaving each item out once, by itself or in folds; the JSON document of `akin evaluate leave-one-out`.
public struct LeaveOneOutReport: Measured, Codable, Sendable, Equatable {
    /// How many items there are; each was left out once.
    public var items: Int
    /// Items that were given a wrong class, those of `singletons` among them.
    public var errors: Int
    /// 0...1, over all items.
    public var accuracy: Double
    /// Wilson's 95 % interval of `accuracy`.
    public var interval: Interval
    /// The mean of the classes' accuracies, each class counting alike, without `singletons`; nil (and absent)
    /// if there are no others.
    public var macroAccuracy: Double?
    /// By label.
    public var classes: [ClassResult]
    /// Labels of which nothing was left to compare with when an item was left out: a single item, or a single
    /// group. They cannot be answered rightly and count as errors.
    public var singletons: [String]
    /// In the order of the items.
    public var mistakes: [Mistake]
    /// The classifier with its settings.
    public var classifier: String
    /// How distances were measured.
    public var metric: Metric.Kind
    /// Whether whole groups were left out.
    public var byGroup: Bool
    /// Whether a fresh backbone was trained for each item or group left out.
    public var retrained: Bool
    /// In how many folds, each with its share of every class, items were left out; nil (and absent) where each item or group
    /// was left out by itself.
    public var stratifiedFolds: Int?
    /// How many items have copies, which were left out with them; nil (and absent) where copies were not left out.
    public var copies: Int?

    /// Of the outcomes of a leave-one-out.
    ///
    /// - Throws: `EvaluationError.noDistances`
    public init(_ outcomes: Outcomes) throws(EvaluationError) {
        guard let metric = outcomes.metric else { throw .noDistances }
        let total = outcomes.total
        (items, errors) = (total.items, total.errors)
        (accuracy, interval) = (total.accuracy, total.interval)
        macroAccuracy = outcomes.macroAccuracy
        classes = outcomes.classes
        singletons = outcomes.unanswerable
        mistakes = outcomes.mistakes
        classifier = outcomes.classifier
        self.metric = metric
        (byGroup, retrained) = (outcomes.byGroup, outcomes.retrained)
        stratifiedFolds = outcomes.stratifiedFolds
        copies = outcomes.copies
    }

    enum CodingKeys: String, CodingKey {
        case items, errors, accuracy, interval, classes, singletons, mistakes, classifier, metric, retrained,
            copies
        case macroAccuracy = "macro_accuracy"
        case byGroup = "by_group"
        case stratifiedFolds = "stratified_folds"
    }
}
