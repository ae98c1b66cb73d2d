import AkinBasics
import CAkinLMDB
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// An LMDB environment: a folder with one file of data, shared by any number of threads and processes, of which
/// one at a time writes.
///
/// All access is inside `read` and `write`. LMDB forbids a process to open the same environment twice; opening it
/// again here gives the one that is open. Where its folder has been exchanged for another (`compact`), transactions
/// that begin after that are in the other.
package final class Environment: Sendable {
    package typealias Options = EnvironmentOptions

    package let path: String
    /// As `path`, whatever becomes the working directory.
    let absolutePath: String
    let options: Options
    private let opened: Mutex<Lease>

    /// Opens the environment in an existing folder. One without data gets it, unless it is opened for reading.
    package init(at path: String, options: Options = Options()) throws(StorageError) {
        self.path = path
        self.options = options
        absolutePath = path.hasPrefix("/") ? path : Self.workingDirectory + "/" + path
        opened = Mutex(try EnvironmentRegistry.open(path, options))
    }

    private static var workingDirectory: String {
        guard let folder = getcwd(nil, 0) else { return "." }
        defer { free(folder) }
        return PathText.text(of: folder)
    }

    var lease: Lease { opened.withLock { $0 } }

    /// Size of the file of data.
    package var bytes: Int { lease.environment.fileSize }

    /// Whether it has no tables at all.
    package var isEmpty: Bool {
        get throws {
            try read { transaction in
                let doing = "reading the list of tables"
                let environment = lease.environment
                var main: MDB_dbi = 0
                try environment.check(mdb_dbi_open(transaction.handle, nil, 0, &main), doing)
                var statistics = MDB_stat()
                try environment.check(mdb_stat(transaction.handle, main, &statistics), doing)
                return statistics.ms_entries == 0
            }
        }
    }

    /// Calls `body` with a view of the data as they are now; no later change shows in it.
    ///
    /// Readers wait for nobody and keep nobody waiting; but what they see cannot be reused until they end, so
    /// they should be short.
    ///
    /// Where there is no lock file that can be written, a writer does not heed the reader: if one was faster, `body` is
    /// called again with a newer view, a bounded number of times.
    package func read<R>(_ body: (borrowing ReadTransaction) throws -> R) throws -> R {
        try read(failing: { $0 }, body)
    }

    /// As the above, for a `body` with errors of its own; `failing` makes such of the storage's.
    package func read<R, E>(
        failing: (StorageError) -> E, _ body: (borrowing ReadTransaction) throws(E) -> R
    ) throws(E) -> R {
        for attempt in 0..<Self.unlockedTries {
            if let result = try readOnce(failing: failing, body) { return result }
            Self.waitAfter(attempt)
        }
        throw failing(.changedWhileRead(path: path))
    }

    /// So often, in a second and what the reading takes, a reader without a lock tries.
    static let unlockedTries = 11

    /// So as not to keep step with a writer: longer each time.
    static func waitAfter(_ attempt: Int) { usleep(500 << UInt32(attempt)) }

    /// Nil if it was read without a lock, and changed meanwhile.
    private func readOnce<R, E>(
        failing: (StorageError) -> E, _ body: (borrowing ReadTransaction) throws(E) -> R
    ) throws(E) -> R? {
        let begun = try translating(failing) { () throws(StorageError) in
            try begin(MDB_RDONLY, doing: "reading")
        }
        let environment = begun.lease.environment
        defer { environment.end() }
        let id = mdb_txn_id(begun.handle)
        defer { mdb_txn_abort(begun.handle) }
        var isChanged: Bool { environment.unlocked && environment.lastTransaction != id }
        let result: R
        do throws(E) {
            result = try body(
                ReadTransaction(
                    handle: begun.handle, tables: begun.tables, opening: environment.number,
                    pageSize: environment.pageSize))
        } catch {
            // Pages that were used again look like damage.
            if isChanged { return nil }
            throw error
        }
        return isChanged ? nil : result
    }

    /// Calls `body` with the only write transaction there is in any process, waiting for it first, and commits:
    /// all of it is on the disk when this returns, and none of it is done if `body` or the commit throws.
    ///
    /// Not to be called inside `body`.
    package func write<R>(_ body: (borrowing WriteTransaction) throws -> R) throws -> R {
        try write(failing: { $0 }, body)
    }

    /// As the above, for a `body` with errors of its own; `failing` makes such of the storage's.
    package func write<R, E>(
        failing: (StorageError) -> E, _ body: (borrowing WriteTransaction) throws(E) -> R
    ) throws(E) -> R {
        guard !options.readOnly else { throw failing(.openForReading(path: path)) }
        return try withWriterLock { () throws(E) in
            let begun = try translating(failing) { () throws(StorageError) in
                try begin(0, doing: "beginning a change")
            }
            let environment = begun.lease.environment
            defer { environment.end() }
            // What a reader sees is not used again, and one that was killed would see it for ever.
            environment.clearStaleReaders()
            let result: R
            do throws(E) {
                result = try body(WriteTransaction(handle: begun.handle, tables: begun.tables))
            } catch {
                mdb_txn_abort(begun.handle)
                throw error
            }
            try translating(failing) { () throws(StorageError) in try environment.commit(begun.handle) }
            return result
        }
    }

    /// The table of this name; nil if there is none and it is not to be made.
    package func table<Key, Value>(
        _ name: String, creating: Bool = false
    ) throws(StorageError) -> Table<Key, Value>? {
        let table: Table<Key, Value> = try possibleTable(name)
        if creating { try create([table.name]) }
        return exists(table.name) ? table : nil
    }

    /// The set table of this name, as `table(_:creating:)`.
    package func setTable<Key>(_ name: String, creating: Bool = false) throws(StorageError) -> SetTable<Key>?
    {
        let table: SetTable<Key> = try possibleSetTable(name)
        if creating { try create([table.name]) }
        return exists(table.name) ? table : nil
    }

    /// Whether there was such a table when it was last looked for.
    package func exists(_ name: TableName) -> Bool { lease.environment.hasTable(name) }

    /// The table of this name, which need not exist: it is empty then, until this or another process makes it.
    package func possibleTable<Key, Value>(_ name: String) throws(StorageError) -> Table<Key, Value> {
        let name = TableName(name, flags: 0)
        try lease.environment.openTables([name], creating: false)
        return Table(name: name, path: path)
    }

    /// As `possibleTable`.
    package func possibleSetTable<Key>(_ name: String) throws(StorageError) -> SetTable<Key> {
        let name = TableName(name, flags: MDB_DUPSORT | MDB_DUPFIXED)
        try lease.environment.openTables([name], creating: false)
        return SetTable(name: name, path: path)
    }

    /// Makes those tables that do not exist, in one transaction.
    package func create(_ names: [TableName]) throws(StorageError) {
        guard !options.readOnly else { throw .openForReading(path: path) }
        guard !names.allSatisfy(exists) else { return }
        try withWriterLock { () throws(StorageError) in
            let begun = try begin(0, doing: "making tables")
            let environment = begun.lease.environment
            environment.abort(begun.handle)
            environment.end()
            try environment.openTables(names, creating: true)
        }
    }
}

