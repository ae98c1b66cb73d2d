import AkinItems
import AkinTensors
import AkinVectorSearch

/// A rule by which a query is given a class: one type, in a file of its own, for each classifier. `Classifier` is what is
/// handed round.
public protocol ClassificationRule: Sendable, Hashable, CustomStringConvertible {
    /// The name that commands and recipes use.
    static var name: String { get }

    /// The rule as it is named in commands and recipes, with what they say beside the name.
    init(_ settings: ClassifierSettings) throws(ClassificationError)

    /// How the class is found, in a sentence for people who look at the answers.
    var explanation: String { get }

    /// Throws if the rule makes no sense with distances of `metric`.
    func check(metric: Metric.Kind) throws(ClassificationError)

    /// What to tell a user of a gallery with so many items, or nil.
    func note(items: Int) -> String?

    /// In how many folds, each with its share of every class, an evaluation leaves items out, where to fit for each item
    /// would take too long; nil where each is left out by itself.
    var stratifiedFolds: Int? { get }

    /// About how many multiplications a fit takes, a tenth of those counted that are done many at a time; nil where it takes no more than
    /// a look at each item.
    func costOfFit(items: Int, dimension: Int, classes: Int) -> Double?

    /// Whether what it has fitted can be kept: `FittedRule.record`.
    var keepsFit: Bool { get }

    /// Gets ready to answer by the items of a gallery that are in `scope`. What is fitted holds for the state of the
    /// gallery that the reader sees.
    func fitted(to reader: any GalleryReader, in scope: ItemScope) throws -> any FittedRule

    /// The rule with what `FittedRule.record` has kept of it, fitted to all items; nil where that is none of this rule's.
    func fitted(from record: [UInt8], by metric: Metric, dimension: Int) -> (any FittedRule)?

    /// For each of `positions` the answer by all examples that are not left out with it, made by
    /// `Examples.answers(leavingOut:_:predict:)`. `listing` is how many neighbours each lists; at least those that voted.
    func answers(
        leavingOut positions: [Int], _ folds: Folds, of examples: Examples, listing: Int
    ) throws -> [LeftOutAnswer]
}

/// A rule that is ready to answer.
public protocol FittedRule: Sendable {
    /// What was fitted, to be kept with the items for as long as these are the same; nil where it is not worth that.
    var record: [UInt8]? { get }

    /// One prediction for each row of `queries`, `[queries, dimension]`, whose values are all finite. A neighbour's id is
    /// the item's.
    ///
    /// - Parameters:
    ///   - reader: Sees the state that was fitted to.
    ///   - listed: How many neighbours are listed; at least those that voted.
    ///   - method: How neighbours are searched.
    func predictions(
        for queries: Matrix, in reader: any GalleryReader, listing listed: Int, method: SearchMethod
    ) throws -> [Prediction]
}

extension FittedRule {
    /// Nothing.
    public var record: [UInt8]? { nil }
}

extension ClassificationRule {
    /// No more than a look at each item.
    public func costOfFit(items: Int, dimension: Int, classes: Int) -> Double? { nil }

    /// It cannot.
    public var keepsFit: Bool { false }

    /// None is kept.
    public func fitted(from record: [UInt8], by metric: Metric, dimension: Int) -> (any FittedRule)? {
        nil
    }

    /// The name.
    public var description: String { Self.name }

    /// Makes sense with every metric.
    public func check(metric: Metric.Kind) throws(ClassificationError) {}

    /// Nothing.
    public func note(items: Int) -> String? { nil }

    /// None: each is left out by itself.
    public var stratifiedFolds: Int? { nil }

    /// Fits anew for each fold, to all examples that are not left out with it.
    public func answers(
        leavingOut positions: [Int], _ folds: Folds, of examples: Examples, listing: Int
    ) throws -> [LeftOutAnswer] {
        let predictions = try refitted(leavingOut: positions, folds, of: examples, listing: listing)
        return examples.answers(leavingOut: positions, folds) { row, _ in predictions[row] }
    }

    /// For each of `positions` the prediction of the rule fitted to all examples that are not left out with it; nil where
    /// the example is no number, or nothing is left. A neighbour's id is the example's position.
    package func refitted(
        leavingOut positions: [Int], _ folds: Folds, of examples: Examples, listing: Int
    ) throws -> [Prediction?] {
        var predictions = [Prediction?](repeating: nil, count: positions.count)
        let usable = positions.indices.filter { examples.embeddings[positions[$0]].allSatisfy(\.isFinite) }
        let byRest = Dictionary(grouping: usable) { folds.leftOut(with: positions[$0]) }
        for (left, places) in byRest.sorted(by: { $0.value[0] < $1.value[0] }) {
            let rest = try examples.gallery(without: left)
            let queries = examples.embeddings.rows(at: places.map { positions[$0] })
            let answers = try rest.read { reader -> [Prediction]? in
                guard reader.count > 0 else { return nil }
                return try fitted(to: reader, in: ItemScope())
                    .predictions(for: queries, in: reader, listing: listing, method: .exact)
            }
            guard let answers else { continue }
            for (place, answer) in zip(places, answers) {
                var answer = answer
                for i in answer.neighbours.indices { answer.neighbours[i].id -= 1 }
                predictions[place] = answer
            }
        }
        return predictions
    }

    /// Whether what it fits to so many classes can be kept; where that is too much, none is made beforehand.
    package func keepsFit(classes: Int, dimension: Int) -> Bool {
        keepsFit && FitRecord.canHold(classes: classes, columns: dimension)
    }
}
