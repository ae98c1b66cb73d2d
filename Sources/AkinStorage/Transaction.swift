import CAkinLMDB

/// A consistent view of an environment. It lives as long as the closure that it is given to.
package struct ReadTransaction: ~Copyable, Transaction {
    package let handle: OpaquePointer
    let tables: [MDB_dbi]
    let opening: Int
    package let pageSize: Int?

    /// Which state it sees; nil of the view of a change, which is in no state yet.
    package var snapshot: Snapshot? {
        opening == 0 ? nil : Snapshot(opening: opening, number: mdb_txn_id(handle))
    }

    /// What a change has made so far, for as long as it lives.
    package init(_ change: borrowing WriteTransaction) {
        handle = change.handle
        tables = change.tables
        opening = 0
        pageSize = nil
    }

    init(handle: OpaquePointer, tables: [MDB_dbi], opening: Int, pageSize: Int) {
        self.handle = handle
        self.tables = tables
        self.opening = opening
        self.pageSize = pageSize
    }

    /// The same transaction, for as long as the other lives.
    package init(_ other: borrowing ReadTransaction) {
        handle = other.handle
        tables = other.tables
        opening = other.opening
        pageSize = other.pageSize
    }

    package func table(_ number: Int) -> UInt32? { tables.handle(number) }
}

/// A state of an environment. While a transaction sees it, all lies where it lay for every other that saw it.
package struct Snapshot: Hashable, Sendable {
    /// The environment's number, from 1: a file's may be that of one that is gone.
    package let opening: Int
    /// The transaction's, which begins anew in a compacted file.
    package let number: Int
}

/// Calls `body`; what it throws goes through `failing`.
func translating<R: ~Copyable, E>(
    _ failing: (StorageError) -> E, _ body: () throws(StorageError) -> R
) throws(E) -> R {
    do throws(StorageError) { return try body() } catch { throw failing(error) }
}

/// The changes of one `write`. It lives as long as the closure that it is given to.
package struct WriteTransaction: ~Copyable, Transaction {
    package let handle: OpaquePointer
    let tables: [MDB_dbi]
    /// Not known: pages that it has changed lie anywhere.
    package var pageSize: Int? { nil }

    init(handle: OpaquePointer, tables: [MDB_dbi]) {
        self.handle = handle
        self.tables = tables
    }

    /// The same transaction, for as long as the other lives.
    package init(_ other: borrowing WriteTransaction) {
        handle = other.handle
        tables = other.tables
    }

    package func table(_ number: Int) -> UInt32? { tables.handle(number) }
}

/// What tables can be read with.
package protocol Transaction: ~Copyable {
    /// LMDB's transaction.
    var handle: OpaquePointer { get }
    /// Of the file's pages; nil where values need not lie on one.
    var pageSize: Int? { get }
    /// LMDB's number of a table, by the name's.
    func table(_ number: Int) -> UInt32?
}

extension [MDB_dbi] {
    fileprivate func handle(_ number: Int) -> MDB_dbi? {
        number < count && self[number] != 0 ? self[number] : nil
    }
}
