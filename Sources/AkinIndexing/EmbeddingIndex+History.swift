import AkinStorage

extension EmbeddingIndex {
    /// The changes that can be undone, the last one first.
    public func history() throws(IndexError) -> [Change] { try reading { try history(in: $0) } }

    func history(in transaction: borrowing ReadTransaction) throws -> [Change] {
        var changes: [Change] = []
        try tables.changes.forEach(in: transaction) { number, bytes in
            guard let change = ChangeRecord(stored: bytes)?.change(number) else {
                throw IndexError.damagedChange(path: path, number: number)
            }
            changes.append(change)
            return true
        }
        return changes.reversed()
    }

    /// Takes back the last change, in one transaction; called again, the one before. Items get back their old ids,
    /// labels and embeddings.
    ///
    /// Taking back a `rebuild` gives the index its old backbone: this object then throws `rebuilt`, as do all others
    /// that were opened with the new one; open the index again.
    ///
    /// - Throws: `nothingToUndo` if there is no change, or none is kept.
    /// - Returns: what was taken back.
    @discardableResult
    public func undo() throws(IndexError) -> Change {
        try writing { transaction in
            guard let (number, bytes) = try tables.changes.last(in: transaction) else {
                throw IndexError.nothingToUndo(path: path)
            }
            guard let record = ChangeRecord(stored: bytes), let change = record.change(number) else {
                throw IndexError.damagedChange(path: path, number: number)
            }
            if change.verb == .rebuild {
                try undoRebuild(number, record, in: transaction)
            } else {
                try undo(number, record, in: transaction)
            }
            for sequence in 0..<record.entries {
                try tables.undo.remove(UndoKey(number, sequence), in: transaction)
            }
            try tables.changes.remove(number, in: transaction)
            return change
        }
    }

    private func undo(
        _ number: UInt64, _ record: ChangeRecord, in transaction: borrowing WriteTransaction
    ) throws {
        var editor = try IndexEditor(self, nil, in: transaction)
        var added: [UInt64] = []
        try tables.items.forEach(from: record.added.lowerBound, in: transaction) { id, _ in
            guard record.added.contains(id) else { return false }
            added.append(id)
            return true
        }
        // From the end, where nothing has to move into the gap.
        for id in added.reversed() { _ = try editor.remove(id, in: transaction) }
        for sequence in (0..<record.entries).reversed() {
            guard case .item(let id, let old, let vector) = try entry(number, sequence, in: transaction)
            else { throw IndexError.damagedChange(path: path, number: number) }
            try editor.restore(id, old, vector: vector, in: transaction)
        }
        try editor.finish(in: transaction)
    }

    func entry(
        _ number: UInt64, _ sequence: UInt64, in transaction: borrowing WriteTransaction
    ) throws -> UndoEntry {
        guard let bytes = try tables.undo.bytes(of: UndoKey(number, sequence), in: transaction),
            let entry = UndoEntry(stored: bytes)
        else { throw IndexError.damagedChange(path: path, number: number) }
        return entry
    }

    /// Keeps as many changes from now on, and drops older ones at once; 0 keeps no history.
    ///
    /// What is kept of a change is what it removed or replaced; of items that it added, nothing but their ids. Room
    /// that is given free is used again; `compact` gives it back to the disk.
    public func setHistoryLimit(_ limit: Int) throws(IndexError) {
        let limit = max(0, limit)
        try writing { transaction in
            try tables.settings.set(UInt64(limit).stored, for: Setting.historyLimit, in: transaction)
            try tables.dropChanges(keeping: limit, in: transaction)
        }
    }

    /// How many changes are kept at most.
    public var historyLimit: Int {
        get throws(IndexError) { try reading { try historyLimit(in: $0) } }
    }

    func historyLimit(in transaction: borrowing some Transaction & ~Copyable) throws -> Int {
        let limit = try tables.number(Setting.historyLimit, in: transaction, path: path)
        return limit.map { Int(clamping: $0) } ?? Self.historyLimit
    }
}
