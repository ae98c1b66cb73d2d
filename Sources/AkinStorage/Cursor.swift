import CAkinLMDB

/// A place in a table. It must not outlive its transaction, so it never leaves the tables' functions.
struct Cursor: ~Copyable {
    private let handle: OpaquePointer
    private let table: TableName
    private let path: String
    private let pageSize: Int?

    init(
        _ table: MDB_dbi, in transaction: borrowing some Transaction & ~Copyable, table name: TableName,
        path: String
    ) throws(StorageError) {
        pageSize = transaction.pageSize
        var cursor: OpaquePointer?
        let code = mdb_cursor_open(transaction.handle, table, &cursor)
        guard code == 0 else {
            throw .failed(LMDBCode(rawValue: code), doing: "reading table '\(name)'", path: path)
        }
        handle = cursor!
        self.table = name
        self.path = path
    }

    deinit { mdb_cursor_close(handle) }

    /// Moves as `operation` says, with a key if it needs one; nil if there is nothing there.
    func move(
        _ operation: MDB_cursor_op, to key: UnsafeRawBufferPointer? = nil
    ) throws(StorageError) -> (key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer)? {
        var key = key.map { MDB_val($0) } ?? MDB_val()
        var value = MDB_val()
        let code = mdb_cursor_get(handle, &key, &value, operation)
        if code == MDB_NOTFOUND { return nil }
        try check(code)
        let (keyBytes, bytes) = (UnsafeRawBufferPointer(key), UnsafeRawBufferPointer(value))
        guard keyBytes.isOnItsPage(of: pageSize), bytes.isOnItsPage(of: pageSize) else {
            throw .failed(.corrupted, doing: "reading table '\(table)'", path: path)
        }
        return (keyBytes, bytes)
    }

    /// How many values the key has, in a set table.
    func count() throws(StorageError) -> Int {
        var count = 0
        try check(mdb_cursor_count(handle, &count))
        return count
    }

    private func check(_ code: Int32) throws(StorageError) {
        guard code != 0 else { return }
        throw .failed(LMDBCode(rawValue: code), doing: "reading table '\(table)'", path: path)
    }
}
