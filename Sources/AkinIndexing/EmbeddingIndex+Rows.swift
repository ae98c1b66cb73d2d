import AkinStorage

extension EmbeddingIndex {
    /// So many rows, the first ones, belong to the graph; 0 if there is none, more than there can be if the number cannot
    /// be read.
    ///
    /// Such a row stays where it is for as long as there is the graph: one whose item is gone, or has another vector
    /// now, is dead, its id 0.
    package func graphRows(in transaction: borrowing some Transaction & ~Copyable) throws -> Int {
        guard let bytes = try tables.settings.bytes(of: Setting.graphRows, in: transaction) else { return 0 }
        return Int(clamping: UInt64(stored: bytes) ?? .max)
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
            try environment.read { before in try repack(in: transaction, from: before) }
        }
    }

    /// As the above; `before` sees the index as it is before the transaction.
    func repack(
        in transaction: borrowing WriteTransaction, from before: borrowing ReadTransaction
    ) throws {
        let editor = BlockEditor(layout, tables.vectors, path: path)
        try forEachItem(in: before) { id, record, vector in
            var record = record
            record.row = try editor.append(id: id, Array(vector)[...], in: transaction)
            try tables.items.set(record, for: id, in: transaction)
        }
        try editor.flush(in: transaction)
        let (kept, all) = (layout.blocks(rows: editor.count), layout.blocks(rows: try rows(in: before)))
        for number in kept..<max(kept, all) {
            try tables.vectors.remove(UInt64(number), in: transaction)
        }
        try setGraphRows(0, in: transaction)
    }
}
