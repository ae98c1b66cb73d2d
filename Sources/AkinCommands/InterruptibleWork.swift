import Akin

/// Runs `work` with a progress line and with ctrl-C ending it after the current transaction.
///
/// - Parameter again: What the user does to go on.
func interruptibly<Report>(
    title: String, again: String,
    _ work: (_ isCancelled: () -> Bool, _ progress: (AddProgress) -> Void) throws -> Report
) throws -> Report {
    Interruption.catchSignals()
    let line = ProgressLine(title)
    var last: AddProgress?
    defer { line.finish() }
    let report = try work({ Interruption.isRequested }) {
        last = $0
        line.update($0.done, of: $0.total)
    }
    if Interruption.isRequested, let last, last.done < last.total {
        line.finish()
        throw CommandError.interrupted(done: last.done, total: last.total, again: again)
    }
    return report
}
