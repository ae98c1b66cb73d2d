import AkinBasics
import AkinClassification
import AkinEvaluation
import AkinIndexing
import AkinItems
import AkinReporting
import AkinVectorSearch

/// Measures how the accuracy of an index grows with the number of pictures a class, by taking pictures of its own away, and which
/// classes more pictures would help.
public struct EvaluateShots: Job {
    /// Of which.
    public var index: IndexPlace
    /// How the class is found; nil: as the index is to be asked.
    public var classifier: Classifier?
    /// How often pictures are drawn; at least 1.
    public var draws: Int
    /// Of the drawing.
    public var seed: UInt64
    /// The curve is written there, as a drawing, `.svg`.
    public var drawing: OutputFile?

    /// What is to be measured.
    public init(
        _ index: IndexPlace, classifier: Classifier? = nil, draws: Int = 10, seed: UInt64 = 1,
        drawing: OutputFile? = nil
    ) {
        (self.index, self.classifier, self.draws, self.seed) = (index, classifier, draws, seed)
        self.drawing = drawing
    }

    /// Measures it. Cancelled, it writes nothing.
    @discardableResult
    public func run(_ monitor: Monitor) throws -> ShotCurve {
        guard draws > 0 else {
            throw JobError.unusableNumber(
                what: "how often pictures are drawn", value: "\(draws)", allowed: "1 or more")
        }
        try monitor.checkMachine()
        let index = try index.reading()
        let classifier = try index.classifier(or: classifier)
        try classifier.check(metric: index.metric.kind)
        let (items, embeddings) = try index.read { try $0.labelled() }
        guard !items.isEmpty else { throw JobError.noItems(index.path) }
        try OutputFile.check([drawing], of: self.index) { items.files }
        let curve = try monitor.during("answering", unit: "drawings") { work in
            try ShotCurve(
                items, embeddings, index.metric, by: classifier, draws: draws, seed: seed,
                isCancelled: { monitor.isCancelled }, progress: { work.update($0) })
        }
        guard let curve else { throw JobError.interrupted(.wroteNothing) }
        if let drawing { try curve.write(to: drawing) }
        return curve
    }
}
