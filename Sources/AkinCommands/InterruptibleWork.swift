import Akin

/// Builds, grows or rebuilds the graph where a change has made that due. Ctrl-C leaves it as it was.
func maintainGraph(of index: EmbeddingIndex) throws {
    let line = ProgressLine("building the graph", unit: "items")
    defer { line.finish() }
    try index.maintainGraph(isCancelled: { Interruption.isRequested }) { line.update($0, of: $1) }
}

/// Runs `work` with a progress line and with ctrl-C ending it after the current transaction.
func interruptibly<Report>(
    title: String, unit: String = "images",
    _ work: (_ isCancelled: () -> Bool, _ progress: (AddProgress) -> Void) throws -> Report
) throws -> Report {
    Interruption.catchSignals()
    let line = ProgressLine(title, unit: unit)
    var last: AddProgress?
    defer { line.finish() }
    let report = try work({ Interruption.isRequested }) { progress in
        last = progress
        line.update(progress.done, of: progress.total)
    }
    if Interruption.isRequested, last.map({ $0.done < $0.total }) ?? true {
        line.finish()
        throw CommandError.interrupted(done: last?.done ?? 0, total: last?.total, unit: unit)
    }
    return report
}