extension Environment {
    /// Begins a transaction in the file that lies at the path.
    ///
    /// What is compared is the file after the beginning: a transaction that began in a file that was the right one
    /// later was in the right one.
    func begin(
        _ flags: Int32, doing: String
    ) throws(StorageError) -> (lease: Lease, handle: OpaquePointer, tables: [MDB_dbi]) {
        while true {
            let lease = lease
            let environment = lease.environment
            let tables = try environment.tableHandles()
            let handle = try environment.begin(flags, doing: doing)
            let found = FileIdentity(path: absolutePath + "/data.mdb")
            // A reader goes on with what was removed; what a writer did to it would be lost.
            if found == environment.file || (found == nil && flags & MDB_RDONLY != 0) {
                return (lease, handle, tables)
            }
            mdb_txn_abort(handle)
            environment.end()
            guard found != nil else {
                throw .failed(.noSuchFile, doing: doing, path: path)
            }
            try reopen(insteadOf: lease)
        }
    }

    /// Takes the file that lies at the path now.
    private func reopen(insteadOf old: Lease) throws(StorageError) {
        try opened.withLock { (opened) throws(StorageError) in
            guard opened === old else { return }
            // As it was: in this process another one may write to the same file.
            var options = options
            options.readOnly = old.environment.readOnly
            let new = try EnvironmentRegistry.open(absolutePath, options)
            try new.environment.openTables(old.environment.tableNames, creating: false)
            opened = new
        }
    }

    /// Calls `body` while no other program (that heeds the lock) writes to the file that lies at the path.
    func withWriterLock<R, E>(_ body: () throws(E) -> R) throws(E) -> R {
        while true {
            let file = absolutePath + "/data.mdb"
            let lock = WriterLock(file) { options.whenWaiting?() }
            defer { lock?.release() }
            if let lock, lock.file != FileIdentity(path: file) { continue }
            return try body()
        }
    }
}
