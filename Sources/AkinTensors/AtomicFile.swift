#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A file that could not be read or written: the operating system's reason.
public struct FileError: Error, Equatable, Sendable, CustomStringConvertible {
    public let path: String
    /// What was being done: `read`, `write`.
    public let action: String
    /// `errno`.
    public let code: Int32

    package init(path: String, action: String, code: Int32) {
        self.path = path
        self.action = action
        self.code = code
    }

    /// The system's words for `code`.
    public var reason: String { String(cString: strerror(code)) }
    public var description: String { "can't \(action) \(path): \(reason)" }
}

/// Files that are either there as a whole or not at all.
package enum AtomicFile {
    /// Writes `bytes` to a new file beside `path`, syncs it and renames it over `path`: a crash or a full disk
    /// leaves the old file or the new one.
    package static func write(_ bytes: some Sequence<UInt8>, to path: String) throws(FileError) {
        let temporary = "\(path).\(getpid()).part"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileError(path: path, action: "write", code: errno) }
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
            throw FileError(path: path, action: "write", code: code)
        }
        // The rename itself has to reach the disk too.
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        let parent = open(folder.isEmpty ? "/" : folder, O_RDONLY | O_CLOEXEC)
        if parent >= 0 {
            fsync(parent)
            close(parent)
        }
    }

    /// All bytes of a regular file.
    package static func read(_ path: String) throws(FileError) -> [UInt8] {
        func failure(_ code: Int32) -> FileError { FileError(path: path, action: "read", code: code) }
        // O_NONBLOCK: a named pipe must not hold us up.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw failure(errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure(errno) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw failure(status.st_mode & S_IFMT == S_IFDIR ? EISDIR : EINVAL)
        }
        var code: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: Int(status.st_size)) { buffer, count in
            while count < buffer.count {
                let got = systemRead(descriptor, buffer.baseAddress! + count, buffer.count - count)
                if got < 0 && errno == EINTR { continue }
                if got < 0 { code = errno }
                guard got > 0 else { return }
                count += got
            }
        }
        guard code == 0 else { throw failure(code) }
        return bytes
    }
}

// Inside a type with methods of these names, the C functions need a name of their own.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}
private func systemRead(_ descriptor: Int32, _ bytes: UnsafeMutableRawPointer, _ count: Int) -> Int {
    read(descriptor, bytes, count)
}
