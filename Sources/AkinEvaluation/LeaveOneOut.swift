import AkinBasics
import AkinClassification
import AkinTensors
import AkinVectorSearch

/// The protocol of the thesis for few images (chapter 6): each item is left out once and classified by the
/// others.
///
/// By item, the one item is left out. By group, so is everything of its group (page, manuscript, writer),
/// because pictures of one page resemble each other in more than what they show; items without a group stand
/// alone.
public struct LeaveOneOut: Sendable {
    /// Where the items come from.
    public let sources: [Source]
    /// Their classes.
    public let labels: [String]
    /// What gives the item left out a class.
    public let classifier: Classifier
    /// How distances are measured.
    public let metric: Metric.Kind
    /// Whether whole groups are left out.
    public let byGroup: Bool
    /// The positions left out together, in ascending order, by the first of each.
    public let folds: [[Int]]

    private let itemLabels: ItemLabels
    private let partition: Folds

    /// - Parameters:
    ///   - groups: For each item its group, if known; nil leaves out one item at a time.
    /// - Throws: `EvaluationError` if there are not two items, or two groups.
    public init(
        sources: [Source], labels: [String], groups: [String?]? = nil, classifier: Classifier,
        metric: Metric.Kind
    ) throws(EvaluationError) {
        precondition(sources.count == labels.count, "a source for each item")
        precondition(groups.map { $0.count == labels.count } ?? true, "a group for each item, or nil")
        do { try classifier.check(metric: metric) } catch { throw .classification(error) }
        self.sources = sources
        self.labels = labels
        self.classifier = classifier
        self.metric = metric
        byGroup = groups != nil
        itemLabels = ItemLabels(labels)
        var folds: [[Int]] = []
        var foldOfGroup: [String: Int] = [:]
        for item in labels.indices {
            if let group = groups?[item], let fold = foldOfGroup[group] {
                folds[fold].append(item)
            } else {
                if let group = groups?[item] { foldOfGroup[group] = folds.count }
                folds.append([item])
            }
        }
        guard labels.count > 1 else { throw .tooFewItems(labels.count) }
        guard folds.count > 1 else { throw .oneGroup(foldOfGroup.keys.first ?? "", items: labels.count) }
        self.folds = folds
        partition = Folds(folds)
    }

    /// Every item is classified by the others with the embeddings as they are: `[items, dimension]`.
    ///
    /// The backbone may have been trained on the very items that are left out; `report(retraining:)` is the
    /// stricter test. O(items² · dimension), on all threads of the pool.
    ///
    /// - Parameter learned: What was learned with the embeddings, where `metric` is `learnedL1`.
    public func report(
        embeddings: Matrix, learned: LearnedL1? = nil
    ) throws -> LeaveOneOutReport {
        try check(embeddings)
        let metric = valued(learned)
        var outcomes = [Outcome?](repeating: nil, count: labels.count)
        // Blocks of rows, so that the distances fit into memory however many items there are.
        let rows = max(1, min(labels.count, 16_000_000 / labels.count))
        for first in stride(from: 0, to: labels.count, by: rows) {
            let block = Array(first..<min(first + rows, labels.count))
            try classify(block, embeddings: embeddings, by: metric, into: &outcomes)
        }
        return try report(of: outcomes, retrained: false)
    }

    /// For every fold a fresh backbone is trained without the items left out (thesis, chapter 6), one fold
    /// after the other.
    ///
    /// - Parameters:
    ///   - embed: Trains on the items at the positions given, for the fold of that number, and returns the
    ///     embeddings of all items, `[items, dimension]`, those left out included.
    ///   - progress: Called after each fold.
    public func report(
        retraining embed: (_ trainingPositions: [Int], _ fold: Int) throws -> Matrix,
        progress: (LeaveOneOutProgress) -> Void = { _ in }
    ) throws -> LeaveOneOutReport {
        try report(retrainingWithMetric: { (try embed($0, $1), nil) }, progress: progress)
    }

