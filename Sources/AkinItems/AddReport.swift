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
    /// Sources, changed or not, whose items kept another label than the data set has for them.
    public let keptLabels: Int
    /// Those of the new and changed pictures that are of one colour, or come out so when the backbone's input is made of
    /// them: all such have one embedding.
    public let blank: [Source]
    /// What could not be added, and why, in the order of the data set.
    public let skipped: [Skipped]
    /// Images embedded, divided by the whole time.
    public let imagesPerSecond: Double

    private enum CodingKeys: String, CodingKey {
        case added, updated, unchanged, blank, skipped
        case keptLabels = "kept_labels"
        case imagesPerSecond = "images_per_second"
    }

    package init(
        _ counts: ChangeCounts, keptLabels: Int, blank: [Source], skipped: [Skipped], embedded: Int,
        since began: ContinuousClock.Instant
    ) {
        added = counts.added
        updated = counts.updated
        unchanged = counts.unchanged
        self.keptLabels = keptLabels
        self.blank = blank
        self.skipped = skipped
        imagesPerSecond = Double(embedded) / max((ContinuousClock.now - began) / .seconds(1), 1e-9)
    }
}

extension AddReport {
    /// What is counted while pictures are embedded.
    struct Parts {
        var embedded = 0
        var keptLabels = 0
        var blank: [Source] = []
        var skipped: [Skipped] = []
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

    package init() {}

    package mutating func count(_ outcome: PutOutcome) {
        switch outcome {
        case .added: added += 1
        case .updated: updated += 1
        case .unchanged: unchanged += 1
        }
    }
}
