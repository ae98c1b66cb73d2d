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

    /// Calls `change` with the index open for changes, which say once if they have to wait for another program's.
    ///
    /// What that other program did may have been to give the index another backbone: where nothing was changed yet, `change` is
    /// called again with the index as it is then.
    package func changing<R>(_ monitor: Monitor, _ change: (EmbeddingIndex) throws -> R) throws -> R {
        guard case .folder(let path) = self else { return try change(reading()) }
        let hasSaid = Atomic(false)
        while true {
            let index = try EmbeddingIndex(
                opening: path,
                whenWaiting: {
                    if !hasSaid.exchange(true, ordering: .relaxed) { monitor.note(.waiting) }
                },
                whenMerging: { monitor.note(.labelsMerged($0)) })
            do { return try change(index) } catch IndexError.rebuilt where !index.hasWritten {
                monitor.note(.begunAgain)
            }
        }
    }
}

extension IndexPlace: ExpressibleByStringInterpolation {
    /// That in a folder.
    public init(stringLiteral path: String) { self = .folder(path) }
}
