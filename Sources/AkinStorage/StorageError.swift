import AkinBasics
import CAkinLMDB

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A return code of LMDB, or an `errno` that it passed on. Open: a code that has no name here is one too.
public struct LMDBCode: RawRepresentable, Hashable, Sendable {
    /// Below 0 LMDB's own, above it an `errno`.
    public let rawValue: Int32

    /// Any code.
    public init(rawValue: Int32) { self.rawValue = rawValue }

    /// The map is too small for what is to be written.
    public static let mapFull = LMDBCode(rawValue: MDB_MAP_FULL)
    /// Another process has grown the database beyond this one's map.
    public static let mapResized = LMDBCode(rawValue: MDB_MAP_RESIZED)
    /// All slots for readers are taken.
    public static let readersFull = LMDBCode(rawValue: MDB_READERS_FULL)
    /// The file is no LMDB database.
    public static let invalid = LMDBCode(rawValue: MDB_INVALID)
    /// The file was written by another version of LMDB.
    public static let versionMismatch = LMDBCode(rawValue: MDB_VERSION_MISMATCH)
    /// A page is not what it should be.
    public static let corrupted = LMDBCode(rawValue: MDB_CORRUPTED)
    /// A page that the database names does not exist.
    public static let pageNotFound = LMDBCode(rawValue: MDB_PAGE_NOTFOUND)
    /// An earlier write left the environment unusable: it has to be opened anew.
    public static let panic = LMDBCode(rawValue: MDB_PANIC)
    /// There is no such key or table.
    public static let notFound = LMDBCode(rawValue: MDB_NOTFOUND)
    /// A key or value has a length that LMDB does not take.
    public static let badValueSize = LMDBCode(rawValue: MDB_BAD_VALSIZE)
    /// No space is left on the device.
    public static let diskFull = LMDBCode(rawValue: ENOSPC)
    /// The user's quota is used up.
    public static let quotaExceeded = LMDBCode(rawValue: EDQUOT)
    /// A file would grow larger than the system or the user's limit allows. A program that does not ignore `SIGXFSZ`
    /// is ended by that signal instead.
    public static let fileTooLarge = LMDBCode(rawValue: EFBIG)
    /// Permission denied.
    public static let accessDenied = LMDBCode(rawValue: EACCES)
    /// The file system is read-only.
    public static let readOnlyFileSystem = LMDBCode(rawValue: EROFS)
    /// No such file or folder.
    public static let noSuchFile = LMDBCode(rawValue: ENOENT)
    /// No memory, or no address space, for the map.
    public static let outOfMemory = LMDBCode(rawValue: ENOMEM)

    /// LMDB's or the system's own words.
    public var message: String { String(cString: mdb_strerror(rawValue)) }
}

/// Why the database could not do what was asked.
public enum StorageError: ExplainedError, Hashable, Sendable {
    /// LMDB gave `code` while `doing` something ("committing a change") to the environment at `path`.
    case failed(LMDBCode, doing: String, path: String)
    /// A stored value cannot be what its table should hold.
    case malformed(table: String, path: String)
    /// A page of the file is not such as LMDB writes.
    case damaged(path: String, reason: String)
    /// A change was asked of an environment that is open for reading only.
    case openForReading(path: String)
    /// Without a lock file that can be written, a reader cannot keep writers from reusing what it reads; and however often
    /// it tried, one did write.
    case changedWhileRead(path: String)
    /// It cannot be compacted, because its folder cannot be exchanged for another.
    case notExchangeable(path: String, reason: String)
}

extension StorageError {
    /// What happened; what to do.
    public var description: String {
        switch self {
        case .failed(let code, let doing, let path):
            "\(doing) failed in '\(path)': \(code.message)\(Self.advice(code).map { "; " + $0 } ?? "")"
        case .malformed(let table, let path):
            "a value in table '\(table)' of '\(path)' is damaged; restore the folder from a copy"
        case .damaged(let path, let reason):
            "'\(path)' is damaged: \(reason); restore the folder from a copy"
        case .openForReading(let path):
            "'\(path)' is open for reading only; open it for writing to change it"
        case .changedWhileRead(let path):
            "'\(path)' was changed each time it was read without a lock; try again when less is written, or get permission "
                + "to write 'lock.mdb'"
        case .notExchangeable(let path, let reason):
            "'\(path)' cannot be compacted: \(reason); nothing was changed"
        }
    }

    private static func advice(_ code: LMDBCode) -> String? {
        switch code {
        case .mapFull: "this change was not made; open it with a larger map"
        case .readersFull: "too many readers at once; try again when some have ended"
        case .invalid: "this is no LMDB database"
        case .versionMismatch: "it was written by another version of LMDB"
        case .corrupted, .pageNotFound: "the file is damaged; restore it from a copy"
        case .panic: "close it and open it again"
        case .diskFull, .quotaExceeded: "this change was not made; free some space and try again"
        case .fileTooLarge: "this change was not made; raise the limit on file sizes"
        case .accessDenied, .readOnlyFileSystem: "it needs permission to write there"
        case .noSuchFile: "check the path"
        case .outOfMemory: "open it with a smaller map, or raise the limit on address space"
        default: nil
        }
    }
}
