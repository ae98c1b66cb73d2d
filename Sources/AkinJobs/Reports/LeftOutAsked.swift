import AkinBasics
import AkinClassification
import AkinEvaluation
import AkinItems
import AkinReporting
import AkinTensors
import AkinVectorSearch

/// The items of an index, of which some are left out and asked about.
struct LeftOutAsked {
    let items: [Item]
    let embeddings: Matrix
    let metric: Metric

    /// Fits together may take so many multiplications, a tenth of those that are done many at a time: some tens of seconds.
    private static let mostFitted = 5e10
    /// In so many parts items are left out where each (or each group) by itself would take longer.
    private static let folds = 10

    /// The positions of so many items, of each class its share, from all over it; ascending.
    func spread(_ limit: Int) -> [Int] {
        guard items.count > limit else { return Array(items.indices) }
        let ordered = Dictionary(grouping: items.indices) { items[$0].label }
            .sorted { bytesPrecede($0.key, $1.key) }.flatMap(\.value)
        return (0..<limit).map { ordered[$0 * items.count / limit] }.sorted()
    }

    /// Those left out by whole groups where they have some, and enough can be asked about then; else each alone. Nil where it was
    /// cancelled.
    func answers(
        by classifier: Classifier, _ calibration: Calibration?, limit: Int, isCancelled: () -> Bool,
        progress: (WorkProgress) -> Void
    ) throws -> IndexReport.Answers? {
        // What is slow to fit is asked about as few as calibration does.
        let asked = spread(classifier.rule.stratifiedFolds == nil ? limit : min(limit, CalibrateIndex.limit))
        let hasGroups = items.contains { $0.group != nil }
        let rounds = hasGroups ? 2 : 1
        progress(WorkProgress(done: 0, total: rounds))
        func round(byGroup: Bool) throws -> IndexReport.Answers {
            let left = try LeaveOneOut(
                sources: items.map(\.source), labels: items.map(\.label),
                groups: byGroup ? items.map(\.group) : nil, contents: items.map(\.contentHash),
                classifier: classifier, metric: metric.kind)
            let outcomes = try left.outcomes(
                of: embeddings, learned: metric.learned, asked: asked,
                inFolds: takesLong(left, classifier) ? Self.folds : nil)
            return IndexReport.Answers(
                outcomes.list.map { JudgedOutcome($0, by: classifier, calibration: calibration) },
                byGroup: byGroup, folds: outcomes.stratifiedFolds, copies: outcomes.copies ?? 0)
        }
        var alone = try round(byGroup: false)
        progress(WorkProgress(done: 1, total: rounds))
        guard hasGroups, !isCancelled() else { return isCancelled() ? nil : alone }
        do {
            var grouped = try round(byGroup: true)
            progress(WorkProgress(done: 2, total: rounds))
            if grouped.asked.count * 2 >= alone.asked.count {
                grouped.alone = alone.list
                return grouped
            }
            alone.alone = grouped.list
        } catch EvaluationError.oneGroup {}
        return alone
    }

    /// Whether to fit anew for each of what is left out together would take too long.
    private func takesLong(_ left: LeaveOneOut, _ classifier: Classifier) -> Bool {
        let fit = classifier.rule.costOfFit(
            items: items.count, dimension: embeddings.columns, classes: Set(left.labels).count)
        guard let fit else { return false }
        return fit * Double(left.folds.count { $0.count > 1 }) > Self.mostFitted
    }
}
