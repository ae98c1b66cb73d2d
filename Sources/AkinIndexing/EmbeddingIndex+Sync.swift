import AkinBasics
import AkinDatasets
import AkinEmbedding
import AkinNetworks
import AkinStorage

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What `sync` did.
public struct SyncReport: Sendable, Equatable, Codable {
    /// New files.
    public let added: Int
    /// Files whose content had changed.
    public let updated: Int
    /// Files whose items were left as they are.
    public let unchanged: Int
    /// Files whose items have another label than their folder's, and kept it.
    public let keptLabels: Int
    /// Items whose files are gone.
    public let removed: Int
    /// What could not be read, and why; an item that such a file had is kept.
    public let skipped: [Skipped]
    /// Images embedded, divided by the time of adding.
    public let imagesPerSecond: Double

    private enum CodingKeys: String, CodingKey {
        case added, updated, unchanged, removed, skipped
        case keptLabels = "kept_labels"
        case imagesPerSecond = "images_per_second"
    }
}

extension EmbeddingIndex {
    /// Makes the items from below a folder (one sub-folder a label, as in `Dataset(folder:)`) the same as its
    /// files: adds new ones, embeds changed ones anew, removes the items whose files are gone, in one transaction
    /// after the rest. Items from elsewhere are left alone, and one that was given another label than its folder's keeps
    /// it.
    ///
    /// A folder that is missing, cannot be read or holds no picture that can is an error: it is more likely the
    /// wrong one, or not mounted, than meant to remove everything. Cancelled (as in `add`), it removes nothing.
    @discardableResult
    public func sync(
        _ folder: String, embedder: Embedder, isCancelled: () -> Bool = { false },
        progress: (AddProgress) -> Void = { _ in }
    ) throws(IndexError) -> SyncReport {
        let root = absolutePath(folder)
        let dataset: Dataset
        do throws(DatasetError) {
            dataset = try Dataset(folder: root)
            guard !dataset.samples.isEmpty else { throw .noImages(path: root) }
        } catch {
            throw .dataset(error)
        }
        let change = PendingChange(.sync, root)
        let report = try add(
            dataset, embedder: embedder, keepingLabels: true, as: change, isCancelled: isCancelled,
            progress: progress)
        // Cancelled after its last batch it may as well be ended.
        let seen = report.added + report.updated + report.unchanged + report.skipped.count
        let isWhole = seen >= dataset.count + dataset.skipped.count
        if isWhole, let first = report.skipped.first, report.added + report.updated + report.unchanged == 0 {
            throw .nothingReadable(folder: root, first: first)
        }
        let present = Set(dataset.samples.map { Array($0.source.utf8) })
        let gone =
            try !isWhole
            ? []
            : items(below: root).filter {
                !present.contains(Array($0.source.utf8)) && isGone($0.source)
            }
        let removed = try removeIfThere(gone, as: change)
        return SyncReport(
            added: report.added, updated: report.updated, unchanged: report.unchanged,
            keptLabels: report.keptLabels, removed: removed, skipped: report.skipped,
            imagesPerSecond: report.imagesPerSecond)
    }

    /// Items whose sources lie below a folder, O(those).
    private func items(below folder: String) throws(IndexError) -> [Item] {
        let prefix = folder == "/" ? "/" : folder + "/"
        let first = TextKey.first(withPrefix: prefix)
        return try reading { transaction in
            var items: [Item] = []
            try tables.sources.forEach(from: first, in: transaction) { key, value in
                guard key.bytes.starts(with: first.bytes) else { return false }
                guard let id = UInt64(stored: value) else {
                    throw StorageError.malformed(table: "sources", path: path)
                }
                let record = try tables.record(id, in: transaction, path: path)
                if record.source.utf8.starts(with: prefix.utf8) { items.append(record.item(id)) }
                return true
            }
            return items
        }
    }

    /// Only if the file is known not to exist: one that cannot be looked at may come back.
    private func isGone(_ source: String) -> Bool {
        func isMissing(_ path: String) -> Bool {
            var status = stat()
            return lstat(path, &status) != 0 && (errno == ENOENT || errno == ENOTDIR)
        }
        guard isMissing(source) else { return false }
        // An item of an IDX file is as present as the file.
        guard let mark = source.utf8.lastIndex(of: UInt8(ascii: "#")), Int(source[mark...].dropFirst()) != nil
        else { return true }
        return isMissing(String(source[..<mark]))
    }

    /// Another process may have been faster, or have made an item of the same source since.
    private func removeIfThere(_ items: [Item], as change: PendingChange) throws(IndexError) -> Int {
        guard !items.isEmpty else { return 0 }
        return try edit(change) { change in
            var removed = 0
            for item in items where try change.editor.remove(item.id, in: change.transaction) { removed += 1 }
            return removed
        }
    }
}
