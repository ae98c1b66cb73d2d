import AkinBasics
import AkinStorage
import AkinTensors

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Some items of a list with their embeddings, on the way into an index.
struct ItemBatch {
    let items: ItemList
    /// Which of the items.
    let range: Range<Int>
    /// Their embeddings, `[range.count, dimension]`.
    let vectors: UnsafePointer<Float>
    /// Of what each of them was made from.
    let contentHashes: [ContentHash]
}

/// Adds many items whose sources are all new: what `IndexEditor` does for one item after the other, table by table
/// and in the order of the keys.
struct BulkWriter {
    private let path: String
    private let tables: IndexTables
    private let layout: BlockLayout
    private let batch: ItemBatch
    private let texts: UnsafeRawBufferPointer
    private let ids: [UInt64]

    /// What became of a batch.
    enum Outcome: Equatable {
        /// The number of the change in the history, if that is kept.
        case added(UInt64?)
        /// Nothing was written: the item at this position of the batch has the source of another.
        case sourceKnown(Int)
    }

    /// Adds a batch, within the caller's transaction. `keepingIDs`: the list has ids, which ascend and are above
    /// all that the index has given.
    static func add(
        _ batch: ItemBatch, to index: EmbeddingIndex, keepingIDs: Bool, as change: PendingChange,
        in transaction: borrowing WriteTransaction
    ) throws -> Outcome {
        let next = try index.tables.nextID(in: transaction, path: index.path)
        let ids =
            keepingIDs
            ? Array(batch.items.ids[batch.range]) : Array(next..<next + UInt64(batch.range.count))
        guard let last = ids.last else { return .added(nil) }
        return try batch.items.texts.withUnsafeBytes { texts in
            let writer = BulkWriter(
                path: index.path, tables: index.tables, layout: index.layout, batch: batch, texts: texts,
                ids: ids)
            if let known = try writer.addSources(in: transaction) { return .sourceKnown(known) }
            try writer.addRecords(firstRow: try writer.addVectors(in: transaction), in: transaction)
            try writer.add(to: index.tables.labels, batch.items.label, in: transaction)
            try writer.add(to: index.tables.groups, batch.items.group, in: transaction)
            try index.tables.settings.set((last + 1).stored, for: Setting.nextID, in: transaction)
            var recorder = try ChangeRecorder(change, index, nextID: next, in: transaction)
            for id in ids { recorder?.added(id) }
            return .added(try recorder?.finish(in: transaction))
        }
    }

    /// The position of an item whose source is another's, if there is one; then the table is as before.
    private func addSources(in transaction: borrowing WriteTransaction) throws -> Int? {
        let keys = TextKeys(texts, batch.range.map(batch.items.source))
        let order = keys.order()
        for (one, other) in zip(order, order.dropFirst()) where !precedes(keys[one], keys[other]) {
            return max(one, other)
        }
        var inserted = 0
        let known = try tables.sources.withWriter(in: transaction) { writer -> Int? in
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
                let source = batch.items.text(batch.items.source(batch.range.lowerBound + position))
                try tables.sources.remove(TextKey(source), in: transaction)
            }
        }
        return known
    }

    private func addRecords(firstRow: Int, in transaction: borrowing WriteTransaction) throws {
        var record = ChecksummedBytes()
        let time = Timestamp.now
        try tables.items.withWriter(in: transaction) { writer in
            for (position, item) in batch.range.enumerated() {
                record.removeAll()
                ItemRecord.encode(
                    row: firstRow + position, contentHash: batch.contentHashes[position],
                    texts: UnsafeRawBufferPointer(rebasing: texts[batch.items.texts(item)]),
                    lengths: (
                        batch.items.label(item).count, batch.items.source(item).count,
                        batch.items.group(item).count
                    ), time: time, into: &record)
                var key = ids[position].bigEndian
                try withUnsafeBytes(of: &key) { key in
                    try record.withSealed { try writer.append($0, for: key) }
                }
            }
        }
    }

    /// The ids of all items whose text is not empty, to the keys that these texts are.
    private func add(
        to table: SetTable<TextKey>, _ text: (Int) -> Range<Int>, in transaction: borrowing WriteTransaction
    ) throws {
        var positions: [Int] = []
        var ranges: [Range<Int>] = []
        for (position, item) in batch.range.enumerated() where !text(item).isEmpty {
            positions.append(position)
            ranges.append(text(item))
        }
        let keys = TextKeys(texts, ranges)
        try table.withWriter(in: transaction) { writer in
            for place in keys.order() { try writer.append(ids[positions[place]], to: keys[place]) }
        }
    }

    /// The row of the first vector.
    private func addVectors(in transaction: borrowing WriteTransaction) throws -> Int {
        var block = [UInt8](repeating: 0, count: layout.size)
        var number: UInt64 = 0
        var used = 0
        if let (last, bytes) = try tables.vectors.last(in: transaction) {
            // A damaged block must not be given a new checksum.
            guard let count = layout.count(bytes, block: last),
                SealedBlock.isIntact(bytes)
            else { throw IndexError.damagedBlock(path: path, block: last) }
            number = last
            if count == layout.capacity {
                number += 1
            } else {
                used = count
                block.withUnsafeMutableBytes { $0.copyMemory(from: bytes) }
            }
        }
        let firstRow = Int(number) * layout.capacity + used
        var done = 0
        while done < ids.count {
            let count = min(layout.capacity - used, ids.count - done)
            block.withUnsafeMutableBytes { bytes in
                if used == 0 { bytes.initializeMemory(as: UInt8.self, repeating: 0) }
                let view = UnsafeRawBufferPointer(bytes)
                ids.withUnsafeBufferPointer {
                    UnsafeMutablePointer(mutating: layout.ids(view) + used)
                        .update(from: $0.baseAddress! + done, count: count)
                }
                UnsafeMutablePointer(mutating: layout.row(used, in: view))
                    .update(from: batch.vectors + done * layout.dimension, count: count * layout.dimension)
                SealedBlock.seal(bytes, number: number, count: used + count, width: layout.dimension)
            }
            try tables.vectors.set(block, for: number, in: transaction)
            done += count
            number += 1
            used = 0
        }
        return firstRow
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
