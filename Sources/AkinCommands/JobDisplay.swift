import Akin
import AkinBasics
import Synchronization

/// Shows on standard error how a job goes on, and lets ctrl-C end it.
final class JobDisplay: Sendable {
    /// Whether it says how the work is done.
    private let isVerbose: Bool
    /// Whether it says nothing but which files could not be used.
    private let isQuiet: Bool
    private let showsProgress: Bool
    private let shown = Mutex(Shown())

    private struct Shown {
        var line: ProgressLine?
        var plainLines = PlainLines()
    }

    init(isVerbose: Bool, isQuiet: Bool, showsProgress: Bool = true) {
        self.isVerbose = isVerbose
        self.isQuiet = isQuiet
        self.showsProgress = showsProgress && !isQuiet
    }

    /// For the job.
    var monitor: Monitor {
        Monitor(
            isCancelled: { Interruption.isRequested }, progress: { self.show($0) },
            note: { self.note($0) })
    }

    /// Takes the progress off the terminal, until there is more of it.
    func clear() { shown.withLock { $0.line?.clear() } }

    private func show(_ progress: Monitor.Progress) {
        // It has begun. What can be killed without a loss is not kept waiting for.
        if progress.total == nil, !progress.isOver, progress.endsInOrder { Interruption.catchSignals() }
        guard showsProgress else { return }
        shown.withLock { shown in
            if progress.isOver {
                shown.line?.clear()
                shown.line = nil
            } else if let total = progress.total {
                shown.line?.update(
                    progress.done, of: total, note: progress.note, plainLines: &shown.plainLines)
            } else {
                shown.line = ProgressLine(progress.title, unit: progress.unit)
            }
        }
    }

    private func note(_ notice: Notice) {
        clear()
        switch notice {
        case .skipped(let skipped): listSkipped(skipped)
        case _ where isQuiet: break
        case .machine: if isVerbose { printError("akin: \(notice)") }
        case .waiting: printError("akin: \(notice)")
        default: printError("akin: note: \(printable("\(notice)\(advice(on: notice))"))")
        }
    }
}
