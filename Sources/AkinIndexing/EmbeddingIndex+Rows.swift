import AkinStorage
import AkinVectorSearch

extension EmbeddingIndex {
    /// So many rows, the first ones, belong to the graph; 0 if there is none.
    ///
    /// Such a row stays where it is for as long as there is the graph: one whose item is gone, or has another vector
    /// now, is dead, its id 0.
    package func graphRows(in transaction: borrowing some Transaction & ~Copyable) throws -> Int {
        Int(clamping: try tables.number(Setting.graphRows, in: transaction, path: path) ?? 0)
    }

    /// Says that the first `rows` rows are the graph's; 0 drops it, and leaves its dead rows where they are.
    package func setGraphRows(_ rows: Int, in transaction: borrowing WriteTransaction) throws {
        if rows == 0 {
            try tables.settings.remove(Setting.graphRows, in: transaction)
            try tables.settings.remove(Setting.graph, in: transaction)
            for table in [tables.codes, tables.links, tables.levels] { try table.removeAll(in: transaction) }
        } else {
            let all = try self.rows(in: transaction)
            precondition(rows > 0 && rows <= all, "rows that do not exist")
            try tables.settings.set(UInt64(rows).stored, for: Setting.graphRows, in: transaction)
        }
    }

    /// How many rows there are, dead ones too: as many as items, or more; O(1).
    package func rows(in transaction: borrowing some Transaction & ~Copyable) throws -> Int {
        guard let (number, bytes) = try tables.vectors.last(in: transaction) else { return 0 }
        guard number < UInt64(Int.max / layout.capacity), let count = layout.count(bytes, block: number)
        else { throw IndexError.damagedBlock(path: path, block: number) }
        return Int(number) * layout.capacity + count
    }

    /// Moves all vectors together, in the order of their items' ids; no dead row is left, and no graph. O(items).
    package func repack() throws(IndexError) {
        try writing { transaction in
            let editor = BlockEditor(layout, tables.vectors, path: path)
            // Reads what was there before this transaction, for as long as that lasts.
            try environment.read { before in
                let blocks = try resolvedBlocks(in: before)
                try forEachRecord(in: before) { id, record in
                    let (block, place) = record.row.quotientAndRemainder(dividingBy: layout.capacity)
                    guard blocks.indices.contains(block), blocks[block].id(at: place) == id else {
                        throw IndexError.damagedItem(path: path, id: id)
                    }
                    var record = record
                    record.row = try editor.append(
                        id: id, Array(blocks[block].row(at: place, dimension: layout.dimension))[...],
                        in: transaction)
                    try tables.items.set(record, for: id, in: transaction)
                }
                try editor.flush(in: transaction)
                let kept = (editor.count + layout.capacity - 1) / layout.capacity
                for number in kept..<max(kept, blocks.count) {
                    try tables.vectors.remove(UInt64(number), in: transaction)
                }
            }
            try setGraphRows(0, in: transaction)
        }
    }
}
