#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A file that could not be written.
public struct WriteError: Error, Equatable, Sendable, CustomStringConvertible {
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
            case EFBIG: "raise the limit on file sizes"
            case EACCES, EPERM, EROFS: "choose a folder that you may write to"
            case ENOENT, ENOTDIR: "make the folder first, or correct the path"
            default: "check the path"
            }
        return "can't write \(path): \(reason); \(todo)"
    }

    /// The system's words.
    package var reason: String { String(cString: strerror(code)) }
}

/// Files that are either there as a whole or not at all.
package enum AtomicFile {
    /// Writes `bytes` to a new file beside `path`, syncs it and renames it over `path`: a crash or a full disk
    /// leaves the old file or the new one.
    package static func write(_ bytes: some Sequence<UInt8>, to path: String) throws(WriteError) {
        let file = try PendingFile(path)
        try file.write(Array(bytes))
        try file.close()
        try file.rename()
    }

    /// Throws what `write` would throw because there is no such folder, or one that must not be written to: for whoever has much to do
    /// before there is something to write. What is at `path` stays as it is.
    package static func check(_ path: String) throws(WriteError) {
        var status = stat()
        if stat(PathText.system(path), &status) == 0 {
            let kind = status.st_mode & S_IFMT
            if kind == S_IFDIR { throw WriteError(path: path, code: EISDIR) }
            // Who reads a pipe would take its being closed for the end.
            guard kind == S_IFREG else { return }
        }
        _ = try PendingFile(path)
    }
}
