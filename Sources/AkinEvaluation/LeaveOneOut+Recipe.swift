import AkinEmbedding
import AkinIndexing
import AkinNetworks
import AkinTraining
import AkinVectorSearch

extension LeaveOneOut {
    /// As `report(retraining:progress:)`, each fold's backbone trained as `recipe` says, on all images but those
    /// left out.
    ///
    /// - Parameters:
    ///   - images: In the order of `sources` and `labels`.
    ///   - isCancelled: Asked after each step; where it returns true, a `CancellationError` is thrown.
    public func report(
        retraining recipe: Recipe, images: PreparedImages, isCancelled: () -> Bool = { false },
        progress: (LeaveOneOutProgress) -> Void = { _ in }
    ) throws -> LeaveOneOutReport {
        precondition(images.count == labels.count, "an image for each item")
        // A fold that leaves too little to train on is told before the first one is trained.
        for fold in folds.indices {
            if isCancelled() { throw CancellationError() }
            do throws(TrainingError) {
                try Trainer.check(recipe, images.only(trainingPositions(ofFold: fold)))
            } catch {
                throw EvaluationError.fold(without: sources[folds[fold][0]], reason: "\(error)")
            }
        }
        let inputs = images.allInputs
        return try report(
            retrainingWithMetric: { positions, _ in
                let trainer = try Trainer(recipe, data: images.only(positions))
                try trainer.run { _ in
                    if isCancelled() { throw CancellationError() }
                    return true
                }
                let checkpoint = trainer.checkpoint
                let embeddings = Embedder(checkpoint).embeddings(of: inputs, count: images.count)
                do throws(HeadError) {
                    return (embeddings, try checkpoint.metric(metric).learned)
                } catch { throw EvaluationError.head(error) }
            }, progress: progress)
    }
}
