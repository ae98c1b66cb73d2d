import AkinVectorSearch

/// The outcomes of all questions of an evaluation, with what holds for all of them: everything that is said of an
/// evaluation follows from these.
public struct Outcomes: Sendable, Equatable {
    /// How items were asked about.
    public enum Procedure: String, Sendable, Codable {
        /// Each by all others, or by those of other groups.
        case leaveOneOut = "leave-one-out"
        /// Labelled items that a gallery has not seen.
        case heldOut = "held-out"
        /// Omniglot's one-shot runs.
        case runs
    }

    /// How items were asked about.
    public var procedure: Procedure
    /// The classifier with its settings.
    public var classifier: String
    /// How distances were measured; nil where none were.
    public var metric: Metric.Kind?
    /// Whether whole groups were left out.
    public var byGroup = false
    /// In how many folds, each with its share of every class, items were left out; nil where each (or its group) was by itself.
    public var stratifiedFolds: Int?
    /// Whether a fresh backbone was trained for each fold.
    public var retrained = false
    /// How many questions were about pictures of which there were copies to compare with, which were left out; nil where
    /// none are left out.
    public var copies: Int?
    /// The labels that could be answered, where the items themselves do not tell.
    public var knownLabels: Set<String>?
    /// The names of what is counted apart as well.
    public var parts: [String] = []
    /// What the user should be told of how it was done, if anything.
    public var note: String?
    /// One for each question, in the order of the items.
    public var list: [Outcome]

    /// Without groups, parts and all that is set where it holds.
    public init(
        _ list: [Outcome], procedure: Procedure, classifier: String, metric: Metric.Kind? = nil
    ) {
        (self.list, self.procedure) = (list, procedure)
        (self.classifier, self.metric) = (classifier, metric)
    }
}

extension Outcomes {
    /// All together.
    public var total: Tally { list.tally }

    /// By class, in the order of the labels.
    public var classes: [ClassResult] {
        var tallies: [String: Tally] = [:]
        for outcome in list { tallies[outcome.label, default: Tally()].count(outcome) }
        return tallies.map { ClassResult(label: $0, items: $1.items, errors: $1.errors) }
            .sorted { $0.label < $1.label }
    }

    /// Classes that could not be answered rightly, in the order of the labels: those that were not among the known
    /// ones, or of which nothing is left when one of them is left out.
    public var unanswerable: [String] {
        if let knownLabels { return Set(list.map(\.label)).subtracting(knownLabels).sorted() }
        var folds: [String: Int] = [:]
        var answerable: Set<String> = []
        for outcome in list {
            let first = folds[outcome.label] ?? outcome.fold
            if first == nil || first != outcome.fold { answerable.insert(outcome.label) }
            folds[outcome.label] = first
        }
        return folds.keys.filter { !answerable.contains($0) }.sorted()
    }

    /// The mean of the classes' accuracies, each class counting alike, without those that are `unanswerable`; nil if
    /// there are no others.
    public var macroAccuracy: Double? {
        let hopeless = Set(unanswerable)
        let counted = classes.filter { !hopeless.contains($0.label) }
        return counted.isEmpty ? nil : counted.reduce(0) { $0 + $1.accuracy } / Double(counted.count)
    }

    /// Those that were answered wrongly, in their order.
    public var mistakes: [Mistake] { list.lazy.filter { !$0.isRight }.map(Mistake.init) }

    /// What was taken for what, most frequent first.
    public var confusions: [Confusion] { Confusion.pairs(of: mistakes) }

    /// By part, in their order.
    public var partResults: [PartResult] {
        var tallies = Array(repeating: Tally(), count: parts.count)
        for outcome in list { if let part = outcome.part { tallies[part].count(outcome) } }
        return zip(parts, tallies).map { PartResult(name: $0, items: $1.items, errors: $1.errors) }
    }
}
