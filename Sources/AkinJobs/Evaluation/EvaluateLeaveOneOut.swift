import AkinClassification
import AkinDatasets
import AkinEvaluation
import AkinIndexing
import AkinItems
import AkinReporting
import AkinVectorSearch

/// Leaves each item of an index out once, and has all the others classify it, with the embeddings that there are.
public struct EvaluateLeaveOneOut: Job {
    /// Whose items.
    public var index: IndexPlace
    /// How the class is found.
    public var classifier: Classifier
    /// Whether the whole group of an item is left out with it.
    public var byGroup: Bool

    /// What is to be evaluated.
    public init(
        _ index: IndexPlace, classifier: Classifier = .nearestNeighbours(k: 5), byGroup: Bool = false
    ) {
        self.index = index
        self.classifier = classifier
        self.byGroup = byGroup
    }

    /// Evaluates it.
    @discardableResult
    public func run(_ monitor: Monitor) throws -> LeaveOneOutReport {
        try monitor.checkMachine()
        let index = try index.reading()
        let (items, embeddings) = try index.labelled()
        if byGroup, !items.isEmpty, items.allSatisfy({ $0.group == nil }) { throw JobError.noGroups }
        let evaluation = try LeaveOneOut(
            sources: items.map(\.source), labels: items.map(\.label),
            groups: byGroup ? items.map(\.group) : nil,
            classifier: classifier, metric: index.metric.kind)
        if let note = classifier.note(items: items.count - 1) { monitor.note(.classifier(note)) }
        return try evaluation.report(embeddings: embeddings, learned: index.metric.learned)
    }
}

extension LeaveOneOutReport {
    /// A page of HTML that shows the mistakes, with the pictures as far as they can be read.
    public func sheet() -> Sheet {
        let pictures = SourcePictures()
        return Sheet(mistakesOf: self) { pictures.picture(of: $0) }
    }
}
