import AkinBasics
import AkinDatasets
import AkinEmbedding

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
    /// As `AddReport.blank`.
    public let blank: [Source]
    /// What could not be read, and why; an item that such a file had is kept.
    public let skipped: [Skipped]
    /// Images embedded, divided by the time of adding.
    public let imagesPerSecond: Double

    private enum CodingKeys: String, CodingKey {
        case added, updated, unchanged, removed, blank, skipped
        case keptLabels = "kept_labels"
        case imagesPerSecond = "images_per_second"
    }
}

extension Gallery {
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
        progress: (WorkProgress) -> Void = { _ in }
    ) throws -> SyncReport {
        let root = absolutePath(folder)
        let dataset: Dataset
        do throws(DatasetError) {
            dataset = try Dataset(folder: root)
            guard !dataset.samples.isEmpty else { throw .noImages(path: root) }
        } catch {
            throw GalleryError.dataset(error)
        }
        let change = PendingChange(.sync, root)
        let report = try add(
            dataset, embedder: embedder, keepingLabels: true, as: change, isCancelled: isCancelled,
            progress: progress)
        // Cancelled after its last batch it may as well be ended.
        let seen = report.added + report.updated + report.unchanged + report.skipped.count
        let isWhole = seen >= dataset.count + dataset.skipped.count
        if isWhole, let first = report.skipped.first, report.added + report.updated + report.unchanged == 0 {
            throw GalleryError.nothingReadable(folder: root, first: first)
        }
        let removed = isWhole ? try removeGone(below: root, present: dataset, as: change) : 0
        return SyncReport(
            added: report.added, updated: report.updated, unchanged: report.unchanged,
            keptLabels: report.keptLabels, removed: removed, blank: report.blank, skipped: report.skipped,
            imagesPerSecond: report.imagesPerSecond)
    }

    /// Removes the items from below a folder whose files are gone; how many. Another process may have been faster, or have
    /// made an item of the same source since.
    private func removeGone(
        below folder: String, present dataset: Dataset, as change: PendingChange
    ) throws -> Int {
        let present = Set(dataset.samples.map(\.source))
        let gone = try read { try $0.items(sourcePrefix: folder == "/" ? "/" : folder + "/") }
            .filter { !present.contains($0.source) && isGone($0.source.path) }
        guard !gone.isEmpty else { return 0 }
        return try write(change) { writer in
            var removed = 0
            for item in gone where try writer.removeItem(item.id) { removed += 1 }
            return removed
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
}
