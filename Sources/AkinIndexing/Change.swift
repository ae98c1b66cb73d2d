import Foundation

/// One change of an index, as its history tells of it: what one `add`, `remove`, `relabel`, `sync`, import or
/// `rebuild` did, or a program's own `write`.
public struct Change: Sendable, Equatable {
    /// What was done.
    public enum Verb: String, Sendable, Codable {
        case add, remove, relabel, sync, `import`, rebuild, write
    }

    /// Ascending, from 1; never given twice.
    public let number: UInt64
    /// When it was begun, to the millisecond.
    public let time: Date
    /// The login name of who did it.
    public let user: String
    /// What was done.
    public let verb: Verb
    /// To what: a folder, a label, a number of items; for people.
    public let summary: String
    /// How many items.
    public let counts: Counts

    /// How many items a change has touched, and how.
    public struct Counts: Sendable, Equatable, Codable {
        /// New items.
        public internal(set) var added = 0
        /// Items whose content, label or group was replaced.
        public internal(set) var updated = 0
        /// Items that are gone.
        public internal(set) var removed = 0
        /// Items that got another label.
        public internal(set) var relabelled = 0

        var isEmpty: Bool { self == Counts() }
    }
}

extension Change: Encodable {
    private enum CodingKeys: String, CodingKey {
        case number, time, user, verb, summary, added, updated, removed, relabelled
    }

    /// One flat object; the time as in ISO 8601, UTC.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(number, forKey: .number)
        try container.encode(time.formatted(.iso8601), forKey: .time)
        try container.encode(user, forKey: .user)
        try container.encode(verb, forKey: .verb)
        try container.encode(summary, forKey: .summary)
        try container.encode(counts.added, forKey: .added)
        try container.encode(counts.updated, forKey: .updated)
        try container.encode(counts.removed, forKey: .removed)
        try container.encode(counts.relabelled, forKey: .relabelled)
    }
}

/// A change that is being made. Each of its transactions adds to the same change, as long as nobody else changes
/// the index in between; what comes after that is another change.
///
/// To be used by one thread at a time.
package final class PendingChange: @unchecked Sendable {
    let verb: Change.Verb
    let summary: String
    /// The number of the change, once one of its transactions has been committed.
    var number: UInt64?

    package init(_ verb: Change.Verb, _ summary: String) {
        self.verb = verb
        self.summary = summary
    }
}
