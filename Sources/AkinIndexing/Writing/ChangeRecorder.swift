import AkinItems
import AkinStorage

/// Writes what a transaction changes into the history, in the same transaction.
struct ChangeRecorder {
    private let access: IndexTransaction
    private let limit: Int
    private let number: UInt64
    private let isNew: Bool
    private var record: ChangeRecord

    /// Nil if no history is kept.
    init?(_ change: PendingChange, _ access: IndexTransaction, nextID: UInt64) throws(IndexError) {
        self.access = access
        limit = try access.current.historyLimit
        guard limit > 0 else { return nil }
        let last = try access.current.last(of: access.tables.changes)
        // Ids that others gave in between would make a gap in the range, but then theirs is the last change.
        if let last, last.key == change.number {
            guard let record = ChangeRecord(stored: last.value) else {
                throw .damagedChange(path: access.path, number: last.key)
            }
            (number, self.record, isNew) = (last.key, record, false)
        } else {
            number = try access.current.nextChange
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

    mutating func keep(_ entry: UndoEntry) throws(IndexError) {
        try access.set(entry, for: UndoKey(number, record.entries), in: access.tables.undo)
        record.entries += 1
    }

    /// Writes the change, unless it changed nothing, and drops those that have become too old, and those that were taken
    /// back; the number of the change. To be called once, at the end.
    func finish() throws(IndexError) -> UInt64? {
        guard !record.counts.isEmpty || record.entries > 0 else { return nil }
        try access.dropUndone()
        try access.set(record, for: number, in: access.tables.changes)
        if isNew {
            try access.set(number + 1, for: Setting.nextChange)
            try access.dropChanges(keeping: limit)
        }
        return number
    }
}

extension IndexTransaction {
    /// Drops the oldest changes.
    func dropChanges(keeping limit: Int) throws(IndexError) {
        let excess = try current.count(of: tables.changes) - limit
        guard excess > 0 else { return }
        var dropped: [(number: UInt64, entries: UInt64)] = []
        try current.forEachEntry(in: tables.changes) { (number, bytes) throws(IndexError) in
            // One that is damaged is the more to be dropped; `faults` tells of what it leaves.
            dropped.append((number, ChangeRecord(stored: bytes)?.entries ?? 0))
            return dropped.count < excess
        }
        for change in dropped {
            for sequence in 0..<change.entries {
                try remove(UndoKey(change.number, sequence), in: tables.undo)
            }
            try remove(change.number, in: tables.changes)
        }
    }
}
