import AkinEmbedding
import AkinIndexing
import AkinItems
import AkinPostgreSQL
import AkinVectorSearch

/// Brings what has changed in an index since the last time to a shared one in PostgreSQL, which is made where it is not there.
///
/// Items are the same where their sources are; they are compared by content, label and group. What has changed in the folder
/// alone goes to the shared index, what was removed there is removed. What has changed in the shared index alone is left for a
/// pull. What has changed on both sides, and not alike, is a conflict: there the shared index's word holds, so a push
/// leaves it and names it.
public struct PushIndex: Job {
    /// Which.
    public var index: IndexPlace
    /// Where to.
    public var address: PostgreSQLAddress
    /// As in `PostgreSQLGallery.init(opening:)`.
    public var password: (@Sendable (PostgreSQLAddress) -> String?)?

    /// What is to be pushed where.
    public init(
        _ index: IndexPlace, to address: PostgreSQLAddress,
        password: (@Sendable (PostgreSQLAddress) -> String?)? = nil
    ) {
        self.index = index
        self.address = address
        self.password = password
    }

    /// Pushes it. Some items at a time are a transaction: cancelled, or with a broken link, what has come over stays, and
    /// another push goes on from there.
    @discardableResult
    public func run(_ monitor: Monitor) throws -> SharingResult {
        try index.changing(monitor) { try push($0, monitor) }
    }

    private func push(_ index: EmbeddingIndex, _ monitor: Monitor) throws -> SharingResult {
        let (gallery, created) = try opened(for: index)
        let shared = SharedIndex(index: index, gallery: gallery)
        try shared.check()
        let last = try shared.lastRecord()
        let there = try gallery.read { try $0.items() }
        var result = SharingResult(index: index.path, address, created: created)
        var record = last
        let change = PendingChange(.sync, "pushed from '\(index.path)'")
        // What has come over is known to have, whatever happens then.
        defer { try? shared.keep(record) }
        try index.read { reader in
            let comparison = SharedComparison(here: try reader.items(), there: there, last)
            result.waiting = comparison.there.count
            result.conflicts = comparison.conflicts.map(SharedConflict.init)
            let steps = comparison.here.map {
                SharedTransfer.Step(source: $0.source, item: $0.here, was: $0.there)
            }
            var transfer = SharedTransfer(steps, comparison, result, keep: shared.keep)
            defer { (record, result) = (transfer.record, transfer.result) }
            try monitor.inTransactions(
                "pushing", unit: "items", interruption: { .added($0, of: $1, unit: "items") }
            ) { isCancelled, progress in
                try transfer.run(into: gallery, as: change, isCancelled: isCancelled, progress: progress) {
                    try reader.forEachPage(of: $0, $1)
                }
            }
        }
        try pushAnswering(shared, last, change, &record, &result)
        try shared.keep(record)
        return result
    }

    private func opened(for index: EmbeddingIndex) throws -> (gallery: PostgreSQLGallery, created: Bool) {
        let kept = try index.keptBackbone
        do throws(PostgreSQLError) {
            return (
                try PostgreSQLGallery(opening: address, backbones: .standard, password: password), false
            )
        } catch .noIndex {
            guard let backbone = kept else {
                let made = try PostgreSQLGallery.create(
                    at: address, dimension: index.dimension, metric: index.metric.kind,
                    backbone: index.backbone, password: password)
                return (made, true)
            }
            let made = try PostgreSQLGallery.create(
                at: address, backbone: backbone, metric: index.metric.kind, backbones: .standard,
                password: password)
            return (made, true)
        }
    }

    private func pushAnswering(
        _ shared: SharedIndex, _ last: SharedRecord, _ change: PendingChange, _ record: inout SharedRecord,
        _ result: inout SharingResult
    ) throws {
        var answering = try shared.answering(last)
        if answering.isChangedHereOnly {
            result.answering = try shared.gallery.write(change) { [answering] writer in
                let isStill = SharedRecord.state(try writer.current.answering()) == answering.states.there
                guard isStill else { return false }
                try writer.setAnswering(
                    classifier: answering.here.classifier, calibration: answering.here.calibration)
                return true
            }
            // Somebody has been faster.
            if !result.answering { answering = try shared.answering(last) }
        }
        result.answeringConflict = answering.isConflict
        result.answeringWaits = answering.isChangedThere && !answering.isConflict
        guard answering.agrees || result.answering else { return }
        record.answering = SharedRecord.state(answering.here)
    }
}

extension IndexReader {
    /// The items of these numbers and their embeddings, some of them at a time, at most 4 MB, by ascending number.
    fileprivate func forEachPage(
        of ids: [UInt64], _ body: ([Item], [Float]) throws -> Void
    ) throws {
        let wanted = Set(ids)
        let size = max(1, min(2000, (4 << 20) / (4 * dimension)))
        var items: [Item] = []
        var values: [Float] = []
        try forEachItem { item, vector in
            guard wanted.contains(item.id) else { return }
            items.append(item)
            values.append(contentsOf: vector)
            guard items.count == size else { return }
            try body(items, values)
            items.removeAll(keepingCapacity: true)
            values.removeAll(keepingCapacity: true)
        }
        if !items.isEmpty { try body(items, values) }
    }
}
