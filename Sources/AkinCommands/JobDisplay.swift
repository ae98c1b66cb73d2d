import Akin
import AkinBasics
import Synchronization

/// Shows on standard error how a job goes on, and lets ctrl-C end it.
final class JobDisplay: Sendable {
    /// Whether it says how the work is done.
    private let isVerbose: Bool
    private let showsProgress: Bool
    private let line = Mutex<ProgressLine?>(nil)

    init(isVerbose: Bool, showsProgress: Bool = true) {
        self.isVerbose = isVerbose
        self.showsProgress = showsProgress
    }

    /// For the job.
    var monitor: Monitor {
        Monitor(
            isCancelled: { Interruption.isRequested }, progress: { self.show($0) },
            note: { self.note($0) })
    }

    /// Takes the progress off the terminal, until there is more of it.
    func clear() { line.withLock { $0?.clear() } }

    private func show(_ progress: Monitor.Progress) {
        // It has begun. What can be killed without a loss is not kept waiting for.
        if progress.total == nil, !progress.isOver, progress.endsInOrder { Interruption.catchSignals() }
        guard showsProgress else { return }
        line.withLock { line in
            if progress.isOver {
                line?.clear()
                line = nil
            } else if let total = progress.total {
                line?.update(progress.done, of: total, note: progress.note)
            } else {
                line = ProgressLine(progress.title, unit: progress.unit)
            }
        }
    }

    private func note(_ notice: Notice) {
        clear()
        switch notice {
        case .machine: if isVerbose { printError("akin: \(notice)") }
        case .waiting: printError("akin: \(notice)")
        case .skipped(let skipped): listSkipped(skipped)
        default: printError("akin: note: \(printable("\(notice)\(advice(on: notice))"))")
        }
    }
}
