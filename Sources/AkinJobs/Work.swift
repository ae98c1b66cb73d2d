import AkinBasics

/// A piece of a job's work, for telling how far it has come.
public final class Work {
    private var progress: Monitor.Progress
    private let shows: (Monitor.Progress) -> Void

    init(_ progress: Monitor.Progress, _ shows: @escaping (Monitor.Progress) -> Void) {
        self.progress = progress
        self.shows = shows
        shows(progress)
    }

    /// How much of it is done; nil as long as nobody has said so.
    public var done: WorkProgress? {
        progress.total.map { WorkProgress(done: progress.done, total: $0) }
    }

    /// So much of it is done; `note` says how well it goes.
    public func update(_ done: WorkProgress, note: String = "") {
        progress.done = done.done
        progress.total = done.total
        progress.note = note
        shows(progress)
    }

    func end() {
        progress.isOver = true
        shows(progress)
    }
}
