#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Why a file could not be read.
public enum FileError: ExplainedError, Hashable, Sendable {
    case missing
    case danglingLink
    /// `kind`: what it is instead, "a folder" or "a named pipe".
    case notAFile(kind: String)
    case tooLarge(bytes: Int, limit: Int)
    /// `reason`: the system's words.
    case unreadable(reason: String)
}

extension FileError {
    /// What happened; what to do.
    public var description: String {
        switch self {
        case .missing: "there is no such file; check the path"
        case .danglingLink:
            "a symbolic link to a file that does not exist; restore the file or remove the link"
        case .notAFile(let kind): "\(kind), not a file"
        case .tooLarge(let bytes, let limit):
            "\(bytes) bytes, more than the limit of \(limit); is it the right file?"
        case .unreadable(let reason): "cannot be read (\(reason)); check its permissions"
        }
    }
}

/// Reading whole files: only regular ones, so that a named pipe or a device never blocks.
package enum FileBytes {
    /// The content of the file at `path`, which may hold at most `limit` bytes.
    package static func read(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
        let file = open(PathText.system(path), O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else { throw problem(at: path, errno) }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw problem(at: path, errno) }
        if let kind = kindUnlessFile(status) { throw .notAFile(kind: kind) }
        let size = Int(status.st_size)
        guard size <= limit else { throw .tooLarge(bytes: size, limit: limit) }

        var failure: CInt = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            UnsafeMutableRawBufferPointer(buffer).willBeFilled()
            while count < size {
                let got = Self.read(file, buffer.baseAddress! + count, size - count)
                if got == 0 { break }
                if got < 0 {
                    if errno == EINTR { continue }
                    failure = errno
                    break
                }
                count += got
            }
        }
        if failure != 0 { throw problem(at: path, failure) }
        return bytes
    }

    /// The first `count` bytes of the file at `path`, or all of it if that is less.
    package static func beginning(of path: String, count: Int) throws(FileError) -> [UInt8] {
        let file = try FileParts(path)
        var bytes = [UInt8](repeating: 0, count: min(count, file.size))
        let failure: FileError? = bytes.withUnsafeMutableBytes { buffer in
            do throws(FileError) { _ = try file.read(buffer, at: 0) } catch { return error }
            return nil
        }
        if let failure { throw failure }
        return bytes
    }

    /// Whether the file at `path` can be opened for reading, without doing so.
    package static func check(_ path: String) throws(FileError) {
        var status = stat()
        let name = PathText.system(path)
        guard stat(name, &status) == 0 else { throw problem(at: path, errno) }
        if let kind = kindUnlessFile(status) { throw .notAFile(kind: kind) }
        guard access(name, R_OK) == 0 else { throw problem(at: path, errno) }
    }

    /// All that comes on standard input, at most `limit` bytes.
    package static func readStandardInput(limit: Int) throws(FileError) -> [UInt8] {
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = part.withUnsafeMutableBufferPointer { read(STDIN_FILENO, $0.baseAddress!, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw .unreadable(reason: String(cString: strerror(errno))) }
            guard count > 0 else { return bytes }
            bytes += part.prefix(count)
            guard bytes.count <= limit else { throw .tooLarge(bytes: bytes.count, limit: limit) }
        }
    }

    private static func read(_ file: CInt, _ buffer: UnsafeMutablePointer<UInt8>, _ count: Int) -> Int {
        #if canImport(Glibc)
        Glibc.read(file, buffer, count)
        #else
        Darwin.read(file, buffer, count)
        #endif
    }

    static func kindUnlessFile(_ status: stat) -> String? {
        switch status.st_mode & S_IFMT {
        case S_IFREG: nil
        case S_IFDIR: "a folder"
        case S_IFIFO: "a named pipe"
        case S_IFSOCK: "a socket"
        default: "a device"
        }
    }

    static func problem(at path: String, _ code: CInt) -> FileError {
        if code == ENOENT {
            var status = stat()
            return lstat(PathText.system(path), &status) == 0 ? .danglingLink : .missing
        }
        return .unreadable(reason: String(cString: strerror(code)))
    }
}
