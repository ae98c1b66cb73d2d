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
            case EACCES, EPERM, EROFS: "choose a folder that you may write to"
            case ENOENT, ENOTDIR: "make the folder first, or correct the path"
            default: "check the path"
            }
        return "can't write \(path): \(String(cString: strerror(code))); \(todo)"
    }
}

/// Files that are either there as a whole or not at all.
package enum AtomicFile {
    /// Writes `bytes` to a new file beside `path`, syncs it and renames it over `path`: a crash or a full disk
    /// leaves the old file or the new one.
    package static func write(_ bytes: some Sequence<UInt8>, to path: String) throws(WriteError) {
        let temporary = "\(path).\(getpid()).part"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw WriteError(path: path, code: errno) }
        var code: Int32 = 0
        Array(bytes).withUnsafeBytes { buffer in
            var done = 0
            while done < buffer.count {
                let written = systemWrite(descriptor, buffer.baseAddress! + done, buffer.count - done)
                if written < 0 && errno == EINTR { continue }
                guard written > 0 else {
                    code = written < 0 ? errno : EIO
                    return
                }
                done += written
            }
        }
        if code == 0 && fsync(descriptor) != 0 { code = errno }
        if close(descriptor) != 0 && code == 0 { code = errno }
        if code == 0 && rename(temporary, path) != 0 { code = errno }
        guard code == 0 else {
            unlink(temporary)
            throw WriteError(path: path, code: code)
        }
        // The rename itself has to reach the disk too.
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        let parent = open(folder.isEmpty ? "/" : folder, O_RDONLY | O_CLOEXEC)
        if parent >= 0 {
            fsync(parent)
            close(parent)
        }
    }
}

// Inside a type with a method of that name, the C function needs a name of its own.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}
