extension IndexTransaction {
    /// Says that the first `rows` rows are the graph's; 0 drops it, and leaves its dead rows where they are.
    package func setGraphRows(_ rows: Int) throws(IndexError) {
        if rows == 0 {
            try remove(Setting.graphRows, in: tables.settings)
            try remove(Setting.graph, in: tables.settings)
            for table in tables.graph { try removeAll(in: table) }
        } else {
            let all = try current.rows
            precondition(rows > 0 && rows <= all, "rows that do not exist")
            try set(UInt64(rows), for: Setting.graphRows)
        }
    }

    /// Moves all vectors together, in the order of their items' ids; no dead row is left, and no graph. O(items).
    ///
    /// `before` sees the index as it is before the transaction.
    func repack(from before: IndexReader) throws(IndexError) {
        let editor = BlockEditor(writingAnew: self, layout)
        try before.forEachVector { (id, record, vector) throws(IndexError) in
            var record = record
            record.row = try editor.append(id: id, vector)
            try set(record, for: id, in: tables.items)
        }
        try editor.flush()
        let (kept, all) = (layout.blocks(rows: editor.count), layout.blocks(rows: try before.rows))
        for number in kept..<max(kept, all) { try remove(UInt64(number), in: tables.vectors) }
        try setGraphRows(0)
    }
}
