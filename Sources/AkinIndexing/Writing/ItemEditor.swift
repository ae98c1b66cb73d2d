import AkinBasics
import AkinItems

/// The changes of one write transaction, in all tables at once. Nothing is complete before `finish`.
final class ItemEditor {
    private let access: IndexTransaction
    private let blocks: BlockEditor
    private let firstID: UInt64
    private var nextID: UInt64
    private var recorder: ChangeRecorder?
    /// When all that it enters came.
    private let time = Timestamp.now

    /// `change`: what the history will tell of it; nil if it is not to.
    init(_ access: IndexTransaction, _ change: PendingChange?) throws(IndexError) {
        self.access = access
        blocks = try BlockEditor(access)
        firstID = try access.current.nextID
        nextID = firstID
        if let change { recorder = try ChangeRecorder(change, access, nextID: firstID) }
    }

    /// Adds an item, or replaces what the one of the same source is.
    func put(
        _ item: NewItem, contentHash: ContentHash, _ vector: ArraySlice<Float>
    ) throws -> PutOutcome {
        guard let (id, record) = try find(source: item.source) else {
            try Item.checkNumbers(1, from: nextID)
            try add(item, contentHash: contentHash, vector)
            return .added
        }
        if record.item(id).isSame(item, contentHash: contentHash) { return .unchanged }
        try keep(id, record, withVector: true) { $0.updated += 1 }
        var new = record.described(as: item, contentHash: contentHash)
        new.row = try blocks.replace(record.row, id: id, with: vector)
        new.time = time
        try replace(id, record, with: new)
        return .updated
    }

    /// Gives the item of a source another label and group, if it still has this content.
    func describe(_ item: NewItem, contentHash: ContentHash) throws(IndexError) -> PutOutcome? {
        guard let (id, record) = try find(source: item.source), record.contentHash == contentHash else {
            return nil
        }
        if record.item(id).isSame(item, contentHash: contentHash) { return .unchanged }
        try keep(id, record, withVector: false) { $0.updated += 1 }
        try replace(id, record, with: record.described(as: item, contentHash: contentHash))
        return .updated
    }

    /// Gives an item another source, label and group; false if there is no such item. Who has that source is removed
    /// before, or moved too.
    func move(_ id: UInt64, to item: NewItem) throws(IndexError) -> Bool {
        guard let record = try access.current.knownRecord(id) else { return false }
        try keep(id, record, withVector: false) { $0.updated += 1 }
        var new = record.described(as: item, contentHash: record.contentHash)
        new.source = item.source
        try replace(id, record, with: new)
        return true
    }

    /// False if there is no such item.
    func relabel(_ id: UInt64, to label: String) throws(IndexError) -> Bool {
        guard let record = try access.current.knownRecord(id) else { return false }
        guard record.label != label else { return true }
        try keep(id, record, withVector: false) { $0.relabelled += 1 }
        var new = record
        new.label = label.composed
        try replace(id, record, with: new)
        return true
    }

    /// False if there is no such item.
    func remove(_ id: UInt64) throws(IndexError) -> Bool {
        guard let record = try access.current.knownRecord(id) else { return false }
        try keep(id, record, withVector: true) { $0.removed += 1 }
        if let moved = try blocks.remove(record.row) {
            var other = try access.current.record(moved)
            other.row = record.row
            try access.set(other, for: moved, in: access.tables.items)
        }
        try access.removeItem(id, record)
        return true
    }

    /// An item as it is, for the history; nil if there is no such item.
    func entry(_ id: UInt64, withVector: Bool) throws(IndexError) -> UndoEntry? {
        guard let record = try access.current.knownRecord(id) else { return nil }
        return .item(id, record, vector: withVector ? try blocks.vector(record.row) : nil)
    }

    /// Makes an item what it was: one that is there, or one that was removed, which has to come with its vector.
    func restore(_ id: UInt64, _ old: ItemRecord, vector: [Float]?) throws(IndexError) {
        var old = old.composed
        if let record = try access.current.knownRecord(id) {
            old.row = record.row
            if let vector { old.row = try blocks.replace(record.row, id: id, with: vector[...]) }
            try replace(id, record, with: old)
        } else {
            guard let vector else { throw .damagedItem(path: access.path, id: id) }
            old.row = try blocks.append(id: id, vector[...])
            try access.insertItem(id, old)
        }
    }

