import Akin
import AkinBasics

/// Runs `work` with a progress line and with ctrl-C ending it after the current transaction.
func interruptibly<Report>(
    title: String, unit: String = "images",
    _ work: (_ isCancelled: () -> Bool, _ progress: (WorkProgress) -> Void) throws -> Report
) throws -> Report {
    Interruption.catchSignals()
    var line = ProgressLine(title, unit: unit)
    var last: WorkProgress?
    defer { line.clear() }
    let report = try work({ Interruption.isRequested }) { progress in
        last = progress
        line.update(progress.done, of: progress.total)
    }
    if Interruption.isRequested, last.map({ $0.done < $0.total }) ?? true {
        line.clear()
        throw CommandError.interrupted(done: last?.done ?? 0, total: last?.total, unit: unit)
    }
    return report
}
