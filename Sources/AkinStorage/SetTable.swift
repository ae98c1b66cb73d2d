import CAkinLMDB

/// A named table that holds a set of numbers for each key, in ascending order.
package struct SetTable<Key: TableKey>: Sendable {
    package let name: TableName
    let path: String

    /// Whether it is new there.
    @discardableResult package func insert(
        _ number: UInt64, for key: Key, in transaction: borrowing WriteTransaction
    ) throws(StorageError) -> Bool {
        let handle = try handle(transaction)
        return try change(key, number, "writing") { [transaction = transaction.handle] key, value in
            mdb_put(transaction, handle, key, value, UInt32(MDB_NODUPDATA))
        }
    }

    /// Whether it was there. A key goes with its last number.
    @discardableResult package func remove(
        _ number: UInt64, for key: Key, in transaction: borrowing WriteTransaction
    ) throws(StorageError) -> Bool {
        let handle = try handle(transaction)
        return try change(key, number, "removing") { [transaction = transaction.handle] key, value in
            mdb_del(transaction, handle, key, value)
        }
    }

    private func handle(_ transaction: borrowing WriteTransaction) throws(StorageError) -> MDB_dbi {
        guard let handle = transaction.table(name.number) else {
            throw .failed(.notFound, doing: "writing table '\(name)'", path: path)
        }
        return handle
    }

    private func change(
        _ key: Key, _ number: UInt64, _ doing: String,
        _ change: (UnsafeMutablePointer<MDB_val>, UnsafeMutablePointer<MDB_val>) -> Int32
    ) throws(StorageError) -> Bool {
        try key.withKey { (keyBytes) throws(StorageError) in
            try number.withStored { (valueBytes) throws(StorageError) in
                var key = MDB_val(keyBytes)
                var value = MDB_val(valueBytes)
                let code = change(&key, &value)
                if code == MDB_KEYEXIST || code == MDB_NOTFOUND { return false }
                guard code == 0 else {
                    throw .failed(LMDBCode(rawValue: code), doing: "\(doing) table '\(name)'", path: path)
                }
                return true
            }
        }
    }

    package func removeAll(in transaction: borrowing WriteTransaction) throws(StorageError) {
        let handle = try handle(transaction)
        let code = mdb_drop(transaction.handle, handle, 0)
        guard code == 0 else {
            throw .failed(LMDBCode(rawValue: code), doing: "emptying table '\(name)'", path: path)
        }
    }

    /// The numbers of a key, ascending; none if there is no such key.
    package func numbers(
        of key: Key, in transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) -> [UInt64] {
        guard let handle = transaction.table(name.number) else { return [] }
        let cursor = try Cursor(handle, in: transaction, table: name, path: path)
        var entry = try key.withKey { (bytes) throws(StorageError) in try cursor.move(MDB_SET_KEY, to: bytes)
        }
        var numbers: [UInt64] = []
        while let (_, value) = entry {
            guard let number = UInt64(stored: value) else { throw .malformed(table: name.name, path: path) }
            numbers.append(number)
            entry = try cursor.move(MDB_NEXT_DUP)
        }
        return numbers
    }

    /// Every key with how many numbers it has, in the order of the keys; O(keys).
    package func counts(
        in transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) -> [(key: Key, count: Int)] {
        guard let handle = transaction.table(name.number) else { return [] }
        let cursor = try Cursor(handle, in: transaction, table: name, path: path)
        var counts: [(key: Key, count: Int)] = []
        var entry = try cursor.move(MDB_FIRST)
        while let (key, _) = entry {
            guard let key = Key(key: key) else { throw .malformed(table: name.name, path: path) }
            counts.append((key, try cursor.count()))
            entry = try cursor.move(MDB_NEXT_NODUP)
        }
        return counts
    }
}
