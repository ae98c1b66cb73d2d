import AkinStorage

/// Writes what a transaction changes into the history, in the same transaction.
struct ChangeRecorder {
    private let tables: IndexTables
    private let path: String
    private let limit: Int
    private let number: UInt64
    private let isNew: Bool
    private var record: ChangeRecord

    /// Nil if no history is kept.
    init?(
        _ change: PendingChange, _ index: EmbeddingIndex, nextID: UInt64,
        in transaction: borrowing WriteTransaction
    ) throws {
        tables = index.tables
        path = index.path
        limit = try index.historyLimit(in: transaction)
        guard limit > 0 else { return nil }
        let last = try tables.changes.last(in: transaction)
        // Ids that others gave in between would make a gap in the range, but then theirs is the last change.
        if let last, last.key == change.number {
            guard let record = ChangeRecord(stored: last.value) else {
                throw IndexError.damagedChange(path: path, number: last.key)
            }
            (number, self.record, isNew) = (last.key, record, false)
        } else {
            number = try tables.nextChange(in: transaction, path: path)
            record = ChangeRecord(change, nextID: nextID)
            isNew = true
        }
    }

    mutating func count(_ change: (inout Change.Counts) -> Void) { change(&record.counts) }

    mutating func added(_ id: UInt64) {
        record.added = record.added.lowerBound..<id + 1
        record.counts.added += 1
    }

    /// Whether an item is one that this change has added: undoing removes it, however it was changed since.
    func isNew(_ id: UInt64) -> Bool { record.added.contains(id) }

    mutating func keep(_ entry: UndoEntry, in transaction: borrowing WriteTransaction) throws {
        try tables.undo.set(entry, for: UndoKey(number, record.entries), in: transaction)
        record.entries += 1
    }

    /// Writes the change, unless it changed nothing, and drops those that have become too old; the number of the
    /// change. To be called once, at the end.
    func finish(in transaction: borrowing WriteTransaction) throws -> UInt64? {
        guard !record.counts.isEmpty || record.entries > 0 else { return nil }
        try tables.changes.set(record, for: number, in: transaction)
        if isNew {
            try tables.settings.set((number + 1).stored, for: Setting.nextChange, in: transaction)
            try tables.dropChanges(keeping: limit, in: transaction)
        }
        return number
    }
}

extension IndexTables {
    /// Drops the oldest changes.
    func dropChanges(keeping limit: Int, in transaction: borrowing WriteTransaction) throws {
        let excess = try changes.count(in: transaction) - limit
        guard excess > 0 else { return }
        var dropped: [(number: UInt64, entries: UInt64)] = []
        try changes.forEach(in: transaction) { number, bytes in
            // One that is damaged is the more to be dropped; `faults` tells of what it leaves.
            dropped.append((number, ChangeRecord(stored: bytes)?.entries ?? 0))
            return dropped.count < excess
        }
        for change in dropped {
            for sequence in 0..<change.entries {
                try undo.remove(UndoKey(change.number, sequence), in: transaction)
            }
            try changes.remove(change.number, in: transaction)
        }
    }
}
