import AkinBasics
import AkinDatasets
import AkinEvaluation
import AkinReporting
import AkinTraining

/// Measures a backbone by N-way K-shot episodes of several N: how its accuracy falls as there are more classes to tell apart.
public struct EvaluateEpisodeCurve: Job {
    /// What is measured.
    public var model: MeasuredBackbone
    /// A folder with a sub-folder for each class, or an Omniglot folder.
    public var pictures: String
    /// How it is read.
    public var reading: FolderReading
    /// How many classes an episode has, for each point of the curve.
    public var ways: [Int]
    /// Which episodes, but for their ways.
    public var settings: Episodes.Settings
    /// Whether pictures of one content all take part.
    public var keepsCopies: Bool
    /// The curve is written there, as a drawing.
    public var drawing: OutputFile?

    /// What is to be measured on what.
    public init(
        _ model: MeasuredBackbone, on pictures: String, ways: [Int], _ settings: Episodes.Settings,
        _ reading: FolderReading = FolderReading(), keepingCopies: Bool = false,
        drawing: OutputFile? = nil
    ) {
        self.model = model
        self.pictures = pictures
        self.reading = reading
        self.ways = ways
        self.settings = settings
        keepsCopies = keepingCopies
        self.drawing = drawing
    }

    /// Measures it: a report for each of the ways, in their order.
    @discardableResult
    public func run(_ monitor: Monitor) throws -> Evaluated<[EpisodeReport]> {
        if let few = ways.first(where: { $0 < 2 }) {
            throw JobError.unusableNumber(
                what: "the number of classes of an episode", value: "\(few)", allowed: "2 or more")
        }
        try monitor.checkMachine()
        try OutputFile.check([drawing], of: model.index) {
            try Dataset(folder: pictures, reading).files + model.files
        }
        let images = try monitor.embed(pictures, reading, with: model.backbone)
        let reports = try ways.map { ways in
            if monitor.isCancelled { throw JobError.interrupted(.wroteNothing) }
            var settings = settings
            settings.ways = ways
            return try images.episodes(settings, metric: model.metric, keepingCopies: keepsCopies)
        }
        if let drawing { try ProtocolCurve(reports).write(to: drawing) }
        return Evaluated(report: reports, skipped: images.skipped)
    }
}