    /// As the above; what the backbone of a fold has learned comes with the embeddings.
    func report(
        retrainingWithMetric embed: (_ trainingPositions: [Int], _ fold: Int) throws -> (Matrix, LearnedL1?),
        progress: (LeaveOneOutProgress) -> Void
    ) throws -> LeaveOneOutReport {
        var outcomes = [Outcome?](repeating: nil, count: labels.count)
        var state = LeaveOneOutProgress(folds: folds.count, foldsDone: 0, items: 0, errors: 0)
        for (fold, left) in folds.enumerated() {
            let (embeddings, learned) = try embed(trainingPositions(ofFold: fold), fold)
            try check(embeddings)
            try classify(left, embeddings: embeddings, by: valued(learned), into: &outcomes)
            state.foldsDone += 1
            state.items += left.count
            state.errors += left.filter { outcomes[$0].map(\.predicted) != labels[$0] }.count
            progress(state)
        }
        return try report(of: outcomes, retrained: true)
    }

    /// Where the items are that a fold does not leave out.
    func trainingPositions(ofFold fold: Int) -> [Int] {
        labels.indices.filter { partition.fold(of: $0) != fold }
    }

    private struct Outcome: Sendable {
        var predicted: String
        /// Position of the item closest to it.
        var nearest: Int
        var distance: Float
    }

    private func check(_ embeddings: Matrix) throws(EvaluationError) {
        guard embeddings.rows == labels.count else {
            throw .wrongNumberOfEmbeddings(expected: labels.count, found: embeddings.rows)
        }
    }

    private func valued(_ learned: LearnedL1?) -> Metric {
        guard let metric = Metric(metric, learned: learned) else {
            preconditionFailure("a learned metric without what was learned")
        }
        return metric
    }

    /// Fills in the outcomes of the items at `positions`; nil stays where no distance is a number.
    private func classify(
        _ positions: [Int], embeddings: Matrix, by metric: Metric, into outcomes: inout [Outcome?]
    ) throws {
        let examples = Examples(labels: itemLabels, embeddings: embeddings, metric: metric)
        let predictions = try classifier.rule.predictions(
            leavingOut: positions, partition, of: examples, listing: 1)
        for (item, prediction) in zip(positions, predictions) {
            outcomes[item] = prediction.map {
                Outcome(
                    predicted: $0.label, nearest: Int($0.neighbours[0].id),
                    distance: $0.neighbours[0].distance)
            }
        }
    }

    private func report(of outcomes: [Outcome?], retrained: Bool) throws(EvaluationError) -> LeaveOneOutReport
    {
        var mistakes: [Mistake] = []
        for (item, outcome) in outcomes.enumerated() {
            guard let outcome else { throw .notANumber(source: sources[item]) }
            guard outcome.predicted != labels[item] else { continue }
            mistakes.append(
                Mistake(
                    source: sources[item], label: labels[item], predicted: outcome.predicted,
                    nearest: sources[outcome.nearest], nearestLabel: labels[outcome.nearest],
                    distance: outcome.distance))
        }
        var foldsOfClass = [Set<Int>](repeating: [], count: itemLabels.names.count)
        for (item, own) in itemLabels.classes.enumerated() {
            foldsOfClass[own].insert(partition.fold(of: item))
        }
        let singletons = itemLabels.names.indices.filter { foldsOfClass[$0].count == 1 }.map {
            itemLabels.names[$0]
        }
        return LeaveOneOutReport(
            classes: [ClassResult](labels: labels, right: zip(outcomes, labels).map { $0?.predicted == $1 }),
            singletons: singletons, mistakes: mistakes, classifier: classifier.description, metric: metric,
            byGroup: byGroup, retrained: retrained)
    }
}

/// How far a leave-one-out with retraining has come.
public struct LeaveOneOutProgress: Sendable, Equatable {
    /// How many backbones are to be trained.
    public var folds: Int
    /// How many have been.
    public var foldsDone: Int
    /// Items classified so far.
    public var items: Int
    /// How many of those wrongly.
    public var errors: Int
}
