import AkinStorage
import AkinTensors
import AkinVectorSearch

extension EmbeddingIndex {
    /// What is wrong with the index, in words; nothing if every checksum holds and all tables agree. O(items).
    ///
    /// Where the database's pages or vectors are damaged, nothing else is looked at.
    package func faults() throws(IndexError) -> [String] {
        if let fault = try pageFault { return [fault] }
        return try reading { transaction in
            var faults: [String] = []
            let blocks: [VectorBlock]
            do {
                verifiedVectors.forget()
                blocks = try resolvedBlocks(in: transaction)
            } catch let error as IndexError {
                return ["\(error)"]
            }
            do {
                _ = try tables.nextID(in: transaction, path: path)
                _ = try tables.nextChange(in: transaction, path: path)
            } catch let error as IndexError {
                faults.append("\(error)")
            }
            let count = try tables.items.count(in: transaction)
            let living = livingRows(blocks)
            if living != count { faults.append("\(living) rows hold items, but there are \(count) items") }
            var rows = Set<Int>()
            var labels: [[UInt8]: [UInt64]] = [:]
            var groups: [[UInt8]: [UInt64]] = [:]
            try tables.items.forEach(in: transaction) { id, bytes in
                guard let record = ItemRecord(stored: bytes) else {
                    faults.append("item \(id) does not match its checksum")
                    return true
                }
                let (block, place) = record.row.quotientAndRemainder(dividingBy: layout.capacity)
                if !rows.insert(record.row).inserted {
                    faults.append("row \(record.row) belongs to two items")
                }
                if !blocks.indices.contains(block) || blocks[block].id(at: place) != id {
                    faults.append("item \(id) is not in row \(record.row), where it should be")
                }
                if try tables.sources.value(of: TextKey(record.source), in: transaction) != id {
                    faults.append("item \(id) is not found by its source")
                }
                labels[TextKey(record.label).bytes, default: []].append(id)
                if let group = record.group { groups[TextKey(group).bytes, default: []].append(id) }
                return true
            }
            if try tables.sources.count(in: transaction) != count {
                faults.append("there are sources without items")
            }
            for (name, table, expected) in [
                ("label", tables.labels, labels), ("group", tables.groups, groups),
            ] {
                let found = try table.counts(in: transaction).map(\.key)
                if Set(found.map(\.bytes)) != Set(expected.keys) {
                    faults.append("a \(name) has no items or is missing")
                }
                for key in found
                where try table.numbers(of: key, in: transaction) != expected[key.bytes] ?? [] {
                    faults.append(
                        "the items of \(name) '\(String(decoding: key.bytes, as: UTF8.self))' disagree")
                }
            }
            return try faults + graphFaults(in: transaction) + historyFaults(in: transaction)
        }
    }

    /// Nil if the database's pages are sound; else nothing of it can be relied on.
    var pageFault: String? {
        get throws(IndexError) {
            let reason = try Self.translating(path) { try environment.pageFault() }
            return reason.map { "\(StorageError.damaged(path: path, reason: $0))" }
        }
    }

    func historyFaults(in transaction: borrowing some Transaction & ~Copyable) throws -> [String] {
        var faults: [String] = []
        var expected = 0
        try tables.changes.forEach(in: transaction) { number, bytes in
            guard let record = ChangeRecord(stored: bytes), record.change(number) != nil else {
                faults.append("change \(number) of the history does not match its checksum")
                return true
            }
            expected += Int(record.entries)
            for sequence in 0..<record.entries {
                let key = UndoKey(number, sequence)
                guard let bytes = try tables.undo.bytes(of: key, in: transaction),
                    UndoEntry(stored: bytes) != nil
                else {
                    faults.append("change \(number) cannot be undone: what is kept for it is damaged")
                    break
                }
            }
            return true
        }
        if try tables.undo.count(in: transaction) != expected, faults.isEmpty {
            faults.append("the history keeps something for changes that it does not have")
        }
        return faults
    }
}
