import AkinBasics
import AkinNetworks

extension Trainer {
    /// Takes up the state that is there, if that is wanted, and sees that the files can be written, now rather than after
    /// an hour; what has been trained before.
    package func begin(_ files: TrainingFiles, resume: Bool) throws -> (
        files: TrainingFiles, history: History
    ) {
        try files.check(resuming: resume)
        guard resume else { return (files, History()) }
        let replaces = files.replacesOthers(resuming: true)
        let state = files.hasState ? files.state : files.finished
        let known = try TrainingState.restore(self, from: state)
        if !files.hasState, isFinished {
            throw TrainingError.nothingToProlong(
                path: state, done: epoch, stoppedEarly: epoch < recipe.training.epochs)
        }
        var history = History()
        if let bytes = try? FileBytes.read(files.history, limit: 1 << 30) {
            history = History(text: String(decoding: bytes, as: UTF8.self), upTo: epoch)
            if !replaces, let known, known != history.hash {
                throw TrainingError.anothersFile(path: files.history)
            }
        }
        // States from before this was kept do not tell whose the files are.
        if !replaces, known != nil {
            let own = files.isProlonged ? [files.last, files.checkpoint] : [files.last]
            for path in own where OutputFile(path).isThere && !isOwn(path) {
                throw TrainingError.anothersFile(path: path)
            }
        }
        let taken = TrainingFiles(
            checkpoint: files.checkpoint, replacing: replaces, prolonging: files.isProlonged)
        return (taken, history)
    }

    /// Whether a checkpoint is of a training like this one, of however many epochs.
    private func isOwn(_ path: String) -> Bool {
        guard let details = try? Checkpoint(contentsOf: path).details, let text = details.recipe else {
            return false
        }
        return details.pictures == TrainingState.dataHash(self)
            // Where the files lie that it began with may have changed.
            && TrainingState.differences(from: text, of: recipe)
                .allSatisfy { ["training.start", "backbone.frozen"].contains($0.key) }
    }
}

extension History {
    /// Tells it from other histories.
    var hash: String { ContentHash(of: text.utf8).description }
}
