import AkinBasics
import AkinDatasets
import AkinEvaluation

/// Measures a backbone by Omniglot's one-shot runs: it finds the one picture of the same character.
public struct EvaluateRuns: Job {
    /// What is measured.
    public var model: MeasuredBackbone
    /// Holds run01, run02, ... as the archives unpack.
    public var folder: String

    /// What is to be measured on what.
    public init(_ model: MeasuredBackbone, on folder: String) {
        self.model = model
        self.folder = folder
    }

    /// Measures it.
    @discardableResult
    public func run(_ monitor: Monitor) throws -> Evaluated<RunsReport> {
        try monitor.checkMachine()
        let runs = try OneShotRuns(folder: folder)
        let images = try monitor.embed { progress in
            HeldOutImages(of: runs, for: model.backbone) { progress(WorkProgress(done: $0, total: $1)) }
        }
        return Evaluated(
            report: try RunsReport(try images.outcomes(of: runs, metric: model.metric)),
            skipped: images.skipped)
    }
}
