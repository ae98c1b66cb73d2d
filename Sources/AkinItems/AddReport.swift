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
    /// What could not be added, and why, in the order of the data set.
    public let skipped: [Skipped]
    /// What lies beside the pictures and was passed over.
    public let ignored: [Ignored]
    /// Images embedded, divided by the whole time.
    public let imagesPerSecond: Double

    private enum CodingKeys: String, CodingKey {
        case added, updated, unchanged, skipped, ignored
        case keptLabels = "kept_labels"
        case imagesPerSecond = "images_per_second"
    }

    package init(
        _ counts: ChangeCounts, keptLabels: Int, skipped: [Skipped], ignored: [Ignored] = [],
        embedded: Int, since began: ContinuousClock.Instant
    ) {
        added = counts.added
        updated = counts.updated
        unchanged = counts.unchanged
        self.keptLabels = keptLabels
        self.skipped = skipped
        self.ignored = ignored
        imagesPerSecond = Double(embedded) / max((ContinuousClock.now - began) / .seconds(1), 1e-9)
    }
}

extension AddReport {
    /// What is counted while pictures are embedded.
    struct Parts {
        var embedded = 0
        var keptLabels = 0
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
