import AkinBasics
import CAkinFiles
import CAkinLMDB
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// LMDB's environment, once in a process however often it is opened.
final class OpenEnvironment: @unchecked Sendable {
    let path: String
    /// Of all that this process has opened.
    let number = OpenEnvironment.opened.add(1, ordering: .relaxed).newValue
    private static let opened = Atomic<Int>(0)
    let readOnly: Bool
    /// Whether it is read without a lock file, because that cannot be written.
    let unlocked: Bool
    /// Its file of data.
    let file: FileIdentity
    let descriptor: mdb_filehandle_t
    let pageSize: Int
    private let handle: OpaquePointer
    private let tables = Mutex(Tables())
    // Held shared by every transaction, exclusively while the map is replaced.
    private let mapInUse = UnsafeMutablePointer<pthread_rwlock_t>.allocate(capacity: 1)

    init(_ path: String, _ options: EnvironmentOptions) throws(StorageError) {
        self.path = path
        readOnly = options.readOnly
        if !readOnly { try Self.reserveLockFile(in: path, readers: options.readers) }
        var mapSize = options.mapSize
        var flags = UInt32(MDB_NOTLS) | (readOnly ? UInt32(MDB_RDONLY) : 0)
        while true {
            var environment: OpaquePointer?
            try Self.check(mdb_env_create(&environment), "opening the database", path)
            mdb_env_set_mapsize(environment, mapSize)
            mdb_env_set_maxreaders(environment, UInt32(options.readers))
            mdb_env_set_maxdbs(environment, 32)
            let code = mdb_env_open(environment, PathText.system(path), flags, 0o644)
            if code == 0 {
                handle = environment!
                break
            }
            mdb_env_close(environment)
            if code == ENOMEM, mapSize >= 1 << 21 {
                mapSize /= 2
            } else if readOnly, code == EACCES, flags & UInt32(MDB_NOLOCK) == 0 {
                flags |= UInt32(MDB_NOLOCK)
            } else {
                throw .failed(LMDBCode(rawValue: code), doing: "opening the database", path: path)
            }
        }
        // On a file system that is mounted for reading LMDB leaves out the lock by itself, and others may write to it by
        // another mount.
        var system = statvfs()
        let isMountedReadOnly =
            statvfs(PathText.system(path), &system) == 0 && system.f_flag & UInt(ST_RDONLY) != 0
        unlocked = flags & UInt32(MDB_NOLOCK) != 0 || (readOnly && isMountedReadOnly)
        var descriptor: mdb_filehandle_t = -1
        mdb_env_get_fd(handle, &descriptor)
        self.descriptor = descriptor
        var status = stat()
        fstat(descriptor, &status)
        file = FileIdentity(status)
        var statistics = MDB_stat()
        mdb_env_stat(handle, &statistics)
        pageSize = Int(statistics.ms_psize)
        pthread_rwlock_init(mapInUse, nil)

        do {
            try checkPages()
        } catch {
            close()
            throw error
        }
        clearStaleReaders()
    }

    /// To be called once, and nothing after it.
    func close() {
        mdb_env_close(handle)
        pthread_rwlock_destroy(mapInUse)
        mapInUse.deallocate()
    }

