import AkinIndexing
import AkinItems
import AkinPostgreSQL
import AkinVectorSearch

/// Brings what has changed in a shared index in PostgreSQL since the last time to an index in a folder, which is made where it
/// is not there: with backbone, classifier and calibration, an index like any other.
///
/// As `PushIndex`, the other way round; of what has changed on both sides, and not alike, the shared index's word holds here
/// too: it replaces what the folder has, and is named.
public struct PullIndex: Job {
    /// Which.
    public var address: PostgreSQLAddress
    /// Where to.
    public var index: IndexPlace
    /// As in `PostgreSQLGallery.init(opening:)`.
    public var password: (@Sendable (PostgreSQLAddress) -> String?)?

    /// What is to be pulled where.
    public init(
        _ address: PostgreSQLAddress, into index: IndexPlace,
        password: (@Sendable (PostgreSQLAddress) -> String?)? = nil
    ) {
        self.address = address
        self.index = index
        self.password = password
    }

    /// Pulls it. Some items at a time are a transaction: cancelled, or with a broken link, what has come over stays, and
    /// another pull goes on from there.
    @discardableResult
    public func run(_ monitor: Monitor) throws -> SharingResult {
        let gallery = try PostgreSQLGallery(opening: address, backbones: .standard, password: password)
        let isThere = EmbeddingIndex.exists(at: index.path)
        if !isThere { try create(for: gallery) }
        return try index.changing(monitor) { try pull(from: gallery, to: $0, created: !isThere, monitor) }
    }

    private func pull(
        from gallery: PostgreSQLGallery, to index: EmbeddingIndex, created: Bool, _ monitor: Monitor
    ) throws -> SharingResult {
        let shared = SharedIndex(index: index, gallery: gallery)
        try shared.check()
        let last = try shared.lastRecord()
        var result = SharingResult(index: index.path, address, created: created)
        var record = last
        let change = SharedRecord.pull(from: address)
        defer { try? shared.keep(record) }
        try gallery.read { reader in
            let comparison = SharedComparison(here: try index.items(), there: try reader.items(), last)
            result.waiting = comparison.here.count
            result.conflicts = comparison.conflicts.map(SharedConflict.init)
            let steps = (comparison.there + comparison.conflicts).map {
                SharedTransfer.Step(source: $0.source, item: $0.there, was: $0.here)
            }
            var transfer = SharedTransfer(steps, comparison, result, keep: shared.keep)
            defer { (record, result) = (transfer.record, transfer.result) }
            try monitor.inTransactions(
                "pulling", unit: "items", interruption: { .added($0, of: $1, unit: "items") }
            ) { isCancelled, progress in
                try transfer.run(into: index, as: change, isCancelled: isCancelled, progress: progress) {
                    try reader.forEachPage(of: $0, $1)
                }
            }
        }
        try pullAnswering(shared, last, change, &record, &result)
        try shared.keep(record)
        try monitor.maintain(index)
        return result
    }

    private func create(for gallery: PostgreSQLGallery) throws {
        do {
            _ = try EmbeddingIndex.create(
                at: index.path, backbone: try gallery.storedBackbone, metric: gallery.metric.kind)
        } catch PostgreSQLError.noBackbone {
            _ = try EmbeddingIndex.create(
                at: index.path, dimension: gallery.dimension, metric: gallery.metric.kind,
                backbone: gallery.backbone)
        }
    }

    private func pullAnswering(
        _ shared: SharedIndex, _ last: SharedRecord, _ change: PendingChange, _ record: inout SharedRecord,
        _ result: inout SharingResult
    ) throws {
        let answering = try shared.answering(last)
        if answering.isChangedThere {
            try shared.index.setAnswering(
                classifier: answering.there.classifier, calibration: answering.there.calibration,
                as: change)
            result.answering = true
        }
        result.answeringConflict = answering.isConflict
        result.answeringWaits = answering.isChangedHereOnly
        guard answering.agrees || result.answering else { return }
        record.answering = SharedRecord.state(answering.there)
    }
}
