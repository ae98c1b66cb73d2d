import CAkinLMDB

/// A place in a table at which many entries are written, one after the other: where their keys ascend, each is
/// found from the one before. It must not outlive its transaction, so it is only lent.
package struct TableWriter: ~Copyable {
    private let handle: OpaquePointer
    private let table: TableName
    private let path: String

    fileprivate init(
        _ table: TableName, in transaction: borrowing WriteTransaction, path: String
    ) throws(StorageError) {
        guard let number = transaction.table(table.number) else {
            throw .failed(.notFound, doing: "writing table '\(table)'", path: path)
        }
        var cursor: OpaquePointer?
        let code = mdb_cursor_open(transaction.handle, number, &cursor)
        guard code == 0 else {
            throw .failed(LMDBCode(rawValue: code), doing: "writing table '\(table)'", path: path)
        }
        handle = cursor!
        self.table = table
        self.path = path
    }

    deinit { mdb_cursor_close(handle) }

    /// The largest key, where it lies: valid until the next change.
    package func lastKey() throws(StorageError) -> UnsafeRawBufferPointer? {
        var key = MDB_val()
        var value = MDB_val()
        let code = mdb_cursor_get(handle, &key, &value, MDB_LAST)
        if code == MDB_NOTFOUND { return nil }
        try check(code)
        return UnsafeRawBufferPointer(key)
    }

    /// Adds an entry whose key is above all others; pages are filled to the brim.
    package func append(
        _ value: UnsafeRawBufferPointer, for key: UnsafeRawBufferPointer
    ) throws(StorageError) { try check(put(value, key, MDB_APPEND)) }

    /// Adds an entry unless its key is there already; whether it did.
    package func insert(
        _ value: UnsafeRawBufferPointer, for key: UnsafeRawBufferPointer
    ) throws(StorageError) -> Bool {
        let code = put(value, key, MDB_NOOVERWRITE)
        if code == MDB_KEYEXIST { return false }
        try check(code)
        return true
    }

    /// In a set table: adds a number above all others of its key.
    package func append(_ number: UInt64, to key: UnsafeRawBufferPointer) throws(StorageError) {
        var stored = number.bigEndian
        let code = withUnsafeBytes(of: &stored) { put($0, key, MDB_APPENDDUP) }
        try check(code)
    }

    private func put(
        _ value: UnsafeRawBufferPointer, _ key: UnsafeRawBufferPointer, _ flag: Int32
    ) -> Int32 {
        var key = MDB_val(key)
        var value = MDB_val(value)
        return mdb_cursor_put(handle, &key, &value, UInt32(flag))
    }

    private func check(_ code: Int32) throws(StorageError) {
        guard code != 0 else { return }
        throw .failed(LMDBCode(rawValue: code), doing: "writing table '\(table)'", path: path)
    }
}

extension Table {
    /// Lends `body` a writer. The table must not be changed otherwise meanwhile.
    package func withWriter<R>(
        in transaction: borrowing WriteTransaction, _ body: (borrowing TableWriter) throws(StorageError) -> R
    ) throws(StorageError) -> R { try body(TableWriter(name, in: transaction, path: path)) }
}

extension SetTable {
    /// Lends `body` a writer. The table must not be changed otherwise meanwhile.
    package func withWriter<R>(
        in transaction: borrowing WriteTransaction, _ body: (borrowing TableWriter) throws(StorageError) -> R
    ) throws(StorageError) -> R { try body(TableWriter(name, in: transaction, path: path)) }
}
