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
    /// Items whose pictures were found in another place.
    public let moved: [Moved]
    /// Files whose items have another label than their folder's, and kept it.
    public let keptLabels: Int
    /// Items of one content, at least one in each group from this folder.
    public let copies: [Copies]
    /// Items whose files are gone.
    public let removed: Int
    /// As `AddReport.blank`.
    public let blank: [Source]
    /// What could not be read, and why; an item that such a file had is kept.
    public let skipped: [Skipped]
    /// What lies beside the pictures and was passed over.
    public let ignored: [Ignored]
    /// As `AddReport.pages`.
    public let pages: [MorePages]
    /// Images embedded, divided by the time of adding.
    public let imagesPerSecond: Double

    private enum CodingKeys: String, CodingKey {
        case added, updated, unchanged, moved, copies, removed, blank, skipped, ignored, pages
        case keptLabels = "kept_labels"
        case imagesPerSecond = "images_per_second"
    }
}

extension Dataset {
    /// A folder that an index is to follow: with at least one picture that can be looked at.
    package init(toSync folder: String, _ reading: FolderReading) throws(GalleryError) {
        do throws(DatasetError) {
            self = try Dataset(folder: folder, reading)
        } catch {
            throw .dataset(error)
        }
        if samples.isEmpty, let first = skipped.first {
            throw GalleryError.nothingReadable(folder: absolutePath(folder), first: first)
        }
        guard !samples.isEmpty else {
            throw GalleryError.dataset(.noImages(path: absolutePath(folder), ignored: ignored))
        }
    }
}

extension Gallery {
    /// Makes the items from below a folder (one sub-folder a label, as in `Dataset(folder:)`) the same as its
    /// files: adds new ones, embeds changed ones anew, removes the items whose files (or pages of them) are gone, or are
    /// to be passed over now, in one transaction after the rest. Items from elsewhere are left alone, and one that was given another label than its folder's keeps
    /// it. What has moved within the folder, or into it from where its files are gone, is told by its content, as in
    /// `add`: so a folder that was renamed is synced under its new name.
    ///
    /// A folder that is missing, cannot be read or holds no picture that can is an error: it is more likely the
    /// wrong one, or not mounted, than meant to remove everything. Cancelled (as in `add`), it removes nothing.
    ///
    /// - Parameter reading: How the folder is read.
    @discardableResult
    public func sync(
        _ folder: String, embedder: Embedder, _ reading: FolderReading = FolderReading(),
        isCancelled: () -> Bool = { false }, progress: (WorkProgress) -> Void = { _ in }
    ) throws -> SyncReport {
        try sync(
            folder, to: try Dataset(toSync: folder, reading), embedder: embedder, isCancelled: isCancelled,
            progress: progress)
    }

    /// As the above, of a folder that has been read.
    package func sync(
        _ folder: String, to dataset: Dataset, embedder: Embedder, isCancelled: () -> Bool,
        progress: (WorkProgress) -> Void
    ) throws -> SyncReport {
        let root = absolutePath(folder)
        let change = PendingChange(.sync, root)
        let report = try add(
            dataset, embedder: embedder, keepingLabels: true, as: change, isCancelled: isCancelled,
            progress: progress)
        // Cancelled after its last batch it may as well be ended.
        let taken = report.added + report.updated + report.unchanged + report.moved.count
        let isWhole = taken + report.skipped.count >= dataset.count + dataset.skipped.count
        if isWhole, taken == 0, let first = report.skipped.first {
            throw GalleryError.nothingReadable(folder: root, first: first)
        }
        let removed = isWhole ? try removeGone(below: root, present: dataset, as: change) : 0
        return SyncReport(
            added: report.added, updated: report.updated, unchanged: report.unchanged, moved: report.moved,
            keptLabels: report.keptLabels, copies: report.copies, removed: removed + report.removed,
            blank: report.blank, skipped: report.skipped, ignored: report.ignored, pages: report.pages,
            imagesPerSecond: report.imagesPerSecond)
    }

    /// Removes the items from below a folder whose files are gone or passed over; how many. Another process may have been faster, or have
    /// made an item of the same source since.
    private func removeGone(
        below folder: String, present dataset: Dataset, as change: PendingChange
    ) throws -> Int {
        let present = Set(dataset.samples.map(\.source))
        // What came by the folder's own path is as gone by that of a link to it.
        var folders = [folder]
        if let resolved = realpath(PathText.system(folder), nil) {
            let place = PathText.text(of: resolved)
            if place != folder { folders.append(place) }
            free(resolved)
        }
        let items = try read { reader in
            try folders.flatMap { try reader.items(sourcePrefix: $0 == "/" ? "/" : $0 + "/") }
        }
        let skipped = Set(dataset.skipped.map(\.source))
        let gone = items.filter { item in
            guard !present.contains(item.source) else { return false }
            let above = item.source.andFoldersAbove
            if !dataset.passedOver.isDisjoint(with: above) { return true }
            // A folder that cannot be entered, a link to a drive that is not there, may come back.
            return skipped.isDisjoint(with: above) && (item.source.isGone || item.source.isLostPage)
        }
        guard !gone.isEmpty else { return 0 }
        return try write(change) { writer in
            var removed = 0
            for item in gone where try writer.removeItem(item.id) { removed += 1 }
            return removed
        }
    }
}
