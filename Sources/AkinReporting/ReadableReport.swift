import AkinBasics
import AkinEvaluation
import AkinVectorSearch

/// A report on single items as it is told to people, whatever protocol it comes from.
public protocol ReadableReport: Measured {
    /// What was done, in a word or two.
    var title: String { get }
    /// How it was done; sentences without a full stop, if there is something to say.
    var method: String? { get }
    /// The mean of the classes' accuracies without `unanswerable`.
    var macroAccuracy: Double? { get }
    /// What is counted apart as well.
    var parts: [PartResult]? { get }
    /// By label.
    var classes: [ClassResult] { get }
    /// Classes that cannot be answered rightly.
    var unanswerable: [String] { get }
    /// Why they cannot.
    var whyUnanswerable: String { get }
    /// In the order of the items.
    var mistakes: [Mistake] { get }
}

extension LeaveOneOutReport: ReadableReport {
    /// `Leave-one-out`, or how many stratified folds.
    public var title: String {
        stratifiedFolds.map { counted($0, "stratified fold") } ?? "Leave-one-out"
    }
    /// The classifier, the metric, what was left out and whether backbones were trained.
    public var method: String? {
        let unit = byGroup ? "group" : "item"
        let one =
            stratifiedFolds.map {
                "\(counted($0, "fold")) of whole \(unit)s, each with its share of every class, left out one after the other"
            } ?? "one \(unit) left out at a time"
        let left = one + (copies.map { $0 > 0 ? " with its copies (\($0) items have some)" : "" } ?? "")
        let backbone =
            retrained ? "a fresh backbone trained without it" : "the backbone may have been trained on it"
        return "\(classifier), metric \(metric.rawValue); \(left), \(backbone)"
    }
    /// None.
    public var parts: [PartResult]? { nil }
    /// The singletons.
    public var unanswerable: [String] { singletons }
    /// That there is nothing else of the class.
    public var whyUnanswerable: String {
        byGroup
            ? "all its items are one group: nothing to compare with"
            : "a single item: nothing to compare with"
    }
}

extension HoldOutReport: ReadableReport {
    /// `Test set`
    public var title: String { "Test set" }
    /// How many pictures the index has too, if there are such.
    public var method: String? {
        guard let copies, copies > 0 else { return nil }
        return
            "\(copies) of \(counted(items, "picture")) \(copies == 1 ? "is" : "are") in the index too; answered without them"
    }
    /// Those that the index does not have.
    public var unanswerable: [String] { absent }
    /// That.
    public var whyUnanswerable: String { "not in the index" }
}

extension ReadableReport {
    /// How many were right, with the mean of the classes.
    var accuracySentence: String {
        let mean = macroAccuracy.map {
            "; mean over \(unanswerable.isEmpty ? "classes" : "the other classes") \(percent($0))"
        }
        return sentence + (mean ?? "")
    }

    /// The same of each part.
    var partSentences: [String] { (parts ?? []).map { "\($0.name): \($0.sentence)" } }

    /// Lines of `confusionColumns`: the pairs of classes that were mistaken more than once.
    var confusionRows: [[String]] {
        Confusion.pairs(of: mistakes).filter { $0.count > 1 }
            .map { [$0.label, $0.predicted, "\($0.count)"] }
    }

    /// Lines of `resultColumns`; of a class that cannot be answered rightly why.
    var classRows: [[String]] {
        let unanswerable = Set(unanswerable)
        return classes.map { result in
            let cells = result.cells(result.label)
            return unanswerable.contains(result.label) ? cells.prefix(3) + ["-", whyUnanswerable] : cells
        }
    }
}

extension Measured {
    /// How many were right.
    var sentence: String {
        "\(items - errors) of \(items) right: \(percent(accuracy)) "
            + "(95 % interval \(percent(interval.low, to: interval.high)))"
    }

    /// A line of `resultColumns`.
    func cells(_ name: String) -> [String] {
        [
            name, "\(items)", "\(errors)", percent(accuracy), percent(interval.low, to: interval.high),
        ]
    }
}

/// Columns of a table of results, the first with their names.
func resultColumns(_ title: String) -> [(title: String, alignment: TextColumns.Alignment)] {
    [(title, .left), ("n", .right), ("errors", .right), ("accuracy", .right), ("95 % interval", .left)]
}

/// Columns of a table of what was taken for what.
let confusionColumns: [(title: String, alignment: TextColumns.Alignment)] = [
    ("real class", .left), ("predicted class", .left), ("times", .right),
]
