import AkinStorage

/// The blocks of vectors that a write transaction changes, in memory until `flush`, so that a block is written once
/// however many of its rows change. All vectors go into an index by this way.
final class BlockEditor {
    private let access: IndexTransaction
    private let layout: BlockLayout
    /// Rows below it belong to the graph, which walks through them even when their items are gone.
    private let graphRows: Int
    /// How many rows there are in all blocks, dead ones too; they fill all but the last.
    private(set) var count: Int
    private var loaded: [UInt64: [UInt8]] = [:]
    /// 16 MB of blocks.
    private static let mostLoaded = 64

    /// The blocks of an index as they are.
    init(_ access: IndexTransaction) throws(IndexError) {
        self.access = access
        layout = access.layout
        graphRows = try access.current.graphRows
        count = try access.current.rows
        guard graphRows <= count else { throw .damagedGraph(path: access.path, part: "its settings") }
    }

    /// Blocks that are written from the beginning, into a table that is empty or will lose what is past their end.
    init(writingAnew access: IndexTransaction, _ layout: BlockLayout) {
        self.access = access
        self.layout = layout
        graphRows = 0
        count = 0
    }

    /// The new row's number.
    func append(id: UInt64, _ vector: ArraySlice<Float>) throws(IndexError) -> Int {
        try vector.withUnsafeBufferPointer { vector throws(IndexError) in try append(id: id, vector) }
    }

    /// The new row's number.
    func append(id: UInt64, _ vector: UnsafeBufferPointer<Float>) throws(IndexError) -> Int {
        guard let values = vector.baseAddress else { return count }
        return try withUnsafePointer(to: id) { id throws(IndexError) in
            try append(ids: UnsafeBufferPointer(start: id, count: 1), values)
        }
    }

    /// Appends rows, `[ids.count, dimension]`; the number of the first.
    func append(
        ids: UnsafeBufferPointer<UInt64>, _ vectors: UnsafePointer<Float>
    ) throws(IndexError) -> Int {
        let first = count
        var done = 0
        while done < ids.count, let from = ids.baseAddress {
            let place = count % layout.capacity
            let added = min(layout.capacity - place, ids.count - done)
            if place == 0 {
                if loaded.count >= Self.mostLoaded { try flush() }
                loaded[layout.block(ofRow: count)] = [UInt8](repeating: 0, count: layout.size)
            }
            try edit(layout.block(ofRow: count)) { ids, rows in
                (ids + place).update(from: from + done, count: added)
                (rows + place * layout.dimension)
                    .update(from: vectors + done * layout.dimension, count: added * layout.dimension)
            }
            count += added
            done += added
        }
        return first
    }

    /// Gives an item another vector; the row where it is after that.
    func replace(_ row: Int, id: UInt64, with vector: ArraySlice<Float>) throws(IndexError) -> Int {
        guard row < graphRows else {
            try write(id: id, vector, row: row)
            return row
        }
        try setID(0, row: row)
        return try append(id: id, vector)
    }

    /// Removes the item of a row. One of the graph stays there, dead; else the last row that is not dead takes its
    /// place: the id that it bears, nil if none moved.
    func remove(_ row: Int) throws(IndexError) -> UInt64? {
        guard row >= graphRows else {
            try setID(0, row: row)
            return nil
        }
        while count - 1 > row, try read(count - 1).id == 0 { try removeLast() }
        let last = count - 1
        var moved: UInt64?
        if row != last {
            let (id, vector) = try read(last)
            try write(id: id, vector[...], row: row)
            moved = id
        }
        try removeLast()
        return moved
    }

    private func removeLast() throws(IndexError) {
        let last = count - 1
        if last % layout.capacity == 0 {
            loaded[layout.block(ofRow: last)] = nil
            try access.remove(layout.block(ofRow: last), in: access.tables.vectors)
        } else {
            // Nothing of what was removed stays, and an equal set of rows is an equal block.
            try write(id: 0, ArraySlice(repeating: 0, count: layout.dimension), row: last)
        }
        count -= 1
    }

    func vector(_ row: Int) throws(IndexError) -> [Float] { try read(row).vector }

    /// Writes what is in memory. To be called once more at the end.
    func flush() throws(IndexError) {
        for number in loaded.keys.sorted() {
            guard var block = loaded.removeValue(forKey: number) else { continue }
            let rows = min(layout.capacity, count - Int(number) * layout.capacity)
            block.withUnsafeMutableBytes {
                SealedBlock.seal($0, number: number, count: rows, width: layout.dimension)
            }
            try access.set(block, for: number, in: access.tables.vectors)
        }
    }

    private func read(_ row: Int) throws(IndexError) -> (id: UInt64, vector: [Float]) {
        let place = row % layout.capacity
        var found: (UInt64, [Float]) = (0, [])
        try edit(layout.block(ofRow: row)) { ids, rows in
            let vector = UnsafeBufferPointer(
                start: rows + place * layout.dimension, count: layout.dimension)
            found = (ids[place], Array(vector))
        }
        return found
    }

    private func write(id: UInt64, _ vector: ArraySlice<Float>, row: Int) throws(IndexError) {
        let place = row % layout.capacity
        try edit(layout.block(ofRow: row)) { ids, rows in
            ids[place] = id
            vector.withUnsafeBufferPointer { vector in
                guard let base = vector.baseAddress else { return }
                (rows + place * layout.dimension).update(from: base, count: layout.dimension)
            }
        }
    }

    private func setID(_ id: UInt64, row: Int) throws(IndexError) {
        try edit(layout.block(ofRow: row)) { ids, _ in ids[row % layout.capacity] = id }
    }

    /// Calls `body` with a block's ids and rows, loaded before if it is not in memory.
    private func edit(
        _ number: UInt64, _ body: (UnsafeMutablePointer<UInt64>, UnsafeMutablePointer<Float>) -> Void
    ) throws(IndexError) {
        if loaded[number] == nil {
            if loaded.count >= Self.mostLoaded { try flush() }
            // A damaged block must not be given a new checksum.
            guard let bytes = try access.current.bytes(of: number, in: access.tables.vectors),
                layout.count(bytes, block: number) != nil, SealedBlock.isIntact(bytes)
            else { throw .damagedBlock(path: access.path, block: number) }
            loaded[number] = Array(bytes)
        }
        loaded[number]?.withUnsafeMutableBytes { bytes in
            let view = UnsafeRawBufferPointer(bytes)
            body(
                UnsafeMutablePointer(mutating: layout.ids(view)),
                UnsafeMutablePointer(mutating: layout.row(0, in: view)))
        }
    }
}
