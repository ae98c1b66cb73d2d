import AkinEvaluation
import AkinVectorSearch

/// What the text and the sheet say of a report, whatever protocol it comes from.
struct ReportSummary {
    let title: String
    /// How it was done; sentences without a full stop.
    let method: String?
    let accuracy: String
    /// The same of each part.
    let parts: [String]
    let classes: [ClassResult]
    /// Classes that cannot be answered rightly, and why.
    let hopeless: [String]
    let why: String
    let mistakes: [Mistake]

    init(_ report: LeaveOneOutReport) {
        title = "Leave-one-out"
        let left = report.byGroup ? "one group left out at a time" : "one item left out at a time"
        let backbone =
            report.retrained
            ? "a fresh backbone trained without it" : "the backbone may have been trained on it"
        method = "\(report.classifier), metric \(report.metric.rawValue); \(left), \(backbone)"
        accuracy = Self.sentence(
            items: report.items, errors: report.errors, accuracy: report.accuracy, interval: report.interval,
            macro: report.macroAccuracy, others: !report.singletons.isEmpty)
        parts = []
        classes = report.classes
        hopeless = report.singletons
        why =
            report.byGroup
            ? "all its items are one group: nothing to compare with"
            : "a single item: nothing to compare with"
        mistakes = report.mistakes
    }

    init(_ report: HoldOutReport) {
        title = "Test set"
        method = nil
        accuracy = Self.sentence(
            items: report.items, errors: report.errors, accuracy: report.accuracy, interval: report.interval,
            macro: report.macroAccuracy, others: !report.absent.isEmpty)
        parts = (report.parts ?? []).map { part in
            "\(part.name): "
                + Self.sentence(
                    items: part.items, errors: part.errors, accuracy: part.accuracy, interval: part.interval)
        }
        classes = report.classes
        hopeless = report.absent
        why = "not in the index"
        mistakes = report.mistakes
    }

    static func sentence(
        items: Int, errors: Int, accuracy: Double, interval: Interval, macro: Double? = nil,
        others: Bool = false
    ) -> String {
        let mean = macro.map {
            "; mean over \(others ? "the other classes" : "classes") \(percent($0))"
        }
        return "\(items - errors) of \(items) right: \(percent(accuracy)) "
            + "(95 % interval \(percent(interval.low, to: interval.high)))\(mean ?? "")"
    }

    /// Columns of the class table.
    static let classColumns = [
        (title: "class", isNumber: false), (title: "n", isNumber: true), (title: "errors", isNumber: true),
        (title: "accuracy", isNumber: true), (title: "95 % interval", isNumber: false),
    ]

    func cells(of result: ClassResult) -> [String] {
        let counts = [result.label, "\(result.items)", "\(result.errors)"]
        if hopeless.contains(result.label) { return counts + ["-", why] }
        return counts + [percent(result.accuracy), percent(result.interval.low, to: result.interval.high)]
    }
}