    /// Adds many items whose sources are all new; the position of the first whose source is not, and then nothing is
    /// added. `keepingIDs`: the batch has ids, which ascend and are above all that the index has given.
    func add(_ batch: ItemBatch, keepingIDs: Bool) throws -> Int? {
        if !keepingIDs { try Item.checkNumbers(batch.count, from: nextID) }
        let ids =
            keepingIDs ? Array(batch.items.ids[batch.range]) : Array(nextID..<nextID + UInt64(batch.count))
        guard let last = ids.last else { return nil }
        if let known = try access.add(batch, ids: ids, time: time, to: blocks) { return known }
        nextID = last + 1
        for id in ids { recorder?.added(id) }
        return nil
    }

    /// Writes what is still in memory; the number of the change if it is one. To be called once, at the end.
    func finish() throws(IndexError) -> UInt64? {
        try blocks.flush()
        if nextID != firstID { try access.set(nextID, for: Setting.nextID) }
        return try recorder?.finish()
    }

    private func find(source: Source) throws(IndexError) -> (id: UInt64, record: ItemRecord)? {
        guard let id = try access.current.id(of: source) else { return nil }
        return (id, try access.current.record(id))
    }

    /// Keeps an item as it is for `undo`.
    private func keep(
        _ id: UInt64, _ record: ItemRecord, withVector: Bool, _ count: (inout Change.Counts) -> Void
    ) throws(IndexError) {
        guard recorder != nil else { return }
        recorder?.count(count)
        guard recorder?.isNew(id) == false else { return }
        let vector = withVector ? try blocks.vector(record.row) : nil
        try recorder?.keep(.item(id, record, vector: vector))
    }

    private func add(
        _ item: NewItem, contentHash: ContentHash, _ vector: ArraySlice<Float>
    ) throws(IndexError) {
        let id = nextID
        nextID += 1
        let record = ItemRecord(
            row: try blocks.append(id: id, vector), label: item.label, source: item.source,
            group: item.group, contentHash: contentHash, time: time)
        try access.insertItem(id, record)
        recorder?.added(id)
    }

    private func replace(_ id: UInt64, _ old: ItemRecord, with new: ItemRecord) throws(IndexError) {
        let tables = access.tables
        try access.set(new, for: id, in: tables.items)
        if old.source != new.source {
            // Another may have been moved to where this one was.
            if try access.current.id(of: old.source) == id {
                try access.remove(TextKey(old.source), in: tables.sources)
            }
            try access.set(id, for: TextKey(new.source), in: tables.sources)
        }
        if old.label != new.label {
            try access.remove(id, for: TextKey(old.label), in: tables.labels)
            try access.insert(id, for: TextKey(new.label), in: tables.labels)
        }
        if old.group != new.group {
            if let group = old.group { try access.remove(id, for: TextKey(group), in: tables.groups) }
            if let group = new.group { try access.insert(id, for: TextKey(group), in: tables.groups) }
        }
    }
}

extension ItemRecord {
    fileprivate func described(as item: NewItem, contentHash: ContentHash) -> ItemRecord {
        var new = self
        new.label = item.label
        new.group = item.group
        new.contentHash = contentHash
        return new
    }
}

extension IndexTransaction {
    /// Enters an item into all tables but that of its embedding.
    func insertItem(_ id: UInt64, _ record: ItemRecord) throws(IndexError) {
        try set(record, for: id, in: tables.items)
        try set(id, for: TextKey(record.source), in: tables.sources)
        try insert(id, for: TextKey(record.label), in: tables.labels)
        if let group = record.group { try insert(id, for: TextKey(group), in: tables.groups) }
    }

    /// Removes an item from all tables but that of its embedding.
    func removeItem(_ id: UInt64, _ record: ItemRecord) throws(IndexError) {
        try remove(id, in: tables.items)
        try remove(TextKey(record.source), in: tables.sources)
        try remove(id, for: TextKey(record.label), in: tables.labels)
        if let group = record.group { try remove(id, for: TextKey(group), in: tables.groups) }
    }
}
