import AkinStorage

/// What a compaction has gained.
public struct CompactionReport: Sendable, Equatable, Codable {
    /// Size on disk before it.
    public let bytesBefore: Int
    /// Size on disk after it.
    public let bytesAfter: Int

    private enum CodingKeys: String, CodingKey {
        case bytesBefore = "bytes_before"
        case bytesAfter = "bytes_after"
    }
}

extension EmbeddingIndex {
    /// Makes the index's files as small as what is in them.
    ///
    /// The index is copied into a folder beside it (`.compacting` added to its name), which needs as much room as the
    /// index then has, and the two folders are exchanged in one step. Writers wait for that; readers, in this process
    /// and others, go on and see the new files from their next transaction on. A kill or a full disk leaves the index
    /// as it was.
    ///
    /// - Throws: `storage(.notExchangeable)` if its folder holds other files, or cannot be exchanged.
    @discardableResult
    public func compact() throws(IndexError) -> CompactionReport {
        guard !readOnly else { throw .openForReading(path: path) }
        let before = environment.bytes
        // A damaged page could end the program here, or be lost with what could be saved of it.
        if let reason = try Self.translating(path, { try environment.pageFault() }) {
            throw .storage(.damaged(path: path, reason: reason))
        }
        try writing { transaction in
            try environment.read { before in
                // Asked here, as another writer may have built a graph meanwhile.
                let hasDeadRows = try rows(in: before) > tables.items.count(in: before)
                if try graphRows(in: before) == 0 && hasDeadRows { try repack(in: transaction, from: before) }
            }
        }
        try Self.translating(path) { try environment.compact() }
        // Takes the new files.
        _ = try count
        return CompactionReport(bytesBefore: before, bytesAfter: environment.bytes)
    }

    /// Copies the index as it is now into another folder, which does not exist or is empty, and without the room that
    /// removed items have left: for a place to go back to, or to give away. Others may change the index meanwhile; of
    /// that the copy has nothing.
    ///
    /// - Throws: `alreadyAnIndex`, `folderNotEmpty` or `folderUnusable` of the other folder; `storage(.damaged)` where a
    /// page of the database is damaged (of what is in the pages, `verify` tells). What was half copied is removed then.
    public func snapshot(to folder: String) throws(IndexError) {
        guard !Self.exists(at: folder) else { throw .alreadyAnIndex(path: folder) }
        try Self.makeFolder(folder)
        try Self.translating(path) { try environment.copy(into: folder) }
    }
}
