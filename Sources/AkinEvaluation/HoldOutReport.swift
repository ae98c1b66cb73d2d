/// How a labelled test set was answered that took no part in training or in the index; a JSON document.
public struct HoldOutReport: Measured, Codable, Sendable, Equatable {
    /// How many items the test set has.
    public var items: Int
    /// Items that were given a wrong class, those of `absent` among them.
    public var errors: Int
    /// 0...1, over all items.
    public var accuracy: Double
    /// Wilson's 95 % interval of `accuracy`.
    public var interval: Interval
    /// The mean of the classes' accuracies, each class counting alike, without `absent`; nil (and absent) if
    /// there are no others.
    public var macroAccuracy: Double?
    /// How many items the index has as well; they were answered without. Nil (and absent) where nobody looked, or they were
    /// not left out.
    public var copies: Int?
    /// Parts of the test set that are counted apart, such as classes that the backbone was trained on and others;
    /// nil (and absent) if it has no parts.
    public var parts: [PartResult]?
    /// By label.
    public var classes: [ClassResult]
    /// Labels of the test set that the index does not have. They cannot be answered rightly and count as
    /// errors.
    public var absent: [String]
    /// Most frequent first.
    public var confusions: [Confusion]
    /// In the order of the test set.
    public var mistakes: [Mistake]

    /// Of a test set's outcomes.
    public init(_ outcomes: Outcomes) {
        let total = outcomes.total
        (items, errors) = (total.items, total.errors)
        (accuracy, interval) = (total.accuracy, total.interval)
        macroAccuracy = outcomes.macroAccuracy
        copies = outcomes.copies
        parts = outcomes.parts.isEmpty ? nil : outcomes.partResults
        classes = outcomes.classes
        absent = outcomes.unanswerable
        confusions = outcomes.confusions
        mistakes = outcomes.mistakes
    }

    enum CodingKeys: String, CodingKey {
        case items, errors, accuracy, interval, copies, parts, classes, absent, confusions, mistakes
        case macroAccuracy = "macro_accuracy"
    }
}
