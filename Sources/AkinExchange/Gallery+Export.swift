import AkinBasics
import AkinItems

extension Gallery {
    /// Writes what is known of all items but their embeddings, by ascending id, as a table for spreadsheets: the columns `id`, `label`,
    /// `source` and `group`. A text that a spreadsheet would change is marked.
    ///
    /// - Returns: How many items there are.
    @discardableResult
    public func exportTable(to file: OutputFile) throws -> Int {
        var table = SpreadsheetTable(columns: ["id", "label", "source", "group"])
        let items = try read { try $0.items() }
        for item in items {
            table.append([
                .text("\(item.id)"), .text(item.label), .text(item.source.path), .text(item.group ?? ""),
            ])
        }
        do throws(WriteError) { try file.write(table.bytes) } catch { throw ExchangeError.unwritable(error) }
        return items.count
    }

    /// Writes all items, by ascending id, with their embeddings: the state at the beginning, whatever others change
    /// meanwhile. The files are there as a whole or not at all.
    ///
    /// - Parameters:
    ///   - overwriting: Whether files that are there may be replaced.
    ///   - isCancelled: Asked before each part; once it says yes, nothing is written.
    /// - Returns: How many items there are; nil if it was cancelled.
    @discardableResult
    public func export(
        to files: ExchangeFiles, overwriting: Bool = false, isCancelled: () -> Bool = { false },
        progress: (WorkProgress) -> Void = { _ in }
    ) throws -> Int? {
        do throws(WriteError) {
            for path in files.paths { try OutputFile(path, replacing: overwriting).check() }
        } catch { throw ExchangeError.unwritable(error) }
        var streaming: ExportWriter?
        do {
            // What is read without a lock may be read again from the beginning; a stream cannot take back what it has got.
            let (writer, total) = try read { reader in
                if let streaming { throw ExchangeError.changedMeanwhile(path: streaming.path) }
                let total = try reader.count
                let writer = try ExportWriter(files, backbone, dimension: dimension, count: total)
                if writer.isStreaming { streaming = writer }
                var rows = ExportRows()
                var done = 0
                func flush() throws {
                    if isCancelled() { throw CancellationError() }
                    try writer.write(rows)
                    done += rows.items.count
                    rows.removeAll()
                    progress(WorkProgress(done: done, total: total))
                }
                try reader.forEachItem { item, vector in
                    rows.append(item, vector)
                    if rows.items.count == ExportRows.most { try flush() }
                }
                try flush()
                return (writer, total)
            }
            try writer.finish(overwriting: overwriting)
            return total
        } catch is CancellationError {
            return nil
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
