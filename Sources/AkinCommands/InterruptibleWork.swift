import Akin

/// Runs `work` with a progress line and with ctrl-C ending it after the current transaction.
func interruptibly<Report>(
    title: String,
    _ work: (_ isCancelled: () -> Bool, _ progress: (AddProgress) -> Void) throws -> Report
) throws -> Report {
    Interruption.catchSignals()
    let line = ProgressLine(title)
    var last: AddProgress?
    defer { line.finish() }
    let report = try work({ Interruption.isRequested }) { progress in
        last = progress
        line.update(progress.done, of: progress.total)
    }
    if Interruption.isRequested, let last, last.done < last.total {
        line.finish()
        throw CommandError.interrupted(done: last.done, total: last.total)
    }
    return report
}
