import AkinItems
import AkinStorage
import AkinVectorSearch

extension IndexReader {
    /// Calls `body` with every item and its embedding where it lies, by ascending id.
    public func forEachItem(_ body: (Item, UnsafeBufferPointer<Float>) throws -> Void) throws {
        try forEachVector(failing: { $0 }) { id, record, vector in try body(record.item(id), vector) }
    }

    /// Every item with its embedding where it lies, by ascending id.
    func forEachVector(
        _ body: (UInt64, ItemRecord, UnsafeBufferPointer<Float>) throws(IndexError) -> Void
    ) throws(IndexError) {
        try forEachVector(failing: { $0 }, body)
    }

    /// As the above, for a `body` with errors of its own; `failing` makes such of the index's.
    func forEachVector<E>(
        failing: (IndexError) -> E,
        _ body: (UInt64, ItemRecord, UnsafeBufferPointer<Float>) throws(E) -> Void
    ) throws(E) {
        let blocks: [VectorBlock]
        do throws(IndexError) { blocks = try resolvedBlocks() } catch { throw failing(error) }
        try tables.items.forEach(in: transaction, failing: { failing(failure($0)) }) {
            (id, bytes) throws(E) in
            guard let record = ItemRecord(stored: bytes),
                case let (block, place) = record.row.quotientAndRemainder(dividingBy: layout.capacity),
                blocks.indices.contains(block), blocks[block].id(at: place) == id
            else { throw failing(.damagedItem(path: path, id: id)) }
            try body(id, record, blocks[block].row(at: place, dimension: dimension))
            return true
        }
    }

    /// How many rows there are, dead ones too: as many as items, or more; O(1).
    var rows: Int {
        get throws(IndexError) {
            guard let (number, bytes) = try last(of: tables.vectors) else { return 0 }
            guard number < UInt64(Int.max / layout.capacity), let count = layout.count(bytes, block: number)
            else { throw .damagedBlock(path: path, block: number) }
            return Int(number) * layout.capacity + count
        }
    }

    /// So many rows, the first ones, belong to the graph; 0 if there is none, more than there can be if the number cannot
    /// be read.
    ///
    /// Such a row stays where it is for as long as there is the graph: one whose item is gone, or has another vector
    /// now, is dead, its id 0.
    package var graphRows: Int {
        get throws(IndexError) {
            guard let bytes = try bytes(of: Setting.graphRows, in: tables.settings) else { return 0 }
            return Int(clamping: UInt64(stored: bytes) ?? .max)
        }
    }

    /// All blocks where they lie, in order; the pointers are valid until the transaction ends. Dead rows have id 0.
    ///
    /// Blocks that this object has not seen yet are compared with their checksums.
    func resolvedBlocks(verifying: Bool = true) throws(IndexError) -> [VectorBlock] {
        let items = try itemCount
        var found: [UnsafeRawBufferPointer] = []
        var blocks: [VectorBlock] = []
        found.reserveCapacity(items / layout.capacity + 1)
        blocks.reserveCapacity(items / layout.capacity + 1)
        var rows = 0
        try forEachEntry(in: tables.vectors) { (number, bytes) throws(IndexError) in
            // All are full but the last.
            guard number == UInt64(found.count), rows == found.count * layout.capacity,
                let count = layout.count(bytes, block: number), count > 0
            else { throw .damagedBlock(path: path, block: UInt64(found.count)) }
            found.append(bytes)
            blocks.append(layout.vectors(bytes, count: count))
            rows += count
            return true
        }
        // Where rows of the graph are missing, it may still be its record alone that is damaged.
        let holdAll = try rows >= graphRows ? rows >= items : livingRows(blocks) == items
        guard holdAll else { throw .damagedBlock(path: path, block: layout.block(ofRow: rows)) }
        if verifying, let damaged = home.verifiedVectors.firstDamaged(of: found) {
            throw .damagedBlock(path: path, block: UInt64(damaged))
        }
        return blocks
    }

    /// All vectors where they lie, by their row.
    func vectorRows(verifying: Bool = true) throws(IndexError) -> VectorRows {
        VectorRows(
            blocks: try resolvedBlocks(verifying: verifying), capacity: layout.capacity, dimension: dimension)
    }

    /// How many rows hold an item.
    func livingRows(_ blocks: [VectorBlock]) -> Int {
        blocks.reduce(0) { sum, block in
            sum + (0..<layout.capacity).prefix { block.id(at: $0) != nil }.count { block.id(at: $0) != 0 }
        }
    }
}
