import AkinBasics
import AkinDatasets

/// What became of the items that were to be added.
public struct AddReport: Sendable, Equatable, Codable {
    /// New sources.
    public let added: Int
    /// Sources whose content, label or group had changed.
    public let updated: Int
    /// Sources that were left as they are, without decoding or embedding them.
    public let unchanged: Int
    /// Items whose pictures were found in another place: nothing else of them is new, unless it is said.
    public let moved: [Moved]
    /// Sources, changed or not, whose items kept another label than the data set has for them.
    public let keptLabels: Int
    /// Items of one content, at least one in each group from a source of the data set.
    public let copies: [Copies]
    /// Those of the new and changed pictures that are of one colour, or come out so when the backbone's input is made of
    /// them: all such have one embedding.
    public let blank: [Source]
    /// What could not be added, and why, in the order of the data set.
    public let skipped: [Skipped]
    /// What lies beside the pictures and was passed over.
    public let ignored: [Ignored]
    /// Items whose place another has taken, and whose content lies nowhere any more.
    public let removed: Int
    /// Files of several pages of which the first was taken.
    public let pages: [MorePages]
    /// Images embedded, divided by the whole time.
    public let imagesPerSecond: Double

    private enum CodingKeys: String, CodingKey {
        case added, updated, unchanged, moved, removed, copies, blank, skipped, ignored, pages
        case keptLabels = "kept_labels"
        case imagesPerSecond = "images_per_second"
    }

    package init(
        _ counts: ChangeCounts, keptLabels: Int, blank: [Source], skipped: [Skipped],
        ignored: [Ignored] = [], pages: [MorePages] = [], embedded: Int, since began: ContinuousClock.Instant,
        copies: [Copies] = []
    ) {
        added = counts.added
        updated = counts.updated
        unchanged = counts.unchanged
        moved = counts.moved
        removed = counts.removed
        self.keptLabels = keptLabels
        self.copies = copies
        self.blank = blank
        self.skipped = skipped
        self.ignored = ignored
        self.pages = pages
        imagesPerSecond = Double(embedded) / max((ContinuousClock.now - began) / .seconds(1), 1e-9)
    }
}

/// An item whose picture was found in another place.
public struct Moved: Sendable, Hashable, Codable {
    /// Where the item's picture was.
    public let from: Source
    /// Where it is.
    public let to: Source
    /// The label that it has now, where that is another: that of its new folder.
    public let label: String?
}

extension AddReport {
    /// What is counted while pictures are embedded.
    struct Parts {
        /// Of what could be read.
        var contents: Set<ContentHash> = []
        var embedded = 0
        var keptLabels = 0
        var blank: [Source] = []
        var skipped: [Skipped] = []
        var waiting: [WaitingFile] = []
        var changed: [ChangedFile] = []

        /// So many wait in memory; more are written at once, whatever becomes of what they were.
        static let mostChanged = 4096

        /// Files whose outcome comes when all have been read.
        var deferred: Int { waiting.count + changed.count }
    }
}

/// What became of items that were put into a gallery.
public struct ChangeCounts: Sendable, Equatable {
    /// New sources.
    public package(set) var added = 0
    /// Sources whose content, label or group had changed.
    public package(set) var updated = 0
    /// Sources that were left as they are.
    public package(set) var unchanged = 0
    /// Items whose pictures were found in another place.
    public package(set) var moved: [Moved] = []
    /// As `AddReport.removed`.
    public package(set) var removed = 0

    package init() {}

    package mutating func count(_ outcome: PutOutcome) {
        switch outcome {
        case .added: added += 1
        case .updated: updated += 1
        case .unchanged: unchanged += 1
        }
    }
}
