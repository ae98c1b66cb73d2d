import AkinBasics
import AkinDatasets
import AkinItems
import AkinStorage

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The embeddings that `rebuild` has made, in a file without a name until all are there: they need not fit into
/// memory, and a kill leaves nothing of them.
final class StagedEmbeddings {
    private struct Entry {
        /// Nil where the source cannot be read.
        let row: Int?
        /// Of what was embedded.
        let contentHash: ContentHash
        /// What the index said when the source was read.
        let expected: ContentHash
    }

    private let path: String
    let dimension: Int
    private let file: Int32
    private var entries: [UInt64: Entry] = [:]
    private var reasons: [UInt64: Skipped] = [:]
    private var rows = 0

    init(in folder: String, dimension: Int) throws(IndexError) {
        path = folder
        self.dimension = dimension
        file = Self.namelessFile(in: folder)
        guard file >= 0 else { throw Self.error(path) }
    }

    /// Never seen under a name where the system can do that: a kill would leave it.
    private static func namelessFile(in folder: String) -> Int32 {
        #if canImport(Glibc)
        // O_TMPFILE, a macro that does not come through to Swift.
        let file = open(folder, 0o20_000_000 | O_DIRECTORY | O_RDWR | O_CLOEXEC, 0o600)
        if file >= 0 { return file }
        #endif
        var name = Array("\(folder)/embeddings.XXXXXX".utf8CString)
        let named = mkstemp(&name)
        if named >= 0 { unlink(name) }
        return named
    }

    deinit { close(file) }

    /// How many items are embedded.
    var count: Int { entries.count - reasons.count }

    /// What cannot be read, by ascending id.
    var unreadable: [Skipped] { reasons.sorted { $0.key < $1.key }.map(\.value) }

    func reason(_ id: UInt64) -> Skipped? { reasons[id] }

    /// Whether the item is known, and was the same when its source was read.
    func isUpToDate(_ item: Item) -> Bool { entries[item.id]?.expected == item.contentHash }

    func append(_ vector: ArraySlice<Float>, contentHash: ContentHash, of item: Item) throws(IndexError) {
        var done = 0
        let isWritten = vector.withUnsafeBytes { bytes in
            while done < bytes.count {
                let offset = off_t(rows * dimension * 4 + done)
                let written = pwrite(file, bytes.baseAddress! + done, bytes.count - done, offset)
                if written < 0 && errno == EINTR { continue }
                guard written > 0 else { return false }
                done += written
            }
            return true
        }
        guard isWritten else { throw Self.error(path) }
        reasons[item.id] = nil
        entries[item.id] = Entry(row: rows, contentHash: contentHash, expected: item.contentHash)
        rows += 1
    }

    func leaveOut(_ item: Item, _ reason: Skipped) {
        reasons[item.id] = reason
        entries[item.id] = Entry(row: nil, contentHash: item.contentHash, expected: item.contentHash)
    }

    /// Nil if the item's source cannot be read.
    subscript(id: UInt64) -> (vector: [Float], contentHash: ContentHash)? {
        get throws(IndexError) {
            guard let entry = entries[id], let row = entry.row else { return nil }
            var vector = [Float](repeating: 0, count: dimension)
            var done = 0
            let isRead = vector.withUnsafeMutableBytes { bytes in
                while done < bytes.count {
                    let offset = off_t(row * dimension * 4 + done)
                    let count = pread(file, bytes.baseAddress! + done, bytes.count - done, offset)
                    if count < 0 && errno == EINTR { continue }
                    guard count > 0 else { return false }
                    done += count
                }
                return true
            }
            guard isRead else { throw Self.error(path) }
            return (vector, entry.contentHash)
        }
    }

    private static func error(_ path: String) -> IndexError {
        .storage(.failed(LMDBCode(rawValue: errno), doing: "keeping the new embeddings", path: path))
    }
}
