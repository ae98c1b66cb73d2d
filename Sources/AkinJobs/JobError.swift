import AkinBasics
import AkinVectorSearch

/// Why a job could not be done, where it is no error of what it works with.
public enum JobError: Error, Hashable, Sendable {
    /// It was cancelled.
    case interrupted(Interruption)
    /// OpenBLAS cannot be used; why, and what to do.
    case noBLAS(String)

    /// No item comes from this file or folder.
    case noItem(from: String)
    /// The index has no such label; `nearest` is one that it has.
    case unknownLabel(String, nearest: String?)
    /// No item of the index has this group.
    case unknownGroup(String, nearest: String?)
    /// The index that is there measures otherwise than was asked for.
    case otherMetric(index: String, metric: Metric.Kind, asked: Metric.Kind)

    /// What was done when a job was cancelled.
    public enum Interruption: Hashable, Sendable {
        /// Of `total` so many are in the index; `total` is nil where nothing had begun.
        case added(Int, of: Int?, unit: String)
        /// As the above, of an import.
        case imported(Int, of: Int?)
        /// Nothing; the index is as it was.
        case changedNothing
        /// So many answers were given.
        case answered(Int)
        /// Nothing is left of the work.
        case wroteNothing
    }
}

extension JobError: CustomStringConvertible {
    /// What happened; what to do.
    public var description: String {
        switch self {
        case .interrupted(let interruption): interruption.description
        case .noBLAS(let problem): problem
        case .noItem(let path): "no item of the index comes from '\(path)'"
        case .unknownLabel(let label, let nearest):
            "there is no label '\(label)' in the index\(Self.meaning(nearest))"
        case .unknownGroup(let group, let nearest):
            "no item of the index has the group '\(group)'\(Self.meaning(nearest))"
        case .otherMetric(let index, let metric, let asked):
            "the metric of '\(index)' is \(metric.rawValue), not \(asked.rawValue)"
        }
    }

    private static func meaning(_ nearest: String?) -> String {
        nearest.map { "; did you mean '\($0)'?" } ?? ""
    }
}

extension JobError.Interruption: CustomStringConvertible {
    /// What happened.
    public var description: String {
        switch self {
        case .added(_, nil, _), .imported(_, nil): "interrupted before anything was done"
        case .added(let done, let total?, let unit):
            "interrupted after \(done) of \(total) \(unit), all of them whole in the index"
        case .imported(let done, let total?):
            "interrupted after \(done) of \(total) items, all of them whole in the index"
        case .changedNothing: "interrupted; the index is as it was"
        case .answered(let count): "interrupted after \(counted(count, "answer"))"
        case .wroteNothing: "interrupted; nothing was written"
        }
    }
}
