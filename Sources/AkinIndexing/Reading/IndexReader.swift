import AkinItems
import AkinStorage
import AkinVectorSearch

/// An index as it was at one moment, whatever others change meanwhile; `EmbeddingIndex.read` gives it, for as long as
/// its closure runs.
///
/// All answers of a reader fit together: an id that a search gives is an item, and its label is what it was then.
public final class IndexReader: GalleryReader {
    let home: OpenIndex
    /// The format of the index.
    let format: UInt64
    private let begun: ReadTransaction
    private var isOpen = true

    /// `transaction` must live until `close` is called.
    init(_ home: OpenIndex, format: UInt64, _ transaction: borrowing ReadTransaction) {
        self.home = home
        self.format = format
        begun = ReadTransaction(transaction)
    }

    /// What a change has made so far.
    init(_ home: OpenIndex, _ change: borrowing WriteTransaction) {
        self.home = home
        format = OpenIndex.format
        begun = ReadTransaction(change)
    }

    /// The transaction ends.
    func close() { isOpen = false }

    var transaction: ReadTransaction {
        _read {
            precondition(isOpen, "a reader of an index was used after its closure had returned")
            yield begun
        }
    }

    var path: String { home.path }
    var tables: IndexTables { home.tables }
    var layout: BlockLayout { home.layout }

    /// By what neighbours are near.
    public var metric: Metric { home.metric }
    /// Length of an embedding.
    public var dimension: Int { home.dimension }

    /// That of no other index.
    public var state: GalleryState? {
        transaction.snapshot.map { GalleryState(gallery: $0.opening, number: $0.number) }
    }
}

/// The tables as the transaction sees them.
extension IndexReader {
    func failure(_ error: StorageError) -> IndexError { IndexError(error, path: path) }

    /// Where a value lies; nil if there is none.
    func bytes<Key, Value>(
        of key: Key, in table: Table<Key, Value>
    ) throws(IndexError) -> UnsafeRawBufferPointer? {
        do throws(StorageError) { return try table.bytes(of: key, in: transaction) } catch {
            throw failure(error)
        }
    }

    func value<Key, Value>(of key: Key, in table: Table<Key, Value>) throws(IndexError) -> Value? {
        do throws(StorageError) { return try table.value(of: key, in: transaction) } catch {
            throw failure(error)
        }
    }

    func count<Key, Value>(of table: Table<Key, Value>) throws(IndexError) -> Int {
        do throws(StorageError) { return try table.count(in: transaction) } catch { throw failure(error) }
    }

    func last<Key, Value>(
        of table: Table<Key, Value>
    ) throws(IndexError) -> (key: Key, value: UnsafeRawBufferPointer)? {
        do throws(StorageError) { return try table.last(in: transaction) } catch { throw failure(error) }
    }

    /// Until `body` gives false.
    func forEachEntry<Key, Value>(
        in table: Table<Key, Value>, from first: Key? = nil,
        _ body: (Key, UnsafeRawBufferPointer) throws(IndexError) -> Bool
    ) throws(IndexError) {
        try table.forEach(from: first, in: transaction, failing: failure, body)
    }

    func numbers<Key>(of key: Key, in table: SetTable<Key>) throws(IndexError) -> [UInt64] {
        do throws(StorageError) { return try table.numbers(of: key, in: transaction) } catch {
            throw failure(error)
        }
    }

    func counts<Key>(of table: SetTable<Key>) throws(IndexError) -> [(key: Key, count: Int)] {
        do throws(StorageError) { return try table.counts(in: transaction) } catch { throw failure(error) }
    }

    /// A setting that is a number; nil if it is not set.
    func number(_ key: String) throws(IndexError) -> UInt64? {
        guard let bytes = try bytes(of: key, in: tables.settings) else { return nil }
        guard let number = UInt64(stored: bytes) else { throw .damagedSettings(path: path, key: key) }
        return number
    }
}
