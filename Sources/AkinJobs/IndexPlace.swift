import AkinIndexing
import Synchronization

/// The index that a job works on.
public enum IndexPlace: Sendable {
    /// That in a folder, which is opened for the job.
    case folder(String)
    /// One that is open, as a program keeps it that does many jobs.
    case open(EmbeddingIndex)

    /// Where it lies.
    public var path: String {
        switch self {
        case .folder(let path): path
        case .open(let index): index.path
        }
    }

    /// For reading only.
    func reading() throws(IndexError) -> EmbeddingIndex {
        switch self {
        case .folder(let path): try EmbeddingIndex(opening: path, readOnly: true)
        case .open(let index): index
        }
    }

    /// For changes, which say once if they have to wait for another program's.
    func changing(_ monitor: Monitor) throws(IndexError) -> EmbeddingIndex {
        guard case .folder(let path) = self else { return try reading() }
        let hasSaid = Atomic(false)
        return try EmbeddingIndex(
            opening: path,
            whenWaiting: {
                if !hasSaid.exchange(true, ordering: .relaxed) { monitor.note(.waiting) }
            },
            whenMerging: { monitor.note(.labelsMerged($0)) })
    }
}

extension IndexPlace: ExpressibleByStringInterpolation {
    /// That in a folder.
    public init(stringLiteral path: String) { self = .folder(path) }
}
