import Foundation

/// One change of a gallery, as its history tells of it: what one `add`, `remove`, `relabel`, `sync`, import or
/// `rebuild` or `calibrate` did, or a program's own `write`.
public struct Change: Sendable, Equatable {
    /// What was done.
    public enum Verb: String, Sendable, Codable {
        case add, remove, relabel, sync, `import`, rebuild, calibrate, write
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

    package init(number: UInt64, time: Date, user: String, verb: Verb, summary: String, counts: Counts) {
        self.number = number
        self.time = time
        self.user = user
        self.verb = verb
        self.summary = summary
        self.counts = counts
    }

    /// How many items a change has touched, and how.
    public struct Counts: Sendable, Equatable, Codable {
        /// New items.
        public package(set) var added = 0
        /// Items whose content, label or group was replaced.
        public package(set) var updated = 0
        /// Items that are gone.
        public package(set) var removed = 0
        /// Items that got another label.
        public package(set) var relabelled = 0

        package init() {}

        package var isEmpty: Bool { self == Counts() }
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
