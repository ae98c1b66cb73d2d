import AkinBasics
import AkinDatasets
import AkinEvaluation
import AkinReporting

/// Measures how well a backbone tells pairs of pictures of one class from pairs of two.
public struct EvaluatePairs: Job {
    /// What is measured.
    public var model: MeasuredBackbone
    /// A folder with a sub-folder for each class, or an Omniglot folder.
    public var pictures: String
    /// How it is read.
    public var reading: FolderReading
    /// How many pairs, half of them of one class; fewer where there are not so many.
    public var count: Int
    /// The distance up to which two pictures are of one class; nil: the best for these pairs.
    public var threshold: Float?
    /// Of the drawing.
    public var seed: UInt64
    /// Whether pictures of one content all take part.
    public var keepsCopies: Bool
    /// The ROC curve is written there, as a drawing.
    public var drawing: OutputFile?

    /// What is to be measured on what.
    public init(
        _ model: MeasuredBackbone, on pictures: String, count: Int = 10_000, threshold: Float? = nil,
        seed: UInt64 = 1, _ reading: FolderReading = FolderReading(), keepingCopies: Bool = false,
        drawing: OutputFile? = nil
    ) {
        self.model = model
        self.pictures = pictures
        self.reading = reading
        self.count = count
        self.threshold = threshold
        self.seed = seed
        keepsCopies = keepingCopies
        self.drawing = drawing
    }

    /// Measures it.
    @discardableResult
    public func run(_ monitor: Monitor) throws -> Evaluated<PairReport> {
        try monitor.checkMachine()
        try OutputFile.check([drawing], of: model.index) {
            try Dataset(folder: pictures, reading).files + model.files
        }
        let images = try monitor.embed(pictures, reading, with: model.backbone)
        let outcomes = try images.pairOutcomes(
            count: count, metric: model.metric, seed: seed, keepingCopies: keepsCopies)
        let report = PairReport(outcomes, threshold: threshold)
        if let drawing { try ProtocolCurve(report).write(to: drawing) }
        return Evaluated(report: report, skipped: images.skipped)
    }
}
