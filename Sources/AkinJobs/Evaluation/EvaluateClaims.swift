import AkinDatasets
import AkinEvaluation

/// Measures how well a backbone tells genuine claims, as signatures are, from forgeries.
public struct EvaluateClaims: Job {
    /// What is measured.
    public var model: MeasuredBackbone
    /// A folder with a sub-folder for each user, in which one of genuine pictures lies and others of forgeries.
    public var pictures: String
    /// How it is read: labels are those of both folders, unless told otherwise.
    public var reading: FolderReading
    /// How references are drawn.
    public var settings: Claims
    /// Whether pictures of one content all take part.
    public var keepsCopies: Bool

    /// What is to be measured on what.
    public init(
        _ model: MeasuredBackbone, on pictures: String, _ settings: Claims = Claims(),
        _ reading: FolderReading = FolderReading(labelDepth: 2), keepingCopies: Bool = false
    ) {
        self.model = model
        self.pictures = pictures
        self.reading = reading
        self.settings = settings
        keepsCopies = keepingCopies
    }

    /// Measures it.
    @discardableResult
    public func run(_ monitor: Monitor) throws -> Evaluated<ClaimsReport> {
        try monitor.checkMachine()
        let images = try monitor.embed(pictures, reading, with: model.backbone)
        let outcomes = try images.claims(settings, metric: model.metric, keepingCopies: keepsCopies)
        return Evaluated(report: ClaimsReport(outcomes), skipped: images.skipped)
    }
}
