import AkinBasics
import AkinStorage
import AkinVectorSearch

extension IndexReader {
    /// What is wrong with the index, in words; nothing if every checksum holds and all tables agree. O(items).
    ///
    /// Where the vectors are damaged, nothing else is looked at.
    func faults() throws(IndexError) -> [String] {
        let blocks: [VectorBlock]
        do throws(IndexError) {
            home.verifiedVectors.forget()
            blocks = try resolvedBlocks()
        } catch {
            return ["\(error)"]
        }
        var faults: [String] = home.backbone.problem.map { ["\($0)"] } ?? []
        do throws(IndexError) { _ = try (nextID, nextChange) } catch { faults.append("\(error)") }
        let count = try itemCount
        let living = livingRows(blocks)
        if living != count { faults.append("\(living) rows hold items, but there are \(count) items") }
        let expected = try expectedTables(blocks, &faults)
        if try self.count(of: tables.sources) != count { faults.append("there are sources without items") }
        for (name, table, expected) in [
            ("label", tables.labels, expected.labels), ("group", tables.groups, expected.groups),
        ] {
            let found = try counts(of: table).map(\.key)
            if Set(found.map(\.bytes)) != Set(expected.keys) {
                faults.append("a \(name) has no items or is missing")
            }
            for key in found where try numbers(of: key, in: table) != expected[key.bytes] ?? [] {
                faults.append(
                    "the items of \(name) '\(String(decoding: key.bytes, as: UTF8.self))' disagree")
            }
        }
        return try faults + graphFaults() + historyFaults()
    }

    /// What the tables of labels and groups should hold by the items' records; what is wrong with these is added to
    /// `faults`.
    private func expectedTables(
        _ blocks: [VectorBlock], _ faults: inout [String]
    ) throws(IndexError) -> (labels: [[UInt8]: [UInt64]], groups: [[UInt8]: [UInt64]]) {
        var rows = Set<Int>()
        var labels: [[UInt8]: [UInt64]] = [:]
        var groups: [[UInt8]: [UInt64]] = [:]
        try forEachEntry(in: tables.items) { (id, bytes) throws(IndexError) in
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
            if try value(of: TextKey(record.source), in: tables.sources) != id {
                faults.append("item \(id) is not found by its source")
            }
            if format >= 4, !record.isComposed {
                faults.append("item \(id) has a label or group that is not in normal form C")
            }
            labels[TextKey(record.label).bytes, default: []].append(id)
            if let group = record.group { groups[TextKey(group).bytes, default: []].append(id) }
            return true
        }
        return (labels, groups)
    }

    func historyFaults() throws(IndexError) -> [String] {
        try historyFaults(of: tables.past, can: "undone")
            + historyFaults(of: tables.future, can: "done again")
    }

    private func historyFaults(of side: HistorySide, can what: String) throws(IndexError) -> [String] {
        var faults: [String] = []
        var expected = 0
        try forEachEntry(in: side.changes) { (number, bytes) throws(IndexError) in
            guard let record = ChangeRecord(stored: bytes), record.change(number) != nil else {
                faults.append("change \(number) of the history does not match its checksum")
                return true
            }
            expected += Int(record.entries)
            for sequence in 0..<record.entries {
                guard let bytes = try self.bytes(of: UndoKey(number, sequence), in: side.entries),
                    UndoEntry(stored: bytes) != nil
                else {
                    faults.append("change \(number) cannot be \(what): what is kept for it is damaged")
                    break
                }
            }
            return true
        }
        if try count(of: side.entries) != expected, faults.isEmpty {
            faults.append("the history keeps something for changes that it does not have")
        }
        return faults
    }
}
