#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Where a result is to be written: a file that is not there yet, or one that may be replaced. It is there as a whole afterwards or not
/// at all. What is no regular file, a pipe or a terminal, is written to as it is.
///
/// ```swift
/// try sheet.write(to: "answers.html")
/// try sheet.write(to: OutputFile("answers.html", replacing: true))
/// ```
public struct OutputFile: Hashable, Sendable, ExpressibleByStringInterpolation {
    /// Its path.
    public let path: String
    /// Whether it may take the place of a file that is there.
    public let replaces: Bool

    /// A file of this path.
    public init(_ path: String, replacing: Bool = false) {
        self.path = path
        replaces = replacing
    }

    /// As the above; nothing is replaced.
    public init(stringLiteral path: String) { self.init(path) }

    /// Whether it is no file, but a pipe, a terminal or standard output: nothing is replaced there.
    package var isStream: Bool { Place(path) == .stream }

    /// Whether there is something of its name, be it a link that leads nowhere.
    package var isThere: Bool { Place(path) != .nothing }

    /// The file itself, from the root, whatever links lead to it.
    package var ownPath: String {
        func real(_ path: String) -> String? {
            let found = realpath(PathText.system(path), nil)
            defer { free(found) }
            return found.map { PathText.text(of: $0) }
        }
        let path = absolutePath(path)
        if let own = real(path) { return own }
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return path }
        let (folder, name) = (String(path[..<slash]), String(path[slash...]))
        return real(folder.isEmpty ? "/" : folder).map { ($0 == "/" ? "" : $0) + name } ?? path
    }

    /// Throws what `write` would throw because of what is there, or because there is no such folder, or one that must not be written
    /// to: for whoever has much to do before there is something to write. What is there stays as it is.
    public func check() throws(WriteError) {
        switch Place(path) {
        case .folder: throw WriteError(path: path, code: EISDIR)
        case .file where !replaces: throw WriteError(path: path, code: EEXIST)
        // Who reads a pipe would take its being closed for the end.
        case .stream: return
        case .file, .nothing: _ = try PendingFile(path)
        }
    }

    /// Writes `bytes` to a new file beside it, syncs that and gives it the name: a crash or a full disk leaves what was there, or the
    /// whole.
    package func write(_ bytes: some Sequence<UInt8>) throws(WriteError) {
        let file = try PendingFile(path)
        try file.write(Array(bytes))
        try file.close()
        try file.rename(replacing: replaces)
    }
}

/// What is where something is to be written.
enum Place {
    case nothing, file, folder, stream

    init(_ path: String) {
        // Also where standard output is a file: it is that file that others have open.
        if ["/dev/stdout", "/dev/stderr"].contains(path)
            || ["/dev/fd/", "/proc/self/fd/"].contains(where: { path.utf8.starts(with: $0.utf8) })
        {
            self = .stream
            return
        }
        var status = stat()
        guard stat(PathText.system(path), &status) == 0 else {
            // A link that leads nowhere has the name all the same.
            self = lstat(PathText.system(path), &status) == 0 ? .file : .nothing
            return
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG: self = .file
        case S_IFDIR: self = .folder
        default: self = .stream
        }
    }
}
