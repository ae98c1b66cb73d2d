import AkinBasics
import AkinClassification
import AkinEvaluation
import AkinIndexing
import AkinTensors

/// Classifiers that were asked about the same items, each left out.
struct CandidateClassifiers {
    /// Which; the earlier ones are preferred.
    let classifiers: [Classifier]
    /// What each said of each item.
    let answers: [[LeftOutAnswer]]
    /// How wrong each was about each item that has another of its class: their mean is that of the classes' shares.
    let errors: [[Double]]

    /// Asks them. Cancelled, it throws.
    init(_ classifiers: [Classifier], asked items: LeftOutItems, _ monitor: Monitor) throws {
        self.classifiers = classifiers
        answers = try monitor.during("leaving each out", unit: "classifiers", endsInOrder: true) { work in
            var answers: [[LeftOutAnswer]] = []
            for classifier in classifiers {
                if monitor.isCancelled { throw JobError.interrupted(.changedNothing) }
                answers.append(try items.answers(by: classifier))
                work.update(WorkProgress(done: answers.count, total: classifiers.count))
            }
            return answers
        }
        errors = answers.map { Self.errors(of: $0, items.examples.labels) }
    }

    /// The first of those that are not worse than the best by more than a standard error.
    var choice: Int { selection.choice }

    /// The one that is better than `current` by more than two standard errors; nil where there is none.
    func better(than current: Classifier) -> Int? {
        guard let own = classifiers.firstIndex(of: current), !errors[own].isEmpty else { return nil }
        return selection.contenders(within: 2).contains(own) ? nil : choice
    }

    /// Each class counting alike, 0...1; nil where no item has another of its class.
    func accuracy(of candidate: Int) -> Double? {
        let errors = errors[candidate]
        return errors.isEmpty ? nil : 1 - errors.reduce(0, +) / Double(errors.count)
    }

    /// How many of those that have another of their class were given a wrong one, and how many these are.
    func tally(of candidate: Int) -> Tally {
        Tally(items: errors[candidate].count, errors: errors[candidate].count { $0 > 0 })
    }

    private var selection: ModelSelection {
        ModelSelection(errors: errors, complexity: Array(classifiers.indices), tolerance: 1)
    }

    private static func errors(of answers: [LeftOutAnswer], _ labels: ItemLabels) -> [Double] {
        let asked = labels.classes.indices.filter { answers[$0].nearestSame != nil }
        let counts = Dictionary(grouping: asked) { labels.classes[$0] }.mapValues(\.count)
        return asked.map { item in
            let own = labels.classes[item]
            let isRight = answers[item].prediction?.label == labels.names[own]
            return isRight ? 0 : Double(asked.count) / Double(counts.count * counts[own]!)
        }
    }
}

extension LeftOutItems {
    /// What it takes to fit the discriminant to all of them, as its `costOfFit` counts.
    var costOfFit: Double {
        Discriminant().costOfFit(
            items: total, dimension: examples.embeddings.columns, classes: examples.labels.names.count) ?? 0
    }
}

extension Monitor {
    /// Tells where another classifier than that by which an index is asked would now be better by more than chance, if that
    /// can be found out in about a second.
    func noteBetterClassifier(of index: EmbeddingIndex) throws {
        guard try index.count <= CalibrateIndex.fewItems, !isCancelled else { return }
        let items = try index.read { try LeftOutItems(of: $0, limit: CalibrateIndex.limit, seed: 1) }
        guard items.examples.labels.names.count > 1, items.costOfFit <= CalibrateIndex.quickFit else {
            return
        }
        let current = try index.classifier(or: nil)
        var tried = CalibrateIndex.candidates(for: items).filter { $0.name != SupportVectors.name }
        if !tried.contains(current) { tried.append(current) }
        // What has been added is added: cancelled, nothing has to be said of it.
        let candidates = try CandidateClassifiers(tried, asked: items, Monitor())
        guard let better = candidates.better(than: current) else { return }
        note(
            .betterClassifier(
                tried[better], right: candidates.accuracy(of: better) ?? 0, than: current,
                rightNow: candidates.accuracy(of: tried.firstIndex(of: current)!) ?? 0))
    }
}
