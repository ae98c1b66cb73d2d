import AkinEvaluation
import AkinReporting
import AkinTraining

/// What a run of a recipe keeps of each of its repetitions: figures, not what they were counted from.
struct KeptResults: Codable {
    let format: String
    let runs: [Run]

    static let format = "akin-results-1"

    /// One of them.
    struct Run: Codable {
        let seed: UInt64
        /// As `akin run --json` has it; nil where nothing was trained.
        let train: TrainingReport?
        let evaluation: [KeptFigure]
        let history: [EpochRecord]
        /// With this run's seed.
        let recipe: String
        /// The hash of the backbone.
        let backbone: String
        /// The hash of the pictures trained on; nil where nothing was trained.
        let pictures: String?
    }

    init(_ runs: [RecipeRun]) {
        format = Self.format
        self.runs = runs.map { run in
            Run(
                seed: run.seed, train: run.train, evaluation: run.evaluation.map(KeptFigure.init),
                history: run.history, recipe: run.recipe, backbone: run.backbone, pictures: run.pictures)
        }
    }
}

extension KeptFigure {
    /// Of an evaluation.
    init(_ evaluation: RecipeEvaluation) {
        // Figures of one name stand in one row, and these are not of one kind.
        let name = evaluation.classifier
        switch evaluation.report {
        case .leaveOneOut(let report):
            self.init(
                "\(name), leave-one-out\(report.retrained ? " with training" : "")", report)
        case .test(let report): self.init(name, report)
        case .episodes(let report): self.init(name, report)
        case .pairs(let report): self.init(name, report)
        }
    }
}
