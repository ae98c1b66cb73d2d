import AkinItems
import Foundation

extension Gallery {
    /// Writes all items, by ascending id, with their embeddings: the state at the beginning, whatever others change
    /// meanwhile. The files are there as a whole or not at all.
    ///
    /// - Parameter overwriting: Whether files that are there may be replaced.
    /// - Returns: How many items there are.
    @discardableResult
    public func export(
        to files: ExchangeFiles, overwriting: Bool = false, progress: (AddProgress) -> Void = { _ in }
    ) throws -> Int {
        for path in files.paths where !overwriting && FileManager.default.fileExists(atPath: path) {
            throw ExchangeError.alreadyThere(path: path)
        }
        return try read { reader in
            let total = try reader.count
            let writer = try ExportWriter(files, backbone, dimension: dimension, count: total)
            var rows = ExportRows()
            var done = 0
            func flush() throws {
                try writer.write(rows)
                done += rows.items.count
                rows.removeAll()
                progress(AddProgress(done: done, total: total))
            }
            try reader.forEachItem { item, vector in
                rows.append(item, vector)
                if rows.items.count == ExportRows.most { try flush() }
            }
            try flush()
            try writer.finish()
            return total
        }
    }
}

/// Some items on their way into files.
struct ExportRows: @unchecked Sendable {
    private(set) var items: [Item] = []
    /// Where they lie, for as long as the gallery is read.
    private(set) var vectors: [UnsafeBufferPointer<Float>] = []

    static let most = 4096

    mutating func append(_ item: Item, _ vector: UnsafeBufferPointer<Float>) {
        items.append(item)
        vectors.append(vector)
    }

    mutating func removeAll() {
        items.removeAll(keepingCapacity: true)
        vectors.removeAll(keepingCapacity: true)
    }
}