    /// LMDB writes to its lock file through a map: on a full disk that would be a bus error, so the space is
    /// taken beforehand.
    static func reserveLockFile(in path: String, readers: Int) throws(StorageError) {
        #if canImport(Glibc)
        let size = (readers - 1) * 64 + 192
        let file = open(PathText.system(path + "/lock.mdb"), O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard file >= 0 else {
            throw .failed(LMDBCode(rawValue: errno), doing: "opening the lock file", path: path)
        }
        defer { _ = Glibc.close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_size < size else { return }
        let code = posix_fallocate(file, 0, off_t(size))
        guard code == ENOSPC || code == EDQUOT else { return }
        throw .failed(LMDBCode(rawValue: code), doing: "making the lock file", path: path)
        #endif
    }

    private static func check(_ code: Int32, _ doing: String, _ path: String) throws(StorageError) {
        if code != 0 { throw .failed(LMDBCode(rawValue: code), doing: doing, path: path) }
    }

    func check(_ code: Int32, _ doing: String) throws(StorageError) { try Self.check(code, doing, path) }

    /// Ends a write transaction.
    func commit(_ transaction: OpaquePointer) throws(StorageError) {
        let code = mdb_txn_commit(transaction)
        try check(Self.reason(code, ofWritingIn: path), "committing a change")
    }

    /// LMDB says `EIO` of a write that came to its end half-way, which is how most disks fill up.
    private static func reason(_ code: Int32, ofWritingIn folder: String) -> Int32 {
        guard code == EIO else { return code }
        var system = statvfs()
        if statvfs(PathText.system(folder), &system) == 0, system.f_bavail == 0 { return ENOSPC }
        var file = stat()
        let isAtLimit =
            stat(PathText.system(folder + "/data.mdb"), &file) == 0 && file.st_size >= akin_file_size_limit()
        return isAtLimit ? EFBIG : code
    }

    var information: MDB_envinfo {
        var information = MDB_envinfo()
        mdb_env_info(handle, &information)
        return information
    }

    private var statistics: MDB_stat {
        var statistics = MDB_stat()
        mdb_env_stat(handle, &statistics)
        return statistics
    }

    private var fileStatus: stat {
        var status = stat()
        fstat(descriptor, &status)
        return status
    }

    var fileSize: Int { Int(fileStatus.st_size) }

    /// The number of the last change that was committed, by any process.
    var lastTransaction: Int { information.me_last_txnid }

    /// Frees the slots of readers whose processes have died; how many there were.
    @discardableResult func clearStaleReaders() -> Int {
        var cleared: Int32 = 0
        mdb_reader_check(handle, &cleared)
        return Int(cleared)
    }

    /// Begins a transaction; `end` must follow on the same thread once LMDB has ended it.
    func begin(_ flags: Int32, doing: String) throws(StorageError) -> OpaquePointer {
        var cleared = false
        while true {
            pthread_rwlock_rdlock(mapInUse)
            var transaction: OpaquePointer?
            let code = mdb_txn_begin(handle, nil, UInt32(flags), &transaction)
            if code == 0 { return transaction! }
            pthread_rwlock_unlock(mapInUse)
            if code == MDB_MAP_RESIZED {
                pthread_rwlock_wrlock(mapInUse)
                let code = mdb_env_set_mapsize(handle, 0)
                pthread_rwlock_unlock(mapInUse)
                try check(code, "enlarging the map after another process did")
            } else if code == MDB_READERS_FULL, !cleared, clearStaleReaders() > 0 {
                cleared = true
            } else {
                throw .failed(LMDBCode(rawValue: code), doing: doing, path: path)
            }
        }
    }

    /// Ends a transaction without its changes.
    func abort(_ transaction: OpaquePointer) { mdb_txn_abort(transaction) }

    func end() { pthread_rwlock_unlock(mapInUse) }

    /// LMDB's numbers of the tables, for a transaction that begins after this.
    func tableHandles() throws(StorageError) -> [MDB_dbi] {
        try tables.withLock { (tables) throws(StorageError) in
            // Another process may have made what was missing.
            if !tables.missing.isEmpty, lastTransaction != tables.lookedAt {
                let missing = tables.missing
                try openTables(missing, creating: false, &tables)
            }
            return tables.handles
        }
    }

    /// Opens tables, or makes them, in one transaction; those that do not exist are looked for again later.
    func openTables(_ names: [TableName], creating: Bool) throws(StorageError) {
        guard !creating || !readOnly else { throw .openForReading(path: path) }
        try tables.withLock { (tables) throws(StorageError) in
            try openTables(names, creating: creating, &tables)
        }
    }

    /// A transaction that opens tables must be alone in doing so.
    private func openTables(
        _ names: [TableName], creating: Bool, _ tables: inout Tables
    ) throws(StorageError) {
        let closed = names.filter { tables[$0] == nil }
        guard !closed.isEmpty else { return }
        let doing = "opening table '\(closed[0].name)'"
        let transaction = try begin(creating ? 0 : MDB_RDONLY, doing: doing)
        defer { end() }
        tables.lookedAt = mdb_txn_id(transaction)
        var next = tables
        for name in closed {
            var handle: MDB_dbi = 0
            let code = mdb_dbi_open(
                transaction, name.name, UInt32(name.flags | (creating ? MDB_CREATE : 0)), &handle)
            guard code == 0 || code == MDB_NOTFOUND else {
                mdb_txn_abort(transaction)
                throw .failed(LMDBCode(rawValue: code), doing: doing, path: path)
            }
            next[name] = code == 0 ? handle : nil
        }
        try check(mdb_txn_commit(transaction), doing)
        tables = next
    }

    /// Whether there is such a table, of those that were opened.
    func hasTable(_ name: TableName) -> Bool { tables.withLock { $0[name] != nil } }

    /// What has been opened, or was to be.
    var tableNames: [TableName] { tables.withLock { $0.names } }

    /// Copies the environment, without the pages that are not used, into an empty folder; an error calls it `name`.
    func copyCompacted(to folder: String, calling name: String) throws(StorageError) {
        let code = mdb_env_copy2(handle, PathText.system(folder), UInt32(MDB_CP_COMPACT))
        try Self.check(Self.reason(code, ofWritingIn: folder), "copying the database", name)
    }
}
