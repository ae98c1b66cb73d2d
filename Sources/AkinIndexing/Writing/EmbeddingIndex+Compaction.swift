import AkinBasics
import AkinStorage

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

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
        guard !home.readOnly else { throw .openForReading(path: path) }
        let before = home.environment.bytes
        // A damaged page could end the program here, or be lost with what could be saved of it.
        try home.checkPages()
        try home.write(leavingItems: true) { (access) throws(IndexError) in
            try home.read { (before) throws(IndexError) in
                // Asked here, as another writer may have built a graph meanwhile.
                let hasDeadRows = try before.rows > before.itemCount
                if try before.graphRows == 0 && hasDeadRows { try access.repack(from: before) }
            }
        }
        do throws(StorageError) { try home.environment.compact() } catch {
            throw IndexError(error, path: path)
        }
        // Takes the new files.
        _ = try home.read { (reader) throws(IndexError) in try reader.itemCount }
        return CompactionReport(bytesBefore: before, bytesAfter: home.environment.bytes)
    }

    /// Copies the index as it is now into another folder, which does not exist or is empty, and without the room that
    /// removed items have left: for a place to go back to, or to give away. Others may change the index meanwhile; of
    /// that the copy has nothing.
    ///
    /// - Throws: `alreadyAnIndex`, `folderNotEmpty` or `folderUnusable` of the other folder; `storage(.damaged)` where a
    /// page of the database is damaged (of what is in the pages, `verify` tells). What was half copied is removed then, and
    /// the folder where it is new.
    public func snapshot(to folder: String) throws(IndexError) {
        guard !Self.exists(at: folder) else { throw .alreadyAnIndex(path: folder) }
        let isNew = !Folder.isThere(folder)
        try Self.makeFolder(folder)
        do throws(StorageError) { try home.environment.copy(into: folder) } catch {
            if isNew { rmdir(PathText.system(folder)) }
            throw IndexError(error, path: path)
        }
    }
}

extension OpenIndex {
    /// What is wrong with the database's pages; nil if they are sound. Else nothing of it can be relied on.
    var pageFault: StorageError? {
        get throws(IndexError) {
            do throws(StorageError) {
                return try environment.pageFault().map { .damaged(path: path, reason: $0) }
            } catch {
                throw IndexError(error, path: path)
            }
        }
    }

    func checkPages() throws(IndexError) {
        if let fault = try pageFault { throw .storage(fault) }
    }
}
