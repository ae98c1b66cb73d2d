import AkinBasics
import AkinReporting
import AkinTraining

extension Monitor {
    /// Trains, and draws the curves of it. Cancelled, the run ends after the step.
    ///
    /// - Parameter heldOut: The pictures that are measured after each epoch.
    func train(
        _ recipe: Recipe, _ images: PreparedImages, heldOut: PreparedImages?, files: TrainingFiles,
        resuming: Bool
    ) throws -> TrainingReport {
        let trainer = try Trainer(recipe, data: images, heldOut: heldOut)
        func drawCurves() throws {
            // None of an epoch is through.
            guard Folder.isThere(files.history) else { return }
            try TrainingCurves(records: files.records(), title: recipe.name)
                .write(to: OutputFile(files.curves, replacing: true))
        }
        var ownCurves = try curvesToReplace(files, resuming: resuming)
        let report: TrainingReport
        do {
            report = try during("training", endsInOrder: true) { work in
                var records: [EpochRecord] = []
                var seen = 0
                return try trainer.run(files: files, resume: resuming) { progress in
                    // A run that is killed leaves none of another epoch than its history's.
                    if let curves = ownCurves {
                        try Folder.remove(curves)
                        ownCurves = nil
                    }
                    // An epoch's images are known only at its end; all are about alike.
                    let images = progress.images * progress.steps / progress.step
                    let total = seen + (progress.epochs - progress.epoch + 1) * images
                    work.update(
                        WorkProgress(done: seen + progress.images, total: total),
                        note: progress.note(after: records))
                    if let record = progress.finished {
                        records.append(record)
                        seen += progress.images
                    }
                    return !isCancelled
                }
            }
        } catch let error as TrainingError {
            // How it came to that can be seen in them.
            if error.ruin != nil { try drawCurves() }
            throw error
        }
        try drawCurves()
        if report.collapsed == nil, let first = trainer.lossBefore(report) {
            note(.risenLoss(first: first, last: report.finalLoss))
        }
        return report
    }

    /// The curves that a run has drawn which is gone on with, if it has; others are not to be replaced.
    private func curvesToReplace(_ files: TrainingFiles, resuming: Bool) throws -> String? {
        guard resuming, !files.replacesOthers(resuming: true), Folder.isThere(files.curves) else {
            return nil
        }
        let drawn = Folder.isThere(files.history) ? try files.records() : []
        // The run may have got another name meanwhile.
        guard let found = try? FileBytes.read(files.curves, limit: 1 << 26),
            TrainingCurves.isDrawn(String(decoding: found, as: UTF8.self), of: drawn)
        else {
            throw TrainingError.anothersFile(path: files.curves)
        }
        return files.curves
    }
}

extension Trainer.Progress {
    /// `epoch 3 of 40, loss 0.0123, pairs 97.1 %, one-shot 91.2 %`: short enough for a terminal of 80 columns.
    fileprivate func note(after records: [EpochRecord]) -> String {
        var note =
            "epoch \(epoch) of \(epochs), loss \(rounded(loss, 4)), pairs \(rounded(pairAccuracy * 100, 1)) %"
        if let oneShot = records.last(where: { $0.oneShot != nil })?.oneShot {
            note += ", one-shot \(rounded(oneShot * 100, 1)) %"
        } else if let heldOut = records.last?.heldOut {
            note += ", held out \(rounded((heldOut.classAccuracy ?? heldOut.pairAccuracy) * 100, 1)) %"
        }
        return note
    }
}
