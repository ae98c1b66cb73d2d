import CAkinFiles

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A file that is written under another name beside its own, and takes its own when it is whole: a crash, an error
/// or a full disk leaves what was there before. A link to a file stays one, and its file is replaced; what is no file (a pipe, a
/// terminal) is written to as it is.
package final class PendingFile {
    private let path: String
    /// nil where `path` itself is written to.
    private let temporary: String?
    private var descriptor: CInt
    private var buffer: [UInt8] = []
    private var isPending = true
    private static let bufferSize = 1 << 20

    package init(_ path: String) throws(WriteError) {
        let place = Place(path)
        if place == .stream {
            self.path = path
            temporary = nil
            descriptor = Self.stream(path)
        } else {
            let target = place == .nothing ? nil : realpath(PathText.system(path), nil)
            defer { free(target) }
            self.path = target.map { PathText.text(of: $0) } ?? path
            let name = Self.nameBeside(self.path)
            temporary = name
            descriptor = open(PathText.system(name), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        }
        guard descriptor >= 0 else { throw WriteError(path: path, code: errno) }
    }

    /// Opens a pipe or a terminal; of an open file its very descriptor, for one of its own would write at another place.
    private static func stream(_ path: String) -> CInt {
        let named = ["/dev/stdout": STDOUT_FILENO, "/dev/stderr": STDERR_FILENO][path]
        let numbered = ["/dev/fd/", "/proc/self/fd/"].first { path.hasPrefix($0) }
            .flatMap { CInt(path.dropFirst($0.count)) }
        if let open = named ?? numbered { return fcntl(open, F_DUPFD_CLOEXEC, 0) }
        return open(PathText.system(path), O_WRONLY | O_APPEND | O_CLOEXEC)
    }

    /// A name that nothing has, for what is to take that of `path` once it is whole.
    package static func nameBeside(_ path: String) -> String {
        // Another process may have the same number, in a container that shares the folder.
        "\(path).\(getpid())-\(String(UInt32.random(in: 0...(.max)), radix: 36)).part"
    }

    deinit {
        if descriptor >= 0 { _ = closeDescriptor(descriptor) }
        if isPending, let temporary { unlink(PathText.system(temporary)) }
    }

    /// Whether there is no file that could take its name later: what is written is out.
    package var isStreaming: Bool { temporary == nil }

    package func write(_ bytes: [UInt8]) throws(WriteError) {
        buffer += bytes
        if buffer.count >= Self.bufferSize { try flush() }
    }

    package func write(_ bytes: UnsafeRawBufferPointer) throws(WriteError) {
        buffer += bytes
        if buffer.count >= Self.bufferSize { try flush() }
    }

    /// Writes over the first bytes of what has been written: of a beginning that says how much follows, when that is known. Not
    /// where it is streaming.
    package func replaceBeginning(with bytes: [UInt8]) throws(WriteError) {
        try flush()
        var done = 0
        while done < bytes.count {
            let written = bytes[done...].withUnsafeBytes {
                pwrite(descriptor, $0.baseAddress, $0.count, off_t(done))
            }
            if written < 0 && errno == EINTR { continue }
            guard written > 0 else { throw WriteError(path: path, code: written < 0 ? errno : EIO) }
            done += written
        }
    }

    /// Brings all to the disk. Nothing may be written afterwards.
    package func close() throws(WriteError) {
        try flush()
        var code = temporary == nil || fsync(descriptor) == 0 ? 0 : errno
        if closeDescriptor(descriptor) != 0, code == 0 { code = errno }
        descriptor = -1
        if code != 0 { throw WriteError(path: path, code: code) }
    }

    /// Gives the closed file its name.
    ///
    /// - Parameter replacing: Whether it may take the place of another that has it; else that is an error, `EEXIST`.
    package func rename(replacing: Bool) throws(WriteError) {
        guard let temporary else { return }
        let code =
            replacing
            ? (moveFile(temporary, path) == 0 ? 0 : errno)
            : akin_rename_to_new(PathText.system(temporary), PathText.system(path))
        guard code == 0 else { throw WriteError(path: path, code: code) }
        isPending = false
        // The rename itself has to reach the disk too.
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        let parent = open(PathText.system(folder.isEmpty ? "/" : folder), O_RDONLY | O_CLOEXEC)
        if parent >= 0 {
            fsync(parent)
            _ = closeDescriptor(parent)
        }
    }

    private func flush() throws(WriteError) {
        var code: CInt = 0
        buffer.withUnsafeBytes { bytes in
            var done = 0
            while done < bytes.count {
                let written = writeBytes(descriptor, bytes.baseAddress! + done, bytes.count - done)
                if written < 0 && errno == EINTR { continue }
                guard written > 0 else {
                    code = written < 0 ? errno : EIO
                    return
                }
                done += written
            }
        }
        buffer.removeAll(keepingCapacity: true)
        if code != 0 { throw WriteError(path: path, code: code) }
    }
}

// Inside a type with methods of these names, the C functions need names of their own.
private func writeBytes(_ descriptor: CInt, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}
private func closeDescriptor(_ descriptor: CInt) -> CInt { close(descriptor) }
private func moveFile(_ old: String, _ new: String) -> CInt {
    rename(PathText.system(old), PathText.system(new))
}
