import AkinBasics
import AkinStorage
import AkinTensors

/// The changes of one write transaction, in all tables at once. Nothing is complete before `finish`.
struct IndexEditor {
    private let path: String
    private let tables: IndexTables
    private let blocks: BlockEditor
    private let firstID: UInt64
    private var nextID: UInt64
    private var recorder: ChangeRecorder?
    /// When all that it enters came.
    private let time = Timestamp.now

    /// `change`: what the history will tell of it; nil if it is not to.
    init(_ index: EmbeddingIndex, _ change: PendingChange?, in transaction: borrowing WriteTransaction) throws
    {
        path = index.path
        tables = index.tables
        blocks = try BlockEditor(index, in: transaction)
        firstID = try tables.nextID(in: transaction, path: path)
        nextID = firstID
        recorder = try change.flatMap { try ChangeRecorder($0, index, nextID: firstID, in: transaction) }
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
        try keep(id, record, withVector: true, in: transaction) { $0.updated += 1 }
        var new = record.described(as: item, contentHash: contentHash)
        new.row = try blocks.replace(record.row, id: id, with: vector, in: transaction)
        new.time = time
        try replace(id, record, with: new, in: transaction)
        return .updated
    }

    /// Gives the item of a source another label and group, if it still has this content.
    mutating func describe(
        _ item: NewItem, contentHash: ContentHash, in transaction: borrowing WriteTransaction
    ) throws -> Outcome? {
        guard let (id, record) = try find(source: item.source, in: transaction),
            record.contentHash == contentHash
        else { return nil }
        if record.isSame(item, contentHash: contentHash) { return .unchanged }
        try keep(id, record, withVector: false, in: transaction) { $0.updated += 1 }
        let new = record.described(as: item, contentHash: contentHash)
        try replace(id, record, with: new, in: transaction)
        return .updated
    }

    /// False if there is no such item.
    mutating func relabel(
        _ id: UInt64, to label: String, in transaction: borrowing WriteTransaction
    ) throws -> Bool {
        guard let record = try find(id, in: transaction) else { return false }
        guard !hasSameBytes(record.label, label) else { return true }
        try keep(id, record, withVector: false, in: transaction) { $0.relabelled += 1 }
        var new = record
        new.label = label
        try replace(id, record, with: new, in: transaction)
        return true
    }

    /// False if there is no such item.
    mutating func remove(_ id: UInt64, in transaction: borrowing WriteTransaction) throws -> Bool {
        guard let record = try find(id, in: transaction) else { return false }
        try keep(id, record, withVector: true, in: transaction) { $0.removed += 1 }
        if let moved = try blocks.remove(record.row, in: transaction) {
            var other = try tables.record(moved, in: transaction, path: path)
            other.row = record.row
            try tables.items.set(other, for: moved, in: transaction)
        }
        try tables.remove(id, record, in: transaction)
        return true
    }

    /// Makes an item what it was: one that is there, or one that was removed, which has to come with its vector.
    func restore(
        _ id: UInt64, _ old: ItemRecord, vector: [Float]?, in transaction: borrowing WriteTransaction
    ) throws {
        var old = old
        if let record = try find(id, in: transaction) {
            old.row = record.row
            if let vector {
                old.row = try blocks.replace(record.row, id: id, with: vector[...], in: transaction)
            }
            try replace(id, record, with: old, in: transaction)
        } else {
            guard let vector else { throw IndexError.damagedItem(path: path, id: id) }
            old.row = try blocks.append(id: id, vector[...], in: transaction)
            try tables.insert(old, id, in: transaction)
        }
    }

    /// Writes what is still in memory; the number of the change if it is one. To be called once, at the end.
    @discardableResult
    func finish(in transaction: borrowing WriteTransaction) throws -> UInt64? {
        try blocks.flush(in: transaction)
        if nextID != firstID {
            try tables.settings.set(nextID.stored, for: Setting.nextID, in: transaction)
        }
        return try recorder?.finish(in: transaction)
    }

    private func find(_ id: UInt64, in transaction: borrowing WriteTransaction) throws -> ItemRecord? {
        guard try tables.items.bytes(of: id, in: transaction) != nil else { return nil }
        return try tables.record(id, in: transaction, path: path)
    }

    private func find(
        source: String, in transaction: borrowing WriteTransaction
    ) throws -> (id: UInt64, record: ItemRecord)? {
        guard let id = try tables.sources.value(of: TextKey(source), in: transaction) else { return nil }
        return (id, try tables.record(id, in: transaction, path: path))
    }

    /// Keeps an item as it is for `undo`.
    private mutating func keep(
        _ id: UInt64, _ record: ItemRecord, withVector: Bool, in transaction: borrowing WriteTransaction,
        _ count: (inout Change.Counts) -> Void
    ) throws {
        guard recorder != nil else { return }
        recorder?.count(count)
        guard recorder?.isNew(id) == false else { return }
        let vector = withVector ? try blocks.vector(record.row, in: transaction) : nil
        try recorder?.keep(.item(id, record, vector: vector), in: transaction)
    }

    private mutating func add(
        _ item: NewItem, contentHash: ContentHash, _ vector: ArraySlice<Float>,
        in transaction: borrowing WriteTransaction
    ) throws {
        let id = nextID
        nextID += 1
        let record = ItemRecord(
            row: try blocks.append(id: id, vector, in: transaction), label: item.label, source: item.source,
            group: item.group == "" ? nil : item.group, contentHash: contentHash, time: time)
        try tables.insert(record, id, in: transaction)
        recorder?.added(id)
    }

    private func replace(
        _ id: UInt64, _ old: ItemRecord, with new: ItemRecord, in transaction: borrowing WriteTransaction
    ) throws {
        try tables.items.set(new, for: id, in: transaction)
        if !hasSameBytes(old.label, new.label) {
            try tables.labels.remove(id, for: TextKey(old.label), in: transaction)
            try tables.labels.insert(id, for: TextKey(new.label), in: transaction)
        }
        if !hasSameBytes(old.group, new.group) {
            if let group = old.group { try tables.groups.remove(id, for: TextKey(group), in: transaction) }
            if let group = new.group { try tables.groups.insert(id, for: TextKey(group), in: transaction) }
        }
    }
}

extension ItemRecord {
    fileprivate func described(as item: NewItem, contentHash: ContentHash) -> ItemRecord {
        var new = self
        new.label = item.label
        new.group = item.group == "" ? nil : item.group
        new.contentHash = contentHash
        return new
    }
}

extension IndexTables {
    /// Enters an item into all tables but that of its embedding.
    func insert(_ record: ItemRecord, _ id: UInt64, in transaction: borrowing WriteTransaction) throws {
        try items.set(record, for: id, in: transaction)
        try sources.set(id, for: TextKey(record.source), in: transaction)
        try labels.insert(id, for: TextKey(record.label), in: transaction)
        if let group = record.group { try groups.insert(id, for: TextKey(group), in: transaction) }
    }

    /// Removes an item from all tables but that of its embedding.
    func remove(_ id: UInt64, _ record: ItemRecord, in transaction: borrowing WriteTransaction) throws {
        try items.remove(id, in: transaction)
        try sources.remove(TextKey(record.source), in: transaction)
        try labels.remove(id, for: TextKey(record.label), in: transaction)
        if let group = record.group { try groups.remove(id, for: TextKey(group), in: transaction) }
    }
}
