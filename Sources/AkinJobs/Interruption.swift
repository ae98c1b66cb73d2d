import AkinBasics

extension JobError {
    /// What there is of a job that was cancelled.
    public enum Interruption: Hashable, Sendable {
        /// Of `total` so many are in the index; `total` is nil where nothing had begun.
        case added(Int, of: Int?, unit: String)
        /// As the above, of an import.
        case imported(Int, of: Int?)
        /// Nothing; the index is as it was.
        case changedNothing
        /// So many answers were given.
        case answered(Int)
        /// Nothing; no file was written.
        case wroteNothing
        /// A run was training; where it stands is kept.
        case training
        /// A run has trained its backbone, and was making its index.
        case indexing
        /// A run was training without some of its pictures; the backbone is trained, and what was done of the others is kept.
        case retraining
        /// Some runs of several; that with this seed and those behind it, `left` together, are not done.
        case repetition(seed: UInt64, left: Int)
    }
}

extension JobError.Interruption: CustomStringConvertible {
    /// What happened.
    public var description: String { "interrupted\(extent)" }

    /// How far the job had come: it goes on behind "interrupted".
    var extent: String {
        switch self {
        case .added(_, nil, _), .imported(_, nil): " before anything was done"
        case .added(let done, let total?, let unit):
            " after \(done) of \(total) \(unit), all of them whole in the index"
        case .imported(let done, let total?):
            " after \(done) of \(total) items, all of them whole in the index"
        case .changedNothing: "; the index is as it was"
        case .answered(let count): " after \(counted(count, "answer"))"
        case .wroteNothing: "; nothing was written"
        case .training: ""
        case .indexing: " while indexing; the backbone is trained"
        case .retraining: " while retraining"
        case .repetition(let seed, _): " in the run with seed \(seed)"
        }
    }
}
