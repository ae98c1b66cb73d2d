import AkinBasics
import AkinItems
import AkinStorage

extension IndexReader {
    /// How many items there are; O(1).
    public var count: Int { get throws { try itemCount } }

    /// As `count`, with the index's own error.
    var itemCount: Int { get throws(IndexError) { try count(of: tables.items) } }

    /// Nil if there is no item with this id.
    public func item(_ id: UInt64) throws -> Item? { try knownRecord(id)?.item(id) }

    /// Nil if there is no item from there.
    public func item(source: Source) throws -> Item? {
        guard let id = try self.id(of: source) else { return nil }
        return try record(id).item(id)
    }

    /// All items, or those of one label (none if there is no such), by ascending id.
    public func items(label: String?) throws -> [Item] {
        var items: [Item] = []
        guard let label else {
            try forEachRecord { id, record in items.append(record.item(id)) }
            return items
        }
        for id in try ids(of: label, in: tables.labels) { items.append(try record(id).item(id)) }
        return items
    }

    /// Calls `body` with the id and the content of every item, by ascending id: of each its place in the memory map is read
    /// and no more.
    public func forEachContent(_ body: (UInt64, ContentHash) throws -> Void) throws {
        try tables.items.forEach(in: transaction, failing: { failure($0) as any Error }) { id, bytes in
            guard let hash = ItemRecord.contentHash(of: bytes) else {
                throw IndexError.damagedItem(path: path, id: id)
            }
            try body(id, hash)
            return true
        }
    }

    /// The items whose sources begin so; O(those).
    public func items(sourcePrefix prefix: String) throws -> [Item] {
        let first = TextKey.first(withPrefix: prefix)
        var items: [Item] = []
        // LMDB has no empty key to begin with.
        try forEachEntry(in: tables.sources, from: prefix.isEmpty ? nil : first) {
            (key, value) throws(IndexError) in
            guard key.bytes.starts(with: first.bytes) else { return false }
            guard let id = UInt64(stored: value) else {
                throw failure(.malformed(table: "sources", path: path))
            }
            let record = try record(id)
            if record.source.path.utf8.starts(with: prefix.utf8) { items.append(record.item(id)) }
            return true
        }
        return items
    }

    /// How many items each label has; O(labels).
    public func labelCounts() throws -> [String: Int] { try countsByLabel() }

    /// As the above, with the index's own error.
    func countsByLabel() throws(IndexError) -> [String: Int] { try countsByText(in: tables.labels) }

    /// How many items each group has; O(groups).
    public func groupCounts() throws(IndexError) -> [String: Int] { try countsByText(in: tables.groups) }

    private func countsByText(in table: SetTable<TextKey>) throws(IndexError) -> [String: Int] {
        var counts: [String: Int] = [:]
        for (key, count) in try self.counts(of: table) {
            counts[try text(of: key, in: table), default: 0] += count
        }
        return counts
    }
}

extension IndexReader {
    /// Nil if there is none from there.
    func id(of source: Source) throws(IndexError) -> UInt64? {
        source.path.isEmpty ? nil : try value(of: TextKey(source), in: tables.sources)
    }

    /// An item's record; nil if there is no such item.
    func knownRecord(_ id: UInt64) throws(IndexError) -> ItemRecord? {
        guard try bytes(of: id, in: tables.items) != nil else { return nil }
        return try record(id)
    }

    /// The record of an item that the other tables say there is.
    func record(_ id: UInt64) throws(IndexError) -> ItemRecord {
        guard let bytes = try bytes(of: id, in: tables.items), let record = ItemRecord(stored: bytes) else {
            throw .damagedItem(path: path, id: id)
        }
        return record
    }

    /// By ascending id.
    func forEachRecord(_ body: (UInt64, ItemRecord) throws(IndexError) -> Void) throws(IndexError) {
        try forEachEntry(in: tables.items) { (id, bytes) throws(IndexError) in
            guard let record = ItemRecord(stored: bytes) else { throw .damagedItem(path: path, id: id) }
            try body(id, record)
            return true
        }
    }

    /// The ids of the items of a label (or a group), ascending.
    func ids(of text: String, in table: SetTable<TextKey>) throws(IndexError) -> [UInt64] {
        guard !text.isEmpty else { return [] }
        let key = TextKey(text.composed)
        // What has no accents was never written in another way.
        guard format < 4, !text.utf8.allSatisfy({ $0 < 0x80 }) else { return try numbers(of: key, in: table) }
        var ids: [UInt64] = []
        for (key, _) in try counts(of: table) where try self.text(of: key, in: table) == text {
            ids += try numbers(of: key, in: table)
        }
        return ids.sorted()
    }

    /// The label (or group) that a key stands for, in normal form C.
    private func text(of key: TextKey, in table: SetTable<TextKey>) throws(IndexError) -> String {
        if let text = key.text { return text.composed }
        guard key.bytes.count > TextKey.limit, let id = try numbers(of: key, in: table).first else {
            throw failure(.malformed(table: "\(table.name)", path: path))
        }
        let record = try record(id)
        let text = table.name == tables.labels.name ? record.label : record.group ?? ""
        return text.composed
    }

    /// The id of the next new item. It is above those of all others, or the index is damaged.
    package var nextID: UInt64 {
        get throws(IndexError) {
            guard let id = try number(Setting.nextID), try last(of: tables.items).map({ $0.key < id }) ?? true
            else { throw .damagedSettings(path: path, key: Setting.nextID) }
            return id
        }
    }
}
