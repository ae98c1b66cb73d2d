import AkinNetworks
import AkinTraining

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
        let inputs = images.allInputs
        return try report(
            retraining: { positions, _ in
                let trainer = try Trainer(recipe, data: images.only(positions))
                try trainer.run { _ in
                    if isCancelled() { throw CancellationError() }
                    return true
                }
                return Embedder(trainer.checkpoint).embeddings(of: inputs, count: images.count)
            }, progress: progress)
    }
}
