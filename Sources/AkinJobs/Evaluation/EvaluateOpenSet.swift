import AkinBasics
import AkinClassification
import AkinDatasets
import AkinEvaluation
import AkinIndexing
import AkinItems

/// Asks about items of classes that an index does not know, beside those that it knows: how well they are told apart, and whether
/// what a calibration promises holds.
public struct EvaluateOpenSet: Job {
    /// Whose items.
    public var index: IndexPlace
    /// A folder of pictures, or of another index, of other classes; nil leaves out classes of the index.
    public var strangers: String?
    /// How a folder of pictures is read.
    public var reading: FolderReading
    /// How the class is found; nil: as the index is to be asked.
    public var classifier: Classifier?
    /// How it is drawn.
    public var settings: OpenSet

    /// What is to be evaluated.
    public init(
        _ index: IndexPlace, strangers: String? = nil, classifier: Classifier? = nil,
        _ settings: OpenSet = OpenSet(), _ reading: FolderReading = FolderReading()
    ) {
        (self.index, self.strangers, self.classifier) = (index, strangers, classifier)
        (self.settings, self.reading) = (settings, reading)
    }

    /// Evaluates it.
    @discardableResult
    public func run(_ monitor: Monitor) throws -> Evaluated<OpenSetReport> {
        try monitor.checkMachine()
        let index = try index.reading()
        let classifier = try index.classifier(or: classifier)
        let (others, skipped) =
            try strangers.map { try strangers(from: $0, for: index, monitor) } ?? (nil, [])
        let outcomes = try monitor.during("asking", unit: "drawings") { work in
            try settings.outcomes(in: index, classifier: classifier, strangers: others) { progress in
                if monitor.isCancelled { throw JobError.interrupted(.wroteNothing) }
                work.update(progress)
            }
        }
        return Evaluated(report: OpenSetReport(outcomes), skipped: skipped)
    }

    private func strangers(
        from path: String, for index: EmbeddingIndex, _ monitor: Monitor
    ) throws -> (Strangers?, [Skipped]) {
        if EmbeddingIndex.exists(at: path) {
            let other = try EmbeddingIndex(opening: path, readOnly: true)
            try index.check(other.backbone)
            return (try Strangers(other), [])
        }
        // Sub-folders are their classes; where there are none, they are of one.
        let labelled = try Dataset(folder: path, reading)
        let dataset =
            labelled.count > 0 ? labelled : try Dataset(files: [path], label: path, reading)
        let pictures = dataset.withPages(takingAll: false)
        monitor.note(pictures)
        let backbone = try index.storedBackbone
        let images = try monitor.embed { progress in
            HeldOutImages(pictures, for: backbone) { progress(WorkProgress(done: $0, total: $1)) }
        }
        return (try Strangers(images), images.skipped)
    }
}
