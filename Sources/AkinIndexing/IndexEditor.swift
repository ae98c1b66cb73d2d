import AkinStorage
import AkinTensors

/// The changes of one write transaction, in all tables at once. Nothing is complete before `finish`.
struct IndexEditor {
    private let path: String
    private let tables: IndexTables
    private let blocks: BlockEditor
    private var nextID: UInt64

    init(_ index: Index, in transaction: borrowing WriteTransaction) throws {
        path = index.path
        tables = index.tables
        blocks = BlockEditor(
            index.layout, tables.vectors, count: try tables.items.count(in: transaction), path: path)
        let stored = try tables.settings.value(of: Setting.nextID, in: transaction)
        guard let nextID = stored?.withUnsafeBytes({ UInt64(stored: $0) }) else {
            throw IndexError.damagedSettings(path: path, key: Setting.nextID)
        }
        self.nextID = nextID
    }

    /// What became of an item that was put.
    enum Outcome { case added, updated, unchanged }

    /// Adds an item, or replaces what the one of the same source is.
    mutating func put(
        _ item: NewItem, contentHash: ContentHash, _ vector: ArraySlice<Float>,
        in transaction: borrowing WriteTransaction
    ) throws -> Outcome {
        guard let (id, record) = try find(source: item.source, in: transaction) else {
            try add(item, contentHash: contentHash, vector, in: transaction)
            return .added
        }
        if record.isSame(item, contentHash: contentHash) { return .unchanged }
        try blocks.replace(record.row, id: id, with: vector, in: transaction)
        try replace(
            id, record, label: item.label, group: item.group, contentHash: contentHash, in: transaction)
        return .updated
    }

    /// Gives the item of a source another label and group, if it still has this content.
    func describe(
        _ item: NewItem, contentHash: ContentHash, in transaction: borrowing WriteTransaction
    ) throws -> Outcome? {
        guard let (id, record) = try find(source: item.source, in: transaction),
            record.contentHash == contentHash
        else { return nil }
        if record.isSame(item, contentHash: contentHash) { return .unchanged }
        try replace(
            id, record, label: item.label, group: item.group, contentHash: contentHash, in: transaction)
        return .updated
    }

    /// False if there is no such item.
    func relabel(_ id: UInt64, to label: String, in transaction: borrowing WriteTransaction) throws -> Bool {
        guard try tables.items.bytes(of: id, in: transaction) != nil else { return false }
        let record = try tables.record(id, in: transaction, path: path)
        try replace(
            id, record, label: label, group: record.group, contentHash: record.contentHash, in: transaction)
        return true
    }

    /// False if there is no such item.
    func remove(_ id: UInt64, in transaction: borrowing WriteTransaction) throws -> Bool {
        guard try tables.items.bytes(of: id, in: transaction) != nil else { return false }
        let record = try tables.record(id, in: transaction, path: path)
        if let moved = try blocks.remove(record.row, in: transaction) {
            var other = try tables.record(moved, in: transaction, path: path)
            other.row = record.row
            try tables.items.set(other, for: moved, in: transaction)
        }
        try tables.items.remove(id, in: transaction)
        try tables.sources.remove(TextKey(record.source), in: transaction)
        try tables.labels.remove(id, for: TextKey(record.label), in: transaction)
        if let group = record.group { try tables.groups.remove(id, for: TextKey(group), in: transaction) }
        return true
    }

    /// Writes what is still in memory. To be called once, at the end.
    func finish(in transaction: borrowing WriteTransaction) throws {
        try blocks.flush(in: transaction)
        try tables.settings.set(nextID.stored, for: Setting.nextID, in: transaction)
    }

    private func find(
        source: String, in transaction: borrowing WriteTransaction
    ) throws -> (id: UInt64, record: ItemRecord)? {
        guard let id = try tables.sources.value(of: TextKey(source), in: transaction) else { return nil }
        return (id, try tables.record(id, in: transaction, path: path))
    }

    private mutating func add(
        _ item: NewItem, contentHash: ContentHash, _ vector: ArraySlice<Float>,
        in transaction: borrowing WriteTransaction
    ) throws {
        let id = nextID
        nextID += 1
        let group = item.group == "" ? nil : item.group
        let record = ItemRecord(
            row: try blocks.append(id: id, vector, in: transaction), label: item.label, source: item.source,
            group: group, contentHash: contentHash)
        try tables.items.set(record, for: id, in: transaction)
        try tables.sources.set(id, for: TextKey(item.source), in: transaction)
        try tables.labels.insert(id, for: TextKey(item.label), in: transaction)
        if let group { try tables.groups.insert(id, for: TextKey(group), in: transaction) }
    }

    private func replace(
        _ id: UInt64, _ old: ItemRecord, label: String, group: String?, contentHash: ContentHash,
        in transaction: borrowing WriteTransaction
    ) throws {
        let group = group == "" ? nil : group
        let record = ItemRecord(
            row: old.row, label: label, source: old.source, group: group, contentHash: contentHash)
        try tables.items.set(record, for: id, in: transaction)
        if !hasSameBytes(old.label, label) {
            try tables.labels.remove(id, for: TextKey(old.label), in: transaction)
            try tables.labels.insert(id, for: TextKey(label), in: transaction)
        }
        if !hasSameBytes(old.group, group) {
            if let group = old.group { try tables.groups.remove(id, for: TextKey(group), in: transaction) }
            if let group { try tables.groups.insert(id, for: TextKey(group), in: transaction) }
        }
    }
}
