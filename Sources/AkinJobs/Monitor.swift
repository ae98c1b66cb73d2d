/// Looks after a job while it runs: is told how far it has come and what is worth knowing, and may end it before its
/// time.
///
/// A job asks and tells on the thread that runs it; some notes come from another thread of its.
public struct Monitor: Sendable {
    private let asks: @Sendable () -> Bool
    private let shows: @Sendable (Progress) -> Void
    private let tells: @Sendable (Notice) -> Void

    /// One that lets the job run to its end in silence, but for what is given.
    ///
    /// - Parameters:
    ///   - isCancelled: Whether the job is to end; asked often. It ends with `JobError.interrupted` then, which says
    ///     what there is of it; a training, with a report of as far as it came.
    ///   - progress: Told of each piece of work as it begins, goes on and ends.
    ///   - note: Told what is no error, and yet worth knowing.
    public init(
        isCancelled: @escaping @Sendable () -> Bool = { false },
        progress: @escaping @Sendable (Progress) -> Void = { _ in },
        note: @escaping @Sendable (Notice) -> Void = { _ in }
    ) {
        asks = isCancelled
        shows = progress
        tells = note
    }

    /// Whether the job is to end.
    public var isCancelled: Bool { asks() }

    /// Tells what is worth knowing.
    public func note(_ notice: Notice) { tells(notice) }

    /// The same, told no more notes: of work that is done again.
    var withoutNotes: Monitor { Monitor(isCancelled: asks, progress: shows) }

    /// Does a piece of work, which tells how far it has come.
    ///
    /// - Parameters:
    ///   - title: What is done: "indexing".
    ///   - unit: What is counted: "images".
    ///   - endsInOrder: As `Progress.endsInOrder`.
    public func during<R>(
        _ title: String, unit: String = "images", endsInOrder: Bool = false, _ work: (Work) throws -> R
    ) rethrows -> R {
        let current = Work(
            Progress(title: title, unit: unit, endsInOrder: endsInOrder), shows)
        defer { current.end() }
        return try work(current)
    }
}

extension Monitor {
    /// How far a piece of a job's work has come.
    public struct Progress: Sendable, Hashable {
        /// What is done: "indexing".
        public let title: String
        /// What is counted: "images".
        public let unit: String
        /// Whether it is better cancelled than killed: cancelled, it keeps what is done, or puts back what was.
        public let endsInOrder: Bool
        /// So many of `total` are done.
        public package(set) var done = 0
        /// How many there are; nil where the work has only begun.
        public package(set) var total: Int?
        /// How well it goes: a loss, a count of errors; empty where there is nothing to say.
        public package(set) var note = ""
        /// Whether nothing more is to come of it: it is done, or has failed.
        public package(set) var isOver = false

        package init(title: String, unit: String, endsInOrder: Bool) {
            self.title = title
            self.unit = unit
            self.endsInOrder = endsInOrder
        }
    }
}
