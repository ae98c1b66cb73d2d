import AkinBasics
import AkinEmbedding
import AkinIndexing
import AkinItems
import AkinPostgreSQL
import AkinVectorSearch

/// What is told of pushing or pulling.
public struct SharingResult: Encodable, Sendable {
    /// The folder of the index.
    public let index: String
    /// The shared index, as it is told to people.
    public let address: String
    /// Whether the one that was changed was made.
    public let created: Bool
    /// Items that are new where they were brought.
    public internal(set) var added = 0
    /// Items whose content, label or group were brought.
    public internal(set) var updated = 0
    /// Items that were removed where the others had been removed.
    public internal(set) var removed = 0
    /// Items that somebody changed meanwhile, and that were left alone: the next time will tell.
    public internal(set) var left = 0
    /// Items that have changed on the other side alone: so many wait to go the other way.
    public internal(set) var waiting = 0
    /// Whether it was brought by which classifier the index is asked and what is known of its answers.
    public internal(set) var answering = false
    /// Whether that has changed on the other side alone, and waits to go the other way.
    public internal(set) var answeringWaits = false
    /// Whether that has changed on both sides, and not alike.
    public internal(set) var answeringConflict = false
    /// What has changed on both sides, and not alike.
    public internal(set) var conflicts: [SharedConflict] = []

    private enum CodingKeys: String, CodingKey {
        case index, address, created, added, updated, removed, left, waiting, answering, conflicts
        case answeringWaits = "answering_waits"
        case answeringConflict = "answering_conflict"
    }

    init(index: String, _ address: PostgreSQLAddress, created: Bool) {
        self.index = index
        self.address = address.description
        self.created = created
    }
}

/// An index in a folder and a shared one, side by side.
struct SharedIndex {
    let index: EmbeddingIndex
    let gallery: PostgreSQLGallery

    /// Throws where the one's embeddings cannot be compared with the other's.
    func check() throws {
        try gallery.check(index.backbone)
        guard gallery.metric.kind == index.metric.kind else {
            throw JobError.otherMetric(
                index: "\(gallery.address)", metric: gallery.metric.kind, asked: index.metric.kind)
        }
        guard gallery.dimension == index.dimension else {
            throw GalleryError.wrongDimension(expected: gallery.dimension, found: index.dimension)
        }
    }

    /// What agreed the last time; nothing where that was never, or cannot be read.
    func lastRecord() throws -> SharedRecord {
        try index.sharedRecord(gallery.identity).flatMap { SharedRecord($0) } ?? SharedRecord()
    }

    /// Keeps what agrees now, unless that is known.
    func keep(_ record: SharedRecord) throws {
        guard try record != lastRecord() else { return }
        try index.setSharedRecord(record.bytes, gallery.identity)
    }

    /// By which classifier each is to be asked, and what is known of its answers, where they differ.
    func answering(_ last: SharedRecord) throws -> Answering {
        let here = (classifier: try index.classifierRecord, calibration: try index.calibrationRecord)
        return Answering(here: here, there: try gallery.read { try $0.answering() }, last: last.answering)
    }

    struct Answering {
        typealias Records = (classifier: [UInt8]?, calibration: [UInt8]?)
        let here: Records
        let there: Records
        /// As `SharedRecord.answering`.
        let last: UInt64?

        var states: (here: UInt64, there: UInt64) {
            (SharedRecord.state(here), SharedRecord.state(there))
        }
        /// Where nothing has agreed yet, neither side has said anything that the other has not.
        private var before: UInt64 { last ?? SharedRecord.state((nil, nil)) }
        var agrees: Bool { states.here == states.there }
        var isChangedHereOnly: Bool { !agrees && states.there == before }
        var isChangedThere: Bool { !agrees && states.there != before }
        /// On both sides, and not alike.
        var isConflict: Bool { isChangedThere && states.here != before }
    }
}

extension GalleryWriter {
    /// Whether the item of a source is still what it was when the sides were compared.
    func isStill(_ item: Item?, at source: Source) throws -> Bool {
        try current.item(source: source).map(SharedRecord.state) == item.map(SharedRecord.state)
    }
}

extension NewItem {
    /// What another index has: its number is that index's own.
    init(_ item: Item) {
        self.init(label: item.label, source: item.source, group: item.group, contentHash: item.contentHash)
    }
}
