import AkinBasics
import AkinStorage
import Synchronization

extension OpenIndex {
    /// Calls `body` with a write transaction; what it did is on the disk when this returns.
    ///
    /// - Parameter leavingItems: Whether items and answers stay what they are, so that what was fitted to them holds.
    func write<R>(
        leavingItems: Bool = false, _ body: (IndexTransaction) throws(IndexError) -> R
    ) throws(IndexError) -> R {
        try write(leavingItems: leavingItems, failing: { $0 }, body)
    }

    /// As the above, for a `body` with errors of its own; `failing` makes such of the index's.
    func write<R, E>(
        leavingItems: Bool = false, failing: (IndexError) -> E, _ body: (IndexTransaction) throws(E) -> R
    ) throws(E) -> R {
        guard !readOnly else { throw failing(.openForReading(path: path)) }
        while true {
            let result: R? = try environment.write(failing: { failing(IndexError($0, path: path)) }) {
                transaction throws(E) in
                let format: UInt64
                do throws(IndexError) { format = try checkedFormat(in: transaction) } catch {
                    throw failing(error)
                }
                guard format == Self.format else { return nil }
                let access = IndexTransaction(self, transaction)
                defer { access.close() }
                if !leavingItems {
                    do throws(IndexError) { try access.dropFit() } catch { throw failing(error) }
                }
                return try body(access)
            }
            if let result {
                hasWritten.store(true, ordering: .relaxed)
                return result
            }
            do throws(IndexError) { try upgrade() } catch { throw failing(error) }
        }
    }

    /// Brings an index of an older format to this one.
    private func upgrade() throws(IndexError) {
        // Tables have to be made before the transaction.
        do throws(StorageError) { try environment.create(tables.newer) } catch {
            throw IndexError(error, path: path)
        }
        let merged = try environment.write(failing: { IndexError($0, path: path) }) {
            transaction throws(IndexError) in
            let format = try checkedFormat(in: transaction)
            guard format < Self.format else { return [String]() }
            let access = IndexTransaction(self, transaction)
            defer { access.close() }
            var merged: [String] = []
            if format < 4 {
                try access.keepBackboneByFormat()
                merged = try access.composeTexts()
            }
            try access.set(Self.format, for: Setting.format)
            return merged
        }
        if !merged.isEmpty { whenMerging?(merged) }
    }
}

/// What format 4 changed.
extension IndexTransaction {
    /// The backbone is kept with its kind.
    fileprivate func keepBackboneByFormat() throws(IndexError) {
        guard let bytes = try current.bytes(of: Setting.checkpoint, in: tables.settings) else { return }
        let file = Array(bytes)
        let format = Array(Setting.onlyBackboneFormat.utf8)
        try set(format, for: Setting.backboneFormat, in: tables.settings)
        try set(file, for: Setting.backboneBytes, in: tables.settings)
        try remove(Setting.checkpoint, in: tables.settings)
    }

    /// Labels and groups are in normal form C; the labels of which there was more than one form.
    fileprivate func composeTexts() throws(IndexError) -> [String] {
        var forms: [String: Set<[UInt8]>] = [:]
        var old: [(id: UInt64, record: ItemRecord)] = []
        try current.forEachEntry(in: tables.items) { (id, bytes) throws(IndexError) in
            // One that is damaged is told of by whoever reads it.
            guard let record = ItemRecord(stored: bytes) else { return true }
            if !record.label.utf8.allSatisfy({ $0 < 0x80 }) {
                forms[record.label, default: []].insert(Array(record.label.utf8))
            }
            if !record.isComposed { old.append((id, record)) }
            return true
        }
        for (id, record) in old {
            let new = record.composed
            try set(new, for: id, in: tables.items)
            try remove(id, for: TextKey(record.label), in: tables.labels)
            try insert(id, for: TextKey(new.label), in: tables.labels)
            if let group = record.group { try remove(id, for: TextKey(group), in: tables.groups) }
            if let group = new.group { try insert(id, for: TextKey(group), in: tables.groups) }
        }
        return forms.filter { $0.value.count > 1 }.map(\.key.composed).sorted()
    }
}
