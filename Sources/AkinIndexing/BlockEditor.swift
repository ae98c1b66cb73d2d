import AkinStorage
import AkinTensors

/// The blocks that a write transaction changes, in memory until `flush`, so that a block is written once however
/// many of its rows change.
final class BlockEditor {
    private let layout: BlockLayout
    private let table: Table<UInt64, [UInt8]>
    private let path: String
    /// Rows below it belong to the graph, which walks through them even when their items are gone.
    private let graphRows: Int
    /// How many rows there are in all blocks, dead ones too; they fill all but the last.
    private(set) var count: Int
    private var loaded: [UInt64: [UInt8]] = [:]
    /// 16 MB of blocks.
    private static let mostLoaded = 64

    /// The blocks of an index as they are.
    init(_ index: EmbeddingIndex, in transaction: borrowing WriteTransaction) throws {
        layout = index.layout
        table = index.tables.vectors
        path = index.path
        graphRows = try index.graphRows(in: transaction)
        count = try index.rows(in: transaction)
        guard graphRows <= count else {
            throw IndexError.damagedGraph(path: path, part: "its settings")
        }
    }

    /// Blocks that are written from the beginning, into a table that is empty or will lose what is past their end.
    init(_ layout: BlockLayout, _ table: Table<UInt64, [UInt8]>, path: String) {
        self.layout = layout
        self.table = table
        self.path = path
        graphRows = 0
        count = 0
    }

    /// The new row's number.
    func append(id: UInt64, _ vector: ArraySlice<Float>, in transaction: borrowing WriteTransaction) throws
        -> Int
    {
        if count % layout.capacity == 0 {
            if loaded.count >= Self.mostLoaded { try flush(in: transaction) }
            loaded[layout.block(ofRow: count)] = [UInt8](repeating: 0, count: layout.size)
        }
        count += 1
        try write(id: id, vector, row: count - 1, in: transaction)
        return count - 1
    }

    /// Gives an item another vector; the row where it is after that.
    func replace(
        _ row: Int, id: UInt64, with vector: ArraySlice<Float>, in transaction: borrowing WriteTransaction
    ) throws -> Int {
        guard row < graphRows else {
            try write(id: id, vector, row: row, in: transaction)
            return row
        }
        try setID(0, row: row, in: transaction)
        return try append(id: id, vector, in: transaction)
    }

    /// Removes the item of a row. One of the graph stays there, dead; else the last row that is not dead takes its
    /// place: the id that it bears, nil if none moved.
    func remove(_ row: Int, in transaction: borrowing WriteTransaction) throws -> UInt64? {
        guard row >= graphRows else {
            try setID(0, row: row, in: transaction)
            return nil
        }
        while count - 1 > row, try read(count - 1, in: transaction).id == 0 {
            try removeLast(in: transaction)
        }
        let last = count - 1
        var moved: UInt64?
        if row != last {
            let (id, vector) = try read(last, in: transaction)
            try write(id: id, vector[...], row: row, in: transaction)
            moved = id
        }
        try removeLast(in: transaction)
        return moved
    }

    private func removeLast(in transaction: borrowing WriteTransaction) throws {
        let last = count - 1
        if last % layout.capacity == 0 {
            loaded[layout.block(ofRow: last)] = nil
            try table.remove(layout.block(ofRow: last), in: transaction)
        } else {
            // Nothing of what was removed stays, and an equal set of rows is an equal block.
            try write(id: 0, ArraySlice(repeating: 0, count: layout.dimension), row: last, in: transaction)
        }
        count -= 1
    }

    func vector(_ row: Int, in transaction: borrowing WriteTransaction) throws -> [Float] {
        try read(row, in: transaction).vector
    }

    func flush(in transaction: borrowing WriteTransaction) throws {
        for number in loaded.keys.sorted() {
            let rows = min(layout.capacity, count - Int(number) * layout.capacity)
            loaded[number]!.withUnsafeMutableBytes {
                SealedBlock.seal($0, number: number, count: rows, width: layout.dimension)
            }
            try table.set(loaded[number]!, for: number, in: transaction)
        }
        loaded = [:]
    }

    private func read(
        _ row: Int, in transaction: borrowing WriteTransaction
    ) throws -> (id: UInt64, vector: [Float]) {
        let block = layout.block(ofRow: row)
        try load(block, in: transaction)
        return loaded[block]!.withUnsafeBytes { bytes in
            let place = row % layout.capacity
            let vector = UnsafeBufferPointer(start: layout.row(place, in: bytes), count: layout.dimension)
            return (layout.ids(bytes)[place], Array(vector))
        }
    }

    private func write(
        id: UInt64, _ vector: ArraySlice<Float>, row: Int, in transaction: borrowing WriteTransaction
    ) throws {
        let block = layout.block(ofRow: row)
        try load(block, in: transaction)
        loaded[block]!.withUnsafeMutableBytes { bytes in
            let place = row % layout.capacity
            let view = UnsafeRawBufferPointer(bytes)
            UnsafeMutablePointer(mutating: layout.ids(view))[place] = id
            vector.withUnsafeBufferPointer {
                UnsafeMutablePointer(mutating: layout.row(place, in: view))
                    .update(from: $0.baseAddress!, count: layout.dimension)
            }
        }
    }

    private func setID(_ id: UInt64, row: Int, in transaction: borrowing WriteTransaction) throws {
        let block = layout.block(ofRow: row)
        try load(block, in: transaction)
        loaded[block]!.withUnsafeMutableBytes { bytes in
            let ids = UnsafeMutablePointer(mutating: layout.ids(UnsafeRawBufferPointer(bytes)))
            ids[row % layout.capacity] = id
        }
    }

    private func load(_ number: UInt64, in transaction: borrowing WriteTransaction) throws {
        guard loaded[number] == nil else { return }
        if loaded.count >= Self.mostLoaded { try flush(in: transaction) }
        // A damaged block must not be given a new checksum.
        guard let bytes = try table.bytes(of: number, in: transaction),
            layout.count(bytes, block: number) != nil,
            SealedBlock.isIntact(bytes)
        else { throw IndexError.damagedBlock(path: path, block: number) }
        loaded[number] = Array(bytes)
    }
}
