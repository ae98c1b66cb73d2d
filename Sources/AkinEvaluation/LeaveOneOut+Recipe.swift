import AkinBasics
import AkinClassification
import AkinNetworks
import AkinTensors
import AkinTraining
import AkinVectorSearch

extension LeaveOneOut {
    /// Of pictures; by group, everything of a picture's group is left out with it, and its copies are in any case, unless
    /// they are to be kept.
    ///
    /// - Throws: `EvaluationError` if there are not two pictures, or not two groups.
    public init(
        _ images: PreparedImages, classifier: Classifier, metric: Metric.Kind, byGroup: Bool = false,
        keepingCopies: Bool = false
    ) throws(EvaluationError) {
        try self.init(
            sources: images.sources, labels: (0..<images.count).map(images.label(at:)), groups: images.groups,
            byGroup: byGroup, contents: keepingCopies ? nil : images.contents, classifier: classifier,
            metric: metric)
    }

    /// As `outcomes(retraining:progress:)`, each fold's backbone trained as `recipe` says, on all images but those
    /// left out.
    ///
    /// - Parameters:
    ///   - images: In the order of `sources` and `labels`.
    ///   - kept: What earlier backbones came to, which are not trained again, and where that of others is kept.
    ///   - isCancelled: Asked after each step; where it returns true, a `CancellationError` is thrown.
    public func outcomes(
        retraining recipe: Recipe, images: PreparedImages, keeping kept: RetrainedFolds? = nil,
        isCancelled: () -> Bool = { false },
        progress: (LeaveOneOutProgress) -> Void = { _ in }
    ) throws -> Outcomes {
        guard images.count == labels.count else {
            throw EvaluationError.countsDiffer(items: labels.count, things: "images", images.count)
        }
        // A fold that leaves too little to train on is told before the first one is trained.
        for fold in folds.indices {
            if isCancelled() { throw CancellationError() }
            do throws(TrainingError) {
                try Trainer.check(recipe, images.only(trainingPositions(ofFold: fold)))
            } catch {
                throw EvaluationError.fold(without: sources[folds[fold][0]], reason: "\(error)")
            }
        }
        // What is frozen is the same in all folds.
        let images = images.ready(for: recipe)
        let pixels = images.inputs.values.prefix(images.count * images.inputCount)
        let all = ContentHash(of: UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: pixels)))
        var collapsed = 0
        var outcomes = try outcomes(
            retrainingWithMetric: { positions, _ in
                let trainer = try Trainer(recipe, data: images.only(positions))
                func train() throws -> RetrainedFolds.Fold {
                    try self.fold(trainer, recipe, images, isCancelled)
                }
                let fold = try kept.map { try $0.fold("\(trainer.identity) \(all)", train) } ?? train()
                if fold.isCollapsed { collapsed += 1 }
                return (fold.embeddings, fold.learned)
            }, progress: progress)
        if collapsed > 0 {
            let note =
                "\(collapsed) of \(folds.count) trainings have collapsed: their embeddings tell nothing apart"
            outcomes.note = [outcomes.note, note].compactMap { $0 }.joined(separator: "; ")
        }
        return outcomes
    }

    /// Trains a backbone, and embeds all pictures with it.
    private func fold(
        _ trainer: Trainer, _ recipe: Recipe, _ images: PreparedImages, _ isCancelled: () -> Bool
    ) throws -> RetrainedFolds.Fold {
        try trainer.run { _ in
            if isCancelled() { throw CancellationError() }
            return true
        }
        let checkpoint = trainer.checkpoint
        do throws(HeadError) {
            return RetrainedFolds.Fold(
                embeddings: recipe.embeddings(of: images.inputs.base, count: images.count, by: checkpoint),
                learned: try checkpoint.metric(metric).learned,
                isCollapsed: trainer.collapse(of: checkpoint) != nil)
        } catch { throw EvaluationError.head(error) }
    }
}
