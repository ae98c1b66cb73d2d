import AkinBasics
import AkinEmbedding
import AkinStorage

extension OpenIndex {
    /// Calls `body` with a consistent view of the index.
    func read<R>(_ body: (IndexReader) throws(IndexError) -> R) throws(IndexError) -> R {
        try read(failing: { $0 }, body)
    }

    /// As the above, for a `body` with errors of its own; `failing` makes such of the index's.
    func read<R, E>(failing: (IndexError) -> E, _ body: (IndexReader) throws(E) -> R) throws(E) -> R {
        try environment.read(failing: { failing(IndexError($0, path: path)) }) { transaction throws(E) in
            let format: UInt64
            do throws(IndexError) { format = try checkedFormat(in: transaction) } catch {
                throw failing(error)
            }
            let reader = IndexReader(self, format: format, transaction)
            defer { reader.close() }
            return try body(reader)
        }
    }

    /// Compares what this object knows of the index with what the index says now: another process may have given it
    /// another backbone, or a newer format.
    func checkedFormat(in transaction: borrowing some Transaction & ~Copyable) throws(IndexError) -> UInt64 {
        let format: UnsafeRawBufferPointer?
        let hash: UnsafeRawBufferPointer?
        do throws(StorageError) {
            format = try tables.settings.bytes(of: Setting.format, in: transaction)
            hash = try tables.settings.bytes(of: Setting.backbone, in: transaction)
        } catch {
            throw IndexError(error, path: path)
        }
        guard let format = format.flatMap({ UInt64(stored: $0) }), let hash else {
            throw .damagedSettings(path: path, key: Setting.format)
        }
        guard format <= Self.format else {
            throw .newerFormat(path: path, found: format, supported: Self.format)
        }
        guard hash.elementsEqual(backbone.identity.hash.description.utf8) else { throw .rebuilt(path: path) }
        return format
    }
}
