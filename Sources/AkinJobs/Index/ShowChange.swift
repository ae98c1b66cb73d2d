import AkinIndexing
import AkinItems

/// Shows what one change of an index has made of each of its items.
public struct ShowChange: Job {
    /// Of which.
    public var index: IndexPlace
    /// The change's number.
    public var number: UInt64

    /// A change and its items.
    public struct Result: Encodable, Sendable {
        /// The change.
        public let summary: ChangeSummary
        /// By ascending number of the item. A `rebuild` has those only that it dropped, or whose pictures had changed.
        public let changes: [ItemChange]

        /// One flat object.
        public func encode(to encoder: any Encoder) throws {
            try summary.encode(to: encoder)
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(changes, forKey: .changes)
        }

        private enum CodingKeys: CodingKey { case changes }
    }

    /// What is to be shown.
    public init(_ number: UInt64, of index: IndexPlace) { (self.number, self.index) = (number, index) }

    /// Shows it, also where it was taken back and can be done again.
    ///
    /// - Throws: `JobError.noChange` where the history does not have it.
    @discardableResult
    public func run(_ monitor: Monitor) throws -> Result {
        try index.reading().read { reader in
            guard let (change, isUndone, items) = try reader.itemChanges(of: number) else {
                let known = try reader.history().reversed() + reader.undone()
                throw JobError.noChange(number, in: index.path, known: known.map(\.number))
            }
            return Result(summary: ChangeSummary(change, isUndone: isUndone, items), changes: items)
        }
    }
}
