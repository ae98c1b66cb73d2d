import AkinBasics
import AkinDatasets
import AkinItems
import AkinStorage
import AkinTensors

/// The embeddings that `rebuild` has made, in a file until all are there: they need not fit into memory.
final class StagedEmbeddings {
    private struct Entry {
        /// Nil where the source cannot be read.
        let row: Int?
        /// Of what was embedded.
        let contentHash: ContentHash
        /// What the index said when the source was read.
        let expected: ContentHash
    }

    let dimension: Int
    private let path: String
    private let file: NamelessFile
    private var entries: [UInt64: Entry] = [:]
    private var reasons: [UInt64: Skipped] = [:]

    init(in folder: String, dimension: Int) throws(IndexError) {
        path = folder
        self.dimension = dimension
        do throws(WriteError) { file = try NamelessFile(in: folder) } catch {
            throw Self.failure(error, path)
        }
    }

    /// How many items are embedded.
    var count: Int { entries.count - reasons.count }

    /// What cannot be read, by ascending id.
    var unreadable: [Skipped] { reasons.sorted { $0.key < $1.key }.map(\.value) }

    func reason(_ id: UInt64) -> Skipped? { reasons[id] }

    /// Whether the item is known, and was the same when its source was read.
    func isUpToDate(_ item: Item) -> Bool { entries[item.id]?.expected == item.contentHash }

    func append(_ vector: ArraySlice<Float>, contentHash: ContentHash, of item: Item) throws(IndexError) {
        let row = file.size / (4 * dimension)
        do throws(WriteError) {
            try vector.withUnsafeBufferPointer { vector throws(WriteError) in
                try file.append(UnsafeRawBufferPointer(vector))
            }
        } catch {
            throw Self.failure(error, path)
        }
        reasons[item.id] = nil
        entries[item.id] = Entry(row: row, contentHash: contentHash, expected: item.contentHash)
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
            do throws(WriteError) {
                try vector.withUnsafeMutableBufferPointer { vector throws(WriteError) in
                    try file.read(UnsafeMutableRawBufferPointer(vector), at: row * dimension * 4)
                }
            } catch {
                throw Self.failure(error, path)
            }
            return (vector, entry.contentHash)
        }
    }

    private static func failure(_ error: WriteError, _ path: String) -> IndexError {
        .storage(.failed(LMDBCode(rawValue: error.code), doing: "keeping the new embeddings", path: path))
    }
}
