import CAkinLMDB

/// A named table of an environment: keys in the order of their bytes, a value each.
///
/// One that does not exist is empty to readers; to write to it is an error.
package struct Table<Key: TableKey, Value: TableValue>: Sendable {
    package let name: TableName
    let path: String

    private func handle(_ transaction: borrowing some Transaction & ~Copyable) -> MDB_dbi? {
        transaction.table(name.number)
    }

    private func changeable(_ transaction: borrowing WriteTransaction) throws(StorageError) -> MDB_dbi {
        guard let handle = handle(transaction) else {
            throw .failed(.notFound, doing: "writing table '\(name)'", path: path)
        }
        return handle
    }

    /// The bytes of a value where they lie in the map: valid until the transaction ends or, in a write
    /// transaction, until the next change. They lie at a multiple of 2, and at 16 past the beginning of a page if
    /// there are more than half a page of them.
    package func bytes(
        of key: Key, in transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) -> UnsafeRawBufferPointer? {
        guard let handle = handle(transaction) else { return nil }
        let pageSize = transaction.pageSize
        let transaction = transaction.handle
        return try key.withKey { (bytes) throws(StorageError) in
            var key = MDB_val(bytes)
            var value = MDB_val()
            let code = mdb_get(transaction, handle, &key, &value)
            if code == MDB_NOTFOUND { return nil }
            try check(code, "reading")
            let found = UnsafeRawBufferPointer(value)
            try check(found.isOnItsPage(of: pageSize) ? 0 : MDB_CORRUPTED, "reading")
            return found
        }
    }

    package func value(
        of key: Key, in transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) -> Value? {
        guard let bytes = try bytes(of: key, in: transaction) else { return nil }
        guard let value = Value(stored: bytes) else { throw .malformed(table: name.name, path: path) }
        return value
    }

    /// Sets the value of a key, whether or not it has one.
    package func set(
        _ value: Value, for key: Key, in transaction: borrowing WriteTransaction
    ) throws(StorageError) {
        let handle = try changeable(transaction)
        let transaction = transaction.handle
        try key.withKey { (keyBytes) throws(StorageError) in
            try value.withStored { (valueBytes) throws(StorageError) in
                var key = MDB_val(keyBytes)
                var value = MDB_val(valueBytes)
                try check(mdb_put(transaction, handle, &key, &value, 0), "writing")
            }
        }
    }

    /// Whether there was such a key.
    @discardableResult package func remove(
        _ key: Key, in transaction: borrowing WriteTransaction
    ) throws(StorageError) -> Bool {
        let handle = try changeable(transaction)
        let transaction = transaction.handle
        return try key.withKey { (bytes) throws(StorageError) in
            var key = MDB_val(bytes)
            let code = mdb_del(transaction, handle, &key, nil)
            if code == MDB_NOTFOUND { return false }
            try check(code, "removing")
            return true
        }
    }

    /// Removes all keys.
    package func removeAll(in transaction: borrowing WriteTransaction) throws(StorageError) {
        guard let handle = handle(transaction) else { return }
        try check(mdb_drop(transaction.handle, handle, 0), "emptying")
    }

    /// How many keys there are; O(1).
    package func count(in transaction: borrowing some Transaction & ~Copyable) throws(StorageError) -> Int {
        guard let handle = handle(transaction) else { return 0 }
        var statistics = MDB_stat()
        try check(mdb_stat(transaction.handle, handle, &statistics), "counting")
        return statistics.ms_entries
    }

    /// Calls `body` with each key from `first` on, and the bytes of its value where they lie, until it gives
    /// false. It must not change the table.
    package func forEach(
        from first: Key? = nil, in transaction: borrowing some Transaction & ~Copyable,
        _ body: (Key, UnsafeRawBufferPointer) throws -> Bool
    ) throws {
        try forEach(from: first, in: transaction, failing: { $0 }, body)
    }

    /// As the above, for a `body` with errors of its own; `failing` makes such of the storage's.
    package func forEach<E>(
        from first: Key? = nil, in transaction: borrowing some Transaction & ~Copyable,
        failing: (StorageError) -> E, _ body: (Key, UnsafeRawBufferPointer) throws(E) -> Bool
    ) throws(E) {
        guard let handle = handle(transaction) else { return }
        let cursor = try translating(failing) { () throws(StorageError) in
            try Cursor(handle, in: transaction, table: name, path: path)
        }
        var entry = try translating(failing) { () throws(StorageError) in
            guard let first else { return try cursor.move(MDB_FIRST) }
            return try first.withKey { (bytes) throws(StorageError) in
                try cursor.move(MDB_SET_RANGE, to: bytes)
            }
        }
        while let (key, value) = entry {
            guard let key = Key(key: key) else {
                throw failing(StorageError.malformed(table: name.name, path: path))
            }
            guard try body(key, value) else { return }
            // Not through a generic function, whose types would be looked up at every entry.
            do throws(StorageError) { entry = try cursor.move(MDB_NEXT) } catch { throw failing(error) }
        }
    }

    /// The last key, and the bytes of its value where they lie; O(1).
    package func last(
        in transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) -> (key: Key, value: UnsafeRawBufferPointer)? {
        guard let handle = handle(transaction) else { return nil }
        let cursor = try Cursor(handle, in: transaction, table: name, path: path)
        guard let (bytes, value) = try cursor.move(MDB_LAST) else { return nil }
        guard let key = Key(key: bytes) else { throw .malformed(table: name.name, path: path) }
        return (key, value)
    }

    private func check(_ code: Int32, _ doing: String) throws(StorageError) {
        guard code != 0 else { return }
        throw .failed(LMDBCode(rawValue: code), doing: "\(doing) table '\(name)'", path: path)
    }
}
