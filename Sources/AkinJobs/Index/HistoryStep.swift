import AkinIndexing
import AkinItems

/// A change that was taken back or done again, or would be.
@dynamicMemberLookup
public struct HistoryStep: Encodable, Sendable {
    /// Which.
    public let change: Change
    /// What would become of the items, where it was only tried; nil where it was done.
    public let trial: [ItemChange]?

    /// Of the change.
    public subscript<Value>(dynamicMember part: KeyPath<Change, Value>) -> Value { change[keyPath: part] }

    /// One flat object: the change; of a trial with `dry_run` and `changes`.
    public func encode(to encoder: any Encoder) throws {
        try change.encode(to: encoder)
        try trial?.encodeAsTrial(to: encoder)
    }
}

private enum TrialKeys: String, CodingKey {
    case changes
    case dryRun = "dry_run"
}

extension [ItemChange] {
    /// Adds to an object that nothing was changed, and what would have been.
    func encodeAsTrial(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: TrialKeys.self)
        try container.encode(true, forKey: .dryRun)
        try container.encode(self, forKey: .changes)
    }
}
