import AkinStorage
import AkinTensors
import AkinVectorSearch
import Foundation

extension EmbeddingIndex {
    /// Writes all items, by ascending id, with their embeddings: the state at the beginning, whatever others change
    /// meanwhile. The files are there as a whole or not at all.
    ///
    /// - Parameter overwriting: Whether files that are there may be replaced.
    /// - Returns: How many items there are.
    @discardableResult
    public func export(
        to files: ExchangeFiles, overwriting: Bool = false, progress: (AddProgress) -> Void = { _ in }
    ) throws(IndexError) -> Int {
        for path in files.paths where !overwriting && FileManager.default.fileExists(atPath: path) {
            throw .exchange(.alreadyThere(path: path))
        }
        return try reading { transaction in
            let total = try tables.items.count(in: transaction)
            let writer = try ExportWriter(files, self, count: total)
            var rows = ExportRows()
            var done = 0
            func flush() throws {
                try writer.write(rows)
                done += rows.ids.count
                rows.removeAll()
                progress(AddProgress(done: done, total: total))
            }
            try forEachItem(in: transaction) { id, record, vector in
                rows.append(id, record, vector)
                if rows.ids.count == ExportRows.most { try flush() }
            }
            try flush()
            try writer.finish()
            return total
        }
    }
}

/// Some items on their way into files.
struct ExportRows: @unchecked Sendable {
    private(set) var ids: [UInt64] = []
    private(set) var records: [ItemRecord] = []
    /// Where they lie in the index, for as long as it is read.
    private(set) var vectors: [UnsafeBufferPointer<Float>] = []

    static let most = 4096

    mutating func append(_ id: UInt64, _ record: ItemRecord, _ vector: UnsafeBufferPointer<Float>) {
        ids.append(id)
        records.append(record)
        vectors.append(vector)
    }

    mutating func removeAll() {
        ids.removeAll(keepingCapacity: true)
        records.removeAll(keepingCapacity: true)
        vectors.removeAll(keepingCapacity: true)
    }
}
