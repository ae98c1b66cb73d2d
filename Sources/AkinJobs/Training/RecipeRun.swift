import AkinDatasets
import AkinEvaluation
import AkinIndexing
import AkinTraining

/// What came of one run of a recipe.
public struct RecipeRun: Encodable, Sendable {
    /// Of everything random.
    public let seed: UInt64
    /// The training; nil (and absent) where the backbone is taken as it is.
    public let train: TrainingReport?
    /// The index of the pictures trained on.
    public let index: IndexStats
    /// What the recipe evaluates.
    public let evaluation: [RecipeEvaluation]
    /// Pictures that could not be read, but for those that were trained on.
    public let skipped: [Skipped]
    /// The epochs of the training.
    public let history: [EpochRecord]
    /// What was run, with this run's seed: the recipe's text, with all its keys.
    public let recipe: String
    /// The hash of the backbone.
    public let backbone: String
    /// A hash of the pictures trained on, as the network took them; nil where nothing was trained.
    public let pictures: String?

    enum CodingKeys: CodingKey { case seed, train, index, evaluation }
}

/// One evaluation of a recipe: of a classifier, or of episodes or pairs.
public struct RecipeEvaluation: Encodable, Sendable {
    /// The classifier's name, or what was done.
    public let classifier: String
    /// What came of it.
    public let report: Report

    /// By the recipe's protocol.
    public enum Report: Sendable {
        case leaveOneOut(LeaveOneOutReport)
        case test(HoldOutReport)
        case episodes(EpisodeReport)
        case pairs(PairReport)
    }

    /// 0...1.
    public var accuracy: Double {
        switch report {
        case .leaveOneOut(let report): report.accuracy
        case .test(let report): report.accuracy
        case .episodes(let report): report.accuracy
        case .pairs(let report): report.accuracy
        }
    }

    /// The report under the name of its protocol.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(classifier, forKey: .classifier)
        switch report {
        case .leaveOneOut(let report): try container.encode(report, forKey: .leaveOneOut)
        case .test(let report): try container.encode(report, forKey: .test)
        case .episodes(let report): try container.encode(report, forKey: .episodes)
        case .pairs(let report): try container.encode(report, forKey: .pairs)
        }
    }

    enum CodingKeys: String, CodingKey {
        case classifier, test, episodes, pairs
        case leaveOneOut = "leave_one_out"
    }
}

/// A classifier's accuracies over several seeds.
public struct RecipeSummary: Encodable, Sendable {
    /// As `RecipeEvaluation.classifier`.
    public let classifier: String
    /// Of the accuracies, 0...1.
    public let mean: Double
    /// The sample's standard deviation.
    public let deviation: Double
    /// How many there are.
    public let runs: Int

    /// Of one seed there may be an evaluation (pairs of new classes) that there is not of another.
    static func all(of runs: [RecipeRun]) -> [RecipeSummary] {
        let evaluations = runs.flatMap(\.evaluation)
        let names = evaluations.map(\.classifier)
        return names.indices.filter { names.firstIndex(of: names[$0]) == $0 }.map { i in
            let values = evaluations.filter { $0.classifier == names[i] }.map(\.accuracy)
            let mean = values.reduce(0, +) / Double(values.count)
            let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            return RecipeSummary(
                classifier: names[i], mean: mean,
                deviation: (squares / Double(max(values.count - 1, 1))).squareRoot(), runs: values.count)
        }
    }
}
