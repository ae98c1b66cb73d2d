import Akin
import Synchronization

/// Records what a job tells, and cancels it once it has told often enough how far it has come.
final class Recorder: Sendable {
    private let told = Mutex<(progress: [Monitor.Progress], notes: [String])>(([], []))
    private let limit: Int
    private let title: String?

    /// - Parameters:
    ///   - updates: Cancels after so many updates of one piece of work or another.
    ///   - title: Cancels after the first update of this.
    init(cancellingAfter updates: Int = .max, in title: String? = nil) {
        (limit, self.title) = (updates, title)
    }

    var monitor: Monitor {
        Monitor(
            isCancelled: {
                let updates = self.updates
                return updates.count >= self.limit || updates.contains { $0.title == self.title }
            },
            progress: { progress in self.told.withLock { $0.progress.append(progress) } },
            note: { notice in
                if case .machine = notice { return }
                self.told.withLock { $0.notes.append("\(notice)") }
            })
    }

    /// What was told of work that goes on.
    var updates: [Monitor.Progress] { progress.filter { $0.total != nil && !$0.isOver } }

    var progress: [Monitor.Progress] { told.withLock { $0.progress } }

    /// The notes that are not of the machine.
    var notes: [String] { told.withLock { $0.notes } }

    /// The titles of all work, in order: each has begun, and has ended.
    var titles: [String] {
        let begun = progress.filter { $0.total == nil && !$0.isOver }.map(\.title)
        return begun == progress.filter(\.isOver).map(\.title) ? begun : []
    }
}
