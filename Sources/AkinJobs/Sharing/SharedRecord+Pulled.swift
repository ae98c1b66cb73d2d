import AkinIndexing
import AkinItems
import AkinPostgreSQL

/// A pull that is taken back: the folder is as if it had never been, and so has to be what it knows of the last agreement.
/// Else what others have made would be taken for removed here, and the next push would remove it from the shared index.
extension SharedRecord {
    private static let pulled = "pulled from "

    /// The change that a pull is in the folder's history.
    static func pull(from address: PostgreSQLAddress) -> PendingChange {
        PendingChange(.sync, pulled + "\(address)")
    }

    /// Whether a change is such a one.
    static func isPulled(_ change: Change) -> Bool {
        change.verb == .sync && change.summary.hasPrefix(pulled)
    }

    /// A record after a pull was taken back, or made again: what that touched has agreed as it is now.
    static func bytes(after turn: EmbeddingIndex.Turn, _ bytes: [UInt8]) -> [UInt8] {
        guard var record = SharedRecord(bytes) else { return bytes }
        // First all that is gone: another item may have its source now.
        for case let before? in turn.items.map(\.before) { record[before.source] = nil }
        for case let after? in turn.items.map(\.after) { record[after.source] = state(after) }
        if let answering = turn.answering { record.answering = state(answering) }
        return record.bytes
    }
}
