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
        let measured: any Measured =
            switch evaluation.report {
            case .leaveOneOut(let report): report
            case .test(let report): report
            case .episodes(let report): report
            case .pairs(let report): report
            }
        self.init(evaluation.classifier, measured)
    }
}
