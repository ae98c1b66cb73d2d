import AkinBasics
import AkinItems
import AkinStorage

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Adding many items at once: what `ItemEditor` does for one item after the other, table by table and in the order of
/// the keys.
extension IndexTransaction {
    /// Adds items whose sources are all new, under these ids; the position of the first whose source is not, and then
    /// nothing is added.
    func add(
        _ batch: ItemBatch, ids: [UInt64], time: Timestamp, to blocks: BlockEditor
    ) throws(IndexError) -> Int? {
        let items = batch.items
        return try items.texts.withUnsafeBufferPointer { texts throws(IndexError) in
            let texts = UnsafeRawBufferPointer(texts)
            if let known = try addSources(of: batch, texts, ids) { return known }
            let firstRow = try ids.withUnsafeBufferPointer { ids throws(IndexError) in
                try blocks.append(ids: ids, batch.vectors)
            }
            try addRecords(of: batch, texts, ids, firstRow: firstRow, time: time)
            try add(batch, texts, ids, to: tables.labels, items.label)
            try add(batch, texts, ids, to: tables.groups, items.group)
            return nil
        }
    }

    /// The position of an item whose source is another's, if there is one; then the table is as before.
    private func addSources(
        of batch: ItemBatch, _ texts: UnsafeRawBufferPointer, _ ids: [UInt64]
    ) throws(IndexError) -> Int? {
        let keys = TextKeys(texts, batch.range.map(batch.items.source))
        let order = keys.order()
        for (one, other) in zip(order, order.dropFirst()) where !precedes(keys[one], keys[other]) {
            return max(one, other)
        }
        var inserted = 0
        let known = try withWriter(of: tables.sources) { (writer) throws(StorageError) -> Int? in
            let isBehindAll = try writer.lastKey().map { precedes($0, keys[order[0]]) } ?? true
            for position in order {
                let isNew = try ids[position].withStored { id throws(StorageError) in
                    guard isBehindAll else { return try writer.insert(id, for: keys[position]) }
                    try writer.append(id, for: keys[position])
                    return true
                }
                guard isNew else { return position }
                inserted += 1
            }
            return nil
        }
        if known != nil {
            for position in order[..<inserted] {
                try remove(TextKey(batch.item(position).source), in: tables.sources)
            }
        }
        return known
    }

    private func addRecords(
        of batch: ItemBatch, _ texts: UnsafeRawBufferPointer, _ ids: [UInt64], firstRow: Int, time: Timestamp
    ) throws(IndexError) {
        let items = batch.items
        try withWriter(of: tables.items) { (writer) throws(StorageError) in
            var record = ChecksummedBytes()
            for (position, item) in batch.range.enumerated() {
                record.removeAll()
                ItemRecord.encode(
                    row: firstRow + position, contentHash: batch.contentHashes[position],
                    texts: UnsafeRawBufferPointer(rebasing: texts[items.texts(item)]),
                    lengths: (items.label(item).count, items.source(item).count, items.group(item).count),
                    time: time, into: &record)
                try ids[position].withKey { key throws(StorageError) in
                    try record.withSealed { (bytes) throws(StorageError) in try writer.append(bytes, for: key)
                    }
                }
            }
        }
    }

    /// The ids of all items whose text is not empty, to the keys that these texts are.
    private func add(
        _ batch: ItemBatch, _ texts: UnsafeRawBufferPointer, _ ids: [UInt64], to table: SetTable<TextKey>,
        _ text: (Int) -> Range<Int>
    ) throws(IndexError) {
        var positions: [Int] = []
        var ranges: [Range<Int>] = []
        for (position, item) in batch.range.enumerated() where !text(item).isEmpty {
            positions.append(position)
            ranges.append(text(item))
        }
        let keys = TextKeys(texts, ranges)
        try withWriter(of: table) { (writer) throws(StorageError) in
            for place in keys.order() { try writer.append(ids[positions[place]], to: keys[place]) }
        }
    }
}

/// Some texts as keys, where they lie if they are short enough. The texts must outlive it.
private final class TextKeys {
    private var keys: [UnsafeRawBufferPointer] = []
    /// The keys of long texts, one after the other.
    private let cut: UnsafeMutableRawBufferPointer

    init(_ texts: UnsafeRawBufferPointer, _ ranges: [Range<Int>]) {
        let long = ranges.count { $0.count > TextKey.limit }
        cut = .allocate(byteCount: long * (TextKey.limit + 1), alignment: 1)
        keys.reserveCapacity(ranges.count)
        var end = 0
        for range in ranges {
            let text = UnsafeRawBufferPointer(rebasing: texts[range])
            if text.count <= TextKey.limit {
                keys.append(text)
            } else {
                let key = TextKey(String(decoding: text, as: UTF8.self)).bytes
                cut[end..<end + key.count].copyBytes(from: key)
                keys.append(UnsafeRawBufferPointer(rebasing: cut[end..<end + key.count]))
                end += key.count
            }
        }
    }

    deinit { cut.deallocate() }

    subscript(position: Int) -> UnsafeRawBufferPointer { keys[position] }

    /// The positions in the order of their keys, equal ones as they stood.
    func order() -> [Int] {
        let positions = Array(keys.indices)
        let isOrdered = zip(keys, keys.dropFirst()).allSatisfy { !precedes($1, $0) }
        return isOrdered ? positions : positions.sorted { precedes(keys[$0], keys[$1]) }
    }
}

/// In the order of the database.
private func precedes(_ one: UnsafeRawBufferPointer, _ other: UnsafeRawBufferPointer) -> Bool {
    guard let a = one.baseAddress, let b = other.baseAddress else { return one.count < other.count }
    let order = memcmp(a, b, min(one.count, other.count))
    return order != 0 ? order < 0 : one.count < other.count
}
