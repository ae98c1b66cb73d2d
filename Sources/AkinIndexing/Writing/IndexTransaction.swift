import AkinStorage

/// A write transaction on the tables of an index.
final class IndexTransaction {
    let home: OpenIndex
    /// What it has made of the index so far.
    let current: IndexReader
    private let begun: WriteTransaction
    private var isOpen = true

    /// `transaction` must live until `close` is called.
    init(_ home: OpenIndex, _ transaction: borrowing WriteTransaction) {
        self.home = home
        begun = WriteTransaction(transaction)
        current = IndexReader(home, transaction)
    }

    /// The transaction ends.
    func close() {
        isOpen = false
        current.close()
    }

    private var transaction: WriteTransaction {
        _read {
            precondition(isOpen, "a writer of an index was used after its closure had returned")
            yield begun
        }
    }

    var path: String { home.path }
    var tables: IndexTables { home.tables }
    var layout: BlockLayout { home.layout }

    func set<Key, Value>(_ value: Value, for key: Key, in table: Table<Key, Value>) throws(IndexError) {
        try storing { (transaction) throws(StorageError) in try table.set(value, for: key, in: transaction) }
    }

    func set(_ number: UInt64, for key: String) throws(IndexError) {
        try set(number.stored, for: key, in: tables.settings)
    }

    func remove<Key, Value>(_ key: Key, in table: Table<Key, Value>) throws(IndexError) {
        try storing { (transaction) throws(StorageError) in try table.remove(key, in: transaction) }
    }

    func removeAll<Key, Value>(in table: Table<Key, Value>) throws(IndexError) {
        try storing { (transaction) throws(StorageError) in try table.removeAll(in: transaction) }
    }

    func insert<Key>(_ number: UInt64, for key: Key, in table: SetTable<Key>) throws(IndexError) {
        try storing { (transaction) throws(StorageError) in
            try table.insert(number, for: key, in: transaction)
        }
    }

    func remove<Key>(_ number: UInt64, for key: Key, in table: SetTable<Key>) throws(IndexError) {
        try storing { (transaction) throws(StorageError) in
            try table.remove(number, for: key, in: transaction)
        }
    }

    func removeAll<Key>(in table: SetTable<Key>) throws(IndexError) {
        try storing { (transaction) throws(StorageError) in try table.removeAll(in: transaction) }
    }

    /// Lends a writer of the table.
    func withWriter<Key, Value, R>(
        of table: Table<Key, Value>, _ body: (borrowing TableWriter) throws(StorageError) -> R
    ) throws(IndexError) -> R {
        try storing { (transaction) throws(StorageError) in try table.withWriter(in: transaction, body) }
    }

    /// Lends a writer of the table.
    func withWriter<Key, R>(
        of table: SetTable<Key>, _ body: (borrowing TableWriter) throws(StorageError) -> R
    ) throws(IndexError) -> R {
        try storing { (transaction) throws(StorageError) in try table.withWriter(in: transaction, body) }
    }

    @discardableResult
    private func storing<R>(
        _ body: (borrowing WriteTransaction) throws(StorageError) -> R
    ) throws(IndexError) -> R {
        do throws(StorageError) { return try body(transaction) } catch {
            throw IndexError(error, path: path)
        }
    }
}
