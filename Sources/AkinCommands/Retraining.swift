import Akin
import AkinBasics

extension Recipe {
    /// The classifier that is the head which the backbone was trained with.
    static let head = "head"

    func metric() throws(CommandError) -> Metric.Kind {
        guard let metric = Metric.Kind(rawValue: index.metric) else {
            throw .unknownMetric(recipe: path, metric: index.metric)
        }
        if metric == .learnedL1, training.loss.kind.metric != .learnedL1 {
            throw .recipeLearnsNoMetric(path)
        }
        return metric
    }

    /// The held-out pictures that its protocol asks about; nil where it asks about none.
    func picturesToAskAbout(folder: String?) throws -> Dataset? {
        switch evaluation.procedure {
        case .leaveOneOut, nil: return nil
        case .test, .pairs, .episodes:
            do throws(DatasetError) {
                if let test = try testData(folder: folder) { return test }
            } catch { throw CommandError(error, of: self, folder: folder) }
            throw CommandError.recipeHasNoTest(path)
        }
    }

    /// Of its protocol `episodes`.
    var episodes: Episodes.Settings {
        .init(
            ways: evaluation.ways, shots: evaluation.shots, count: evaluation.episodes,
            withinGroup: evaluation.withinGroup, seed: training.seed)
    }

    /// Refuses an evaluation that could not be done after the training.
    func checkEvaluation(folder: String?) throws {
        if let test = try picturesToAskAbout(folder: folder) {
            guard test.count > 0 else { throw CommandError.nothingHeldOut(path) }
            let labels = test.samples.map(\.label)
            if evaluation.procedure == .episodes {
                var one = episodes
                one.count = 1
                _ = try Episodes(labels: labels, settings: one)
            } else if evaluation.procedure == .pairs {
                _ = try VerificationPairs(labels: labels, count: 2, seed: training.seed)
            }
        }
        if evaluation.procedure == .test, evaluation.classifiers.contains(Self.head),
            training.loss.kind != .crossEntropy || training.classRotations
        {
            throw CommandError.recipeHasNoHead(path)
        }
    }

    /// Those that an index answers by; the softmax head answers by itself, and on a test set only.
    func classifiers() throws(ClassificationError) -> [Classifier] {
        var classifiers: [Classifier] = []
        for name in evaluation.classifiers where !(name == Self.head && evaluation.procedure == .test) {
            classifiers.append(try Classifier(named: name, k: evaluation.k))
        }
        return classifiers
    }
}

/// Leave-one-out with retraining, with a progress line.
func leaveOneOut(
    _ recipe: Recipe, _ images: PreparedImages, classifier: Classifier, byGroup: Bool = false
) throws -> LeaveOneOutReport {
    let evaluation = try LeaveOneOut(
        images, classifier: classifier, metric: try recipe.metric(), byGroup: byGroup)
    if let note = evaluation.note { printError("akin: note: \(note)") }
    Interruption.catchSignals()
    var line = ProgressLine("retraining", unit: "folds")
    defer { line.clear() }
    do {
        return LeaveOneOutReport(
            try evaluation.outcomes(
                retraining: recipe, images: images, isCancelled: { Interruption.isRequested },
                progress: {
                    line.update($0.foldsDone, of: $0.folds, note: "\(counted($0.errors, "error")) so far")
                }))
    } catch is CancellationError {
        throw CommandError.evaluationInterrupted
    }
}
