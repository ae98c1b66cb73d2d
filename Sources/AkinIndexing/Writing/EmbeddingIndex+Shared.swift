import AkinItems
import AkinStorage

/// What it has in common with shared ones.
extension EmbeddingIndex {
    /// What is kept of the last time that this index and a shared one agreed, in whatever form.
    ///
    /// - Parameter identity: Of the shared index.
    package func sharedRecord(_ identity: String) throws -> [UInt8]? {
        try read { try $0.bytes(of: Setting.shared + identity, in: home.tables.settings).map(Array.init) }
    }

    /// Keeps that.
    package func setSharedRecord(_ record: [UInt8], _ identity: String) throws(IndexError) {
        try home.write(leavingItems: true) { (access) throws(IndexError) in
            try access.set(record, for: Setting.shared + identity, in: access.tables.settings)
        }
    }

    /// What taking back a change, or making it again, has done.
    package struct Turn {
        /// What has become of the items.
        package let items: [ItemChange]
        /// By which classifier the index is asked now, and what is known of its answers; nil where that is as before.
        package let answering: (classifier: [UInt8]?, calibration: [UInt8]?)?
    }

    /// As `undo`; where it is a change that `isPulled`, what is kept of each shared index becomes in the same transaction what
    /// `adapted` makes of it.
    package func undo(
        mayEmpty: Bool, where isPulled: (Change) -> Bool, _ adapted: (Turn, [UInt8]) -> [UInt8]
    ) throws(IndexError) -> Change {
        try home.write { (access) throws(IndexError) in
            let last = try access.current.last(of: access.tables.changes)
            let next = last.flatMap { ChangeRecord(stored: $0.value)?.change($0.key) }
            let isPulled = next.map(isPulled) ?? false
            return try access.turn(isPulled ? next : nil, adapted) { () throws(IndexError) in
                try access.undoLast(mayEmpty: mayEmpty)
            }
        }
    }

    /// As `redo`, with that.
    package func redo(
        where isPulled: (Change) -> Bool, _ adapted: (Turn, [UInt8]) -> [UInt8]
    ) throws(IndexError) -> Change {
        try home.write { (access) throws(IndexError) in
            let next = try access.nextToRedo().flatMap { $0.record?.change($0.number) }
            let isPulled = next.map(isPulled) ?? false
            return try access.turn(isPulled ? next : nil, adapted) { () throws(IndexError) in
                try access.redoNext()
            }
        }
    }
}

extension IndexTransaction {
    /// Does `work`, which takes back a pulled change or makes it again, and adapts what is kept of shared indexes.
    fileprivate func turn(
        _ pulled: Change?, _ adapted: (EmbeddingIndex.Turn, [UInt8]) -> [UInt8],
        _ work: () throws(IndexError) -> Change
    ) throws(IndexError) -> Change {
        guard let pulled, let found = try current.itemChanges(of: pulled.number) else { return try work() }
        let before = (try current.classifierRecord, try current.calibrationRecord)
        let change = try work()
        let now = (classifier: try current.classifierRecord, calibration: try current.calibrationRecord)
        let turn = EmbeddingIndex.Turn(
            items: found.isUndone ? found.items : found.items.map(\.reversed),
            answering: now == before ? nil : now)
        var records: [(key: String, bytes: [UInt8])] = []
        try current.forEachEntry(in: tables.settings, from: Setting.shared) {
            (key, bytes) throws(IndexError) in
            guard key.hasPrefix(Setting.shared) else { return false }
            records.append((key, Array(bytes)))
            return true
        }
        for (key, bytes) in records { try set(adapted(turn, bytes), for: key, in: tables.settings) }
        return change
    }
}
