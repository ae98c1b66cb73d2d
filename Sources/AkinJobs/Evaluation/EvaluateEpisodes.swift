import AkinDatasets
import AkinEvaluation
import AkinTraining

/// Measures a backbone by N-way K-shot episodes: of some classes some pictures are shown, and one is asked for.
public struct EvaluateEpisodes: Job {
    /// What is measured.
    public var model: MeasuredBackbone
    /// A folder with a sub-folder for each class, or an Omniglot folder.
    public var pictures: String
    /// How it is read.
    public var reading: FolderReading
    /// Which episodes.
    public var settings: Episodes.Settings
    /// Whether pictures of one content all take part.
    public var keepsCopies: Bool

    /// What is to be measured on what.
    public init(
        _ model: MeasuredBackbone, on pictures: String, _ settings: Episodes.Settings,
        _ reading: FolderReading = FolderReading(), keepingCopies: Bool = false
    ) {
        self.model = model
        self.pictures = pictures
        self.reading = reading
        self.settings = settings
        keepsCopies = keepingCopies
    }

    /// Measures it.
    @discardableResult
    public func run(_ monitor: Monitor) throws -> Evaluated<EpisodeReport> {
        try monitor.checkMachine()
        let images = try monitor.embed(pictures, reading, with: model.backbone)
        return Evaluated(
            report: try images.episodes(settings, metric: model.metric, keepingCopies: keepsCopies),
            skipped: images.skipped)
    }
}
