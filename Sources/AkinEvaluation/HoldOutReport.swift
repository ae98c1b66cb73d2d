import AkinBasics
import AkinClassification
import AkinVectorSearch

/// How a labelled test set was answered that took no part in training or in the index.
public struct HoldOutReport: Codable, Sendable, Equatable {
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

    enum CodingKeys: String, CodingKey {
        case items, errors, accuracy, interval, parts, classes, absent, confusions, mistakes
        case macroAccuracy = "macro_accuracy"
    }

    /// - Parameters:
    ///   - predictions: One for each item of the test set, each with at least one neighbour.
    ///   - known: The labels of the index.
    ///   - item: Source and label of the item of the index that a neighbour's id stands for.
    public init(
        predictions: [Prediction], sources: [Source], labels: [String], known: some Collection<String>,
        item: (UInt64) -> (source: Source, label: String)
    ) throws(EvaluationError) {
        try self.init(predicted: predictions.map(\.label), sources: sources, labels: labels, known: known)
        let wrong = predictions.enumerated().filter { $0.element.label != labels[$0.offset] }
        for (i, prediction) in wrong.map(\.element).enumerated() {
            let closest = item(prediction.neighbours[0].id)
            mistakes[i].nearest = closest.source
            mistakes[i].nearestLabel = closest.label
            mistakes[i].distance = prediction.neighbours[0].distance
        }
    }

    /// Of classes that were found without looking at items of an index.
    ///
    /// - Parameters:
    ///   - predicted: One for each item of the test set.
    ///   - known: The labels that can be answered.
    public init(
        predicted: [String], sources: [Source], labels: [String], known: some Collection<String>
    ) throws(EvaluationError) {
        precondition(predicted.count == labels.count && sources.count == labels.count, "one for each item")
        guard !labels.isEmpty else { throw .nothingToEvaluate }
        mistakes = labels.indices.filter { predicted[$0] != labels[$0] }.map {
            Mistake(source: sources[$0], label: labels[$0], predicted: predicted[$0])
        }
        let known = Set(known)
        classes = [ClassResult](labels: labels, right: zip(predicted, labels).map { $0 == $1 })
        absent = classes.map(\.label).filter { !known.contains($0) }
        let total = classes.total
        items = total.items
        errors = total.errors
        accuracy = total.accuracy
        interval = total.interval
        macroAccuracy = classes.macroAccuracy(without: absent)
        confusions = Confusion.pairs(of: mistakes)
    }
}

/// How a part of a test set was answered.
public struct PartResult: Codable, Sendable, Equatable {
    /// What the part is called: the folder of its pictures.
    public var name: String
    /// How many items it has.
    public var items: Int
    /// Those that were given a wrong class.
    public var errors: Int
    /// 0...1, 0 if it has no items.
    public var accuracy: Double
    /// 95 % interval of `accuracy`.
    public var interval: Interval

    /// `interval` is Wilson's, unless given.
    package init(name: String, items: Int, errors: Int, interval: Interval? = nil) {
        (self.name, self.items, self.errors) = (name, items, errors)
        accuracy = items == 0 ? 0 : Double(items - errors) / Double(items)
        self.interval = interval ?? Interval(items - errors, of: items)
    }
}
