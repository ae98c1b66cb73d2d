#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A file that could not be written.
public struct WriteError: ExplainedError, Equatable, Sendable {
    /// The file that was to be written.
    public let path: String
    /// `errno`.
    public let code: Int32

    package init(path: String, code: Int32) {
        self.path = path
        self.code = code
    }

    /// What happened and what to do, in one line.
    public var description: String {
        let todo =
            switch code {
            case ENOSPC, EDQUOT: "make room on the disk"
            case EEXIST: "choose another name"
            case EFBIG: "raise the limit on file sizes"
            case EACCES, EPERM, EROFS: "choose a folder that you may write to"
            case ENOENT, ENOTDIR: "make the folder first, or correct the path"
            default: "check the path"
            }
        // What is there may have been made in an hour: it is said so that nobody takes it for a fault.
        let reason = code == EEXIST ? "it is there already" : self.reason
        return "can't write \(path): \(reason); \(todo)"
    }

    /// Whether there is a file that was not to be replaced.
    public var isInTheWay: Bool { code == EEXIST }

    /// The system's words.
    package var reason: String { String(cString: strerror(code)) }
}
