import CAkinLMDB

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// An LMDB environment: a folder with one file of data, shared by any number of threads and processes, of which
/// one at a time writes.
///
/// All access is inside `read` and `write`. LMDB forbids a process to open the same environment twice; opening it
/// again here gives the one that is open.
package final class Environment: Sendable {
    /// What cannot be changed once an environment is open.
    package struct Options: Sendable {
        /// Bytes of address space reserved: the largest size of the file. It is sparse and costs nothing; where
        /// the system does not give as much, half is asked for, and so on.
        package var mapSize = 1 << 40
        /// How many read transactions there may be at once, in all processes together. What the first process to
        /// open the environment says holds for all.
        package var readers = 126
        package var readOnly = false

        package init() {}
    }

    private let shared: OpenEnvironment

    /// Opens the environment in an existing folder. One without data gets it, unless it is opened for reading.
    package init(at path: String, options: Options = Options()) throws(StorageError) {
        shared = try EnvironmentRegistry.open(path, options)
    }

    deinit { EnvironmentRegistry.release(shared) }

    package var path: String { shared.path }

    /// Size of the file of data.
    package var bytes: Int { shared.fileSize }

    /// Whether it has no tables at all.
    package var isEmpty: Bool {
        get throws {
            try read { transaction in
                var main: MDB_dbi = 0
                try shared.check(
                    mdb_dbi_open(transaction.handle, nil, 0, &main), "reading the list of tables")
                var statistics = MDB_stat()
                try shared.check(
                    mdb_stat(transaction.handle, main, &statistics), "reading the list of tables")
                return statistics.ms_entries == 0
            }
        }
    }

    /// Calls `body` with a view of the data as they are now; no later change shows in it.
    ///
    /// Readers wait for nobody and keep nobody waiting; but what they see cannot be reused until they end, so
    /// they should be short.
    package func read<R>(_ body: (borrowing ReadTransaction) throws -> R) throws -> R {
        let handle = try shared.begin(MDB_RDONLY, doing: "reading")
        defer { shared.end() }
        let id = mdb_txn_id(handle)
        defer { mdb_txn_abort(handle) }
        let result = try body(ReadTransaction(handle: handle))
        if shared.unlocked, shared.lastTransaction != id { throw StorageError.changedWhileRead(path: path) }
        return result
    }

    /// Calls `body` with the only write transaction there is in any process, waiting for it first, and commits:
    /// all of it is on the disk when this returns, and none of it is done if `body` or the commit throws.
    ///
    /// Not to be called inside `body`.
    package func write<R>(_ body: (borrowing WriteTransaction) throws -> R) throws -> R {
        guard !shared.readOnly else { throw StorageError.openForReading(path: path) }
        let handle = try shared.begin(0, doing: "beginning a change")
        defer { shared.end() }
        let result: R
        do {
            result = try body(WriteTransaction(handle: handle))
        } catch {
            mdb_txn_abort(handle)
            throw error
        }
        try shared.commit(handle)
        return result
    }

    /// The table of this name; nil if there is none and it is not to be made.
    package func table<Key, Value>(
        _ name: String, creating: Bool = false
    ) throws(StorageError) -> Table<Key, Value>? {
        guard let handle = try shared.tableHandle(name, flags: 0, creating: creating) else { return nil }
        return Table(name: name, path: path, handle: handle)
    }

    /// The set table of this name, as `table(_:creating:)`.
    package func setTable<Key>(_ name: String, creating: Bool = false) throws(StorageError) -> SetTable<Key>?
    {
        let flags = MDB_DUPSORT | MDB_DUPFIXED
        guard let handle = try shared.tableHandle(name, flags: flags, creating: creating) else { return nil }
        return SetTable(name: name, path: path, handle: handle)
    }
}

/// A consistent view of an environment. It lives as long as the closure that it is given to.
package struct ReadTransaction: ~Copyable, Transaction {
    package let handle: OpaquePointer
}

/// The changes of one `write`. It lives as long as the closure that it is given to.
package struct WriteTransaction: ~Copyable, Transaction {
    package let handle: OpaquePointer
}

/// What tables can be read with.
package protocol Transaction: ~Copyable {
    /// LMDB's transaction.
    var handle: OpaquePointer { get }
}
