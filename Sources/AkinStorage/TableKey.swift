/// What a table is keyed by. Keys are ordered by their bytes.
package protocol TableKey {
    /// Calls `body` with 1 to 511 bytes, LMDB's limit.
    func withKey<R>(_ body: (UnsafeRawBufferPointer) throws(StorageError) -> R) throws(StorageError) -> R
    /// Nil if the bytes are no such key.
    init?(key: UnsafeRawBufferPointer)
}

/// What a table holds.
package protocol TableValue {
    func withStored<R>(_ body: (UnsafeRawBufferPointer) throws(StorageError) -> R) throws(StorageError) -> R
    /// Nil if the bytes are no such value.
    init?(stored: UnsafeRawBufferPointer)
}

/// Eight bytes, the most significant first: so numbers are ordered as they are.
extension UInt64: TableKey, TableValue {
    package func withKey<R>(
        _ body: (UnsafeRawBufferPointer) throws(StorageError) -> R
    ) throws(StorageError) -> R {
        var bytes = bigEndian
        return try withUnsafeBytes(of: &bytes) { (raw) throws(StorageError) in try body(raw) }
    }

    package func withStored<R>(
        _ body: (UnsafeRawBufferPointer) throws(StorageError) -> R
    ) throws(StorageError) -> R { try withKey(body) }

    package init?(key: UnsafeRawBufferPointer) {
        guard key.count == 8 else { return nil }
        self.init(bigEndian: key.loadUnaligned(as: UInt64.self))
    }

    package init?(stored: UnsafeRawBufferPointer) { self.init(key: stored) }
}

/// UTF-8. A key has 1 to 511 bytes; others are refused with `LMDBCode.badValueSize`.
extension String: TableKey, TableValue {
    package func withKey<R>(
        _ body: (UnsafeRawBufferPointer) throws(StorageError) -> R
    ) throws(StorageError) -> R { try Array(utf8).withStored(body) }

    package func withStored<R>(
        _ body: (UnsafeRawBufferPointer) throws(StorageError) -> R
    ) throws(StorageError) -> R { try Array(utf8).withStored(body) }

    package init?(key: UnsafeRawBufferPointer) { self.init(stored: key) }

    package init?(stored: UnsafeRawBufferPointer) { self.init(validating: stored, as: UTF8.self) }
}

extension [UInt8]: TableValue {
    package func withStored<R>(
        _ body: (UnsafeRawBufferPointer) throws(StorageError) -> R
    ) throws(StorageError) -> R {
        try withUnsafeBufferPointer { (bytes) throws(StorageError) in try body(UnsafeRawBufferPointer(bytes))
        }
    }

    package init?(stored: UnsafeRawBufferPointer) { self.init(stored) }
}
