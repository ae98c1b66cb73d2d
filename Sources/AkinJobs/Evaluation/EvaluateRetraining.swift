import AkinBasics
import AkinClassification
import AkinEvaluation
import AkinReporting
import AkinTraining

/// Trains a fresh backbone for every picture of a recipe left out, and has it classify that one: as many trainings as there
/// are pictures, so for small sets.
public struct EvaluateRetraining: Job {
    /// How backbones are trained, and on what.
    public var recipe: Recipe
    /// The folder of the pictures, instead of the recipe's.
    public var pictures: String?
    /// How the class is found.
    public var classifier: Classifier
    /// Whether the whole group of a picture is left out with it.
    public var byGroup: Bool
    /// Whether a picture is compared with those of the same content too.
    public var keepsCopies: Bool
    /// A page of HTML is written there that shows the mistakes.
    public var sheet: OutputFile?
    /// How it was asked, for the foot of that page: a command as one would type it.
    public var command: String?

    /// What is to be evaluated.
    public init(
        _ recipe: Recipe, pictures: String? = nil, classifier: Classifier = .nearestNeighbours(k: 5),
        byGroup: Bool = false, keepingCopies: Bool = false, sheet: OutputFile? = nil
    ) {
        self.recipe = recipe
        self.pictures = pictures
        self.classifier = classifier
        self.byGroup = byGroup
        keepsCopies = keepingCopies
        self.sheet = sheet
    }

    /// Evaluates it.
    @discardableResult
    public func run(_ monitor: Monitor) throws -> LeaveOneOutReport {
        try recipe.check()
        try monitor.checkMachine()
        try OutputFile.check([sheet]) { try recipe.inputs(folder: pictures) }
        let images = try recipe.prepared(folder: pictures, monitor)
        let report = try monitor.retrain(
            recipe, images, classifier: classifier, byGroup: byGroup, keepingCopies: keepsCopies)
        if let sheet {
            let foot = PageFoot(classifier: report.classifier, command: command)
            try report.sheet(foot: foot).write(to: sheet)
        }
        return report
    }
}

extension Monitor {
    /// Leave-one-out with retraining.
    func retrain(
        _ recipe: Recipe, _ images: PreparedImages, classifier: Classifier, byGroup: Bool = false,
        keepingCopies: Bool = false, keeping folds: RetrainedFolds? = nil
    ) throws -> LeaveOneOutReport {
        let evaluation = try LeaveOneOut(
            images, classifier: classifier, metric: recipe.index.metric, byGroup: byGroup,
            keepingCopies: keepingCopies)
        do {
            let outcomes = try during("retraining", unit: "folds", endsInOrder: true) { work in
                try evaluation.outcomes(
                    retraining: recipe, images: images, keeping: folds, isCancelled: { isCancelled },
                    progress: {
                        work.update(
                            WorkProgress(done: $0.foldsDone, total: $0.folds),
                            note: "\(counted($0.errors, "error")) so far")
                    })
            }
            if let note = outcomes.note { self.note(.classifier(note)) }
            return try LeaveOneOutReport(outcomes)
        } catch is CancellationError {
            throw JobError.interrupted(folds == nil ? .wroteNothing : .retraining)
        }
    }
}
