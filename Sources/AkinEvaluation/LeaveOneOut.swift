import AkinBasics
import AkinClassification
import AkinTensors
import AkinVectorSearch

/// The protocol of the thesis for few images (chapter 6): each item is left out once and classified by the
/// others.
///
/// By item, the one item is left out. By group, so is everything of its group (page, manuscript, writer),
/// because pictures of one page resemble each other in more than what they show; items without a group stand
/// alone. Either way so are an item's copies: the same picture, from another place.
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
    /// The positions left out together, in ascending order, by the first of each; by group, copies in other groups are
    /// left out as well.
    public let folds: [[Int]]
    /// How many items have copies; nil if it is not known which, or they are not left out.
    public let copies: Int?

    private let itemLabels: ItemLabels
    private let partition: Folds

    /// - Parameters:
    ///   - groups: For each item its group, if known; nil leaves out one item at a time.
    ///   - contents: Of what each item was made; nil compares copies with each other.
    /// - Throws: `EvaluationError` if there are not two items, or two groups, or there is not one of each for each label.
    public init(
        sources: [Source], labels: [String], groups: [String?]? = nil, contents: [ContentHash]? = nil,
        classifier: Classifier, metric: Metric.Kind
    ) throws(EvaluationError) {
        let counts = [("sources", sources.count), ("groups", groups?.count), ("contents", contents?.count)]
        for case (let things, let count?) in counts where count != labels.count {
            throw .countsDiffer(items: labels.count, things: things, count)
        }
        do { try classifier.check(metric: metric) } catch { throw .classification(error) }
        self.sources = sources
        self.labels = labels
        self.classifier = classifier
        self.metric = metric
        byGroup = groups != nil
        itemLabels = ItemLabels(labels)
        let alike = contents.map { Self.folds($0.map(Optional.init)) }
        let copied = alike?.filter { $0.count > 1 } ?? []
        copies = alike.map { _ in copied.reduce(0) { $0 + $1.count } }
        folds = groups.map { Self.folds($0) } ?? alike ?? labels.indices.map { [$0] }
        guard labels.count > 1 else { throw .tooFewItems(labels.count) }
        guard folds.count > 1 else {
            guard let groups else { throw .allCopies(items: labels.count) }
            throw .oneGroup(groups.lazy.compactMap(\.self).first ?? "", items: labels.count)
        }
        partition = Folds(folds, copies: copied)
    }

    /// The positions of equal keys together; what has none stands alone.
    private static func folds<Key: Hashable>(_ keys: [Key?]) -> [[Int]] {
        var folds: [[Int]] = []
        var foldOfKey: [Key: Int] = [:]
        for (item, key) in keys.enumerated() {
            if let key, let fold = foldOfKey[key] {
                folds[fold].append(item)
            } else {
                if let key { foldOfKey[key] = folds.count }
                folds.append([item])
            }
        }
        return folds
    }

    /// What the user should be told of how it is done, if anything.
    public var note: String? { classifier.note(items: labels.count - 1) }

    /// By groups that are known, if at all.
    init(
        sources: [Source], labels: [String], groups: [String?], byGroup: Bool, contents: [ContentHash]?,
        classifier: Classifier, metric: Metric.Kind
    ) throws(EvaluationError) {
        if byGroup, !groups.isEmpty, groups.allSatisfy({ $0 == nil }) { throw .noGroups }
        try self.init(
            sources: sources, labels: labels, groups: byGroup ? groups : nil, contents: contents,
            classifier: classifier, metric: metric)
    }

    /// Every item is classified by the others with the embeddings as they are: `[items, dimension]`.
    ///
    /// The backbone may have been trained on the very items that are left out; `outcomes(retraining:)` is the
    /// stricter test. O(items² · dimension), on all threads of the pool. Where the classifier takes too long to fit, ten folds
    /// are left out one after the other, each with its share of every class.
    ///
    /// - Parameters:
    ///   - learned: What was learned with the embeddings, where `metric` is `learnedL1`.
    ///   - asked: The positions of the items that are asked about; nil: all.
    ///   - inFolds: In how many such folds items are left out where the classifier does not say so itself; nil: each is
    ///     by itself.
    public func outcomes(
        of embeddings: Matrix, learned: LearnedL1? = nil, asked: [Int]? = nil, inFolds: Int? = nil
    ) throws -> Outcomes {
        let examples = try examples(embeddings, learned)
        let count = classifier.rule.stratifiedFolds ?? inFolds
        let folds = count.map { partition.stratified($0, itemLabels) } ?? partition
        var outcomes = outcomes(
            try answers(to: asked ?? Array(labels.indices), leavingOut: folds, by: examples), retrained: false
        )
        if count != nil { outcomes.stratifiedFolds = folds.count }
        return outcomes
    }

    /// For every fold a fresh backbone is trained without the items left out (thesis, chapter 6), one fold
    /// after the other.
    ///
    /// - Parameters:
    ///   - embed: Trains on the items at the positions given, for the fold of that number, and returns the
    ///     embeddings of all items, `[items, dimension]`, those left out included.
    ///   - progress: Called after each fold.
    public func outcomes(
        retraining embed: (_ trainingPositions: [Int], _ fold: Int) throws -> Matrix,
        progress: (LeaveOneOutProgress) -> Void = { _ in }
    ) throws -> Outcomes {
        try outcomes(retrainingWithMetric: { (try embed($0, $1), nil) }, progress: progress)
    }

    /// As the above; what the backbone of a fold has learned comes with the embeddings.
    func outcomes(
        retrainingWithMetric embed: (_ trainingPositions: [Int], _ fold: Int) throws -> (Matrix, LearnedL1?),
        progress: (LeaveOneOutProgress) -> Void
    ) throws -> Outcomes {
        var answered = [Outcome?](repeating: nil, count: labels.count)
        var state = LeaveOneOutProgress(folds: folds.count, foldsDone: 0, items: 0, errors: 0)
        for (fold, left) in folds.enumerated() {
            let (embeddings, learned) = try embed(trainingPositions(ofFold: fold), fold)
            let outcomes = try answers(
                to: left, leavingOut: partition, by: try examples(embeddings, learned))
            for (item, outcome) in zip(left, outcomes) { answered[item] = outcome }
            state.foldsDone += 1
            state.items += left.count
            state.errors += outcomes.count { !$0.isRight }
            progress(state)
        }
        // Every item is in a fold.
        return outcomes(answered.compactMap { $0 }, retrained: true)
    }

    /// Where the items are that a fold does not leave out.
    func trainingPositions(ofFold fold: Int) -> [Int] {
        let left = Set(folds[fold].flatMap(partition.leftOut))
        return labels.indices.filter { !left.contains($0) }
    }

    private func examples(_ embeddings: Matrix, _ learned: LearnedL1?) throws(EvaluationError) -> Examples {
        guard embeddings.rows == labels.count else {
            throw .wrongNumberOfEmbeddings(expected: labels.count, found: embeddings.rows)
        }
        guard let metric = Metric(metric, learned: learned) else {
            preconditionFailure("a learned metric without what was learned")
        }
        return Examples(labels: itemLabels, trusted: embeddings, metric: metric)
    }

    /// The outcomes of the items at `positions`.
    private func answers(
        to positions: [Int], leavingOut folds: Folds, by examples: Examples
    ) throws -> [Outcome] {
        let began = ContinuousClock.now
        let answers = try classifier.rule.answers(leavingOut: positions, folds, of: examples, listing: 1)
        let seconds = (ContinuousClock.now - began) / .seconds(1) / Double(positions.count)
        func near(_ neighbour: Neighbour) -> Outcome.Near {
            Outcome.Near(
                source: sources[Int(neighbour.id)], label: labels[Int(neighbour.id)],
                distance: neighbour.distance)
        }
        return try zip(positions, answers).map { item, answer throws(EvaluationError) in
            guard let prediction = answer.prediction else {
                let isAll = folds.leftOut(with: item).count == labels.count
                throw isAll ? .allCopies(items: labels.count) : .notANumber(source: sources[item])
            }
            var outcome = Outcome(source: sources[item], label: labels[item], predicted: prediction.label)
            outcome.ranking = prediction.ranking
            outcome.nearest = prediction.neighbours.first.map(near)
            outcome.nearestSame = answer.nearestSame.map(near)
            outcome.nearestOther = answer.nearestOther.map(near)
            outcome.fold = folds.fold(of: item)
            outcome.seconds = seconds
            return outcome
        }
    }

    private func outcomes(_ list: [Outcome], retrained: Bool) -> Outcomes {
        var outcomes = Outcomes(
            list, procedure: .leaveOneOut, classifier: classifier.description, metric: metric)
        outcomes.byGroup = byGroup
        outcomes.copies = copies
        outcomes.retrained = retrained
        outcomes.note = note
        return outcomes
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
