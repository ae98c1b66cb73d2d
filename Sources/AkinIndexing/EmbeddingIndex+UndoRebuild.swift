import AkinNetworks
import AkinStorage
import AkinTensors
import AkinVectorSearch

extension EmbeddingIndex {
    /// Gives the index back the backbone and the embeddings that it had before change `number`.
    func undoRebuild(
        _ number: UInt64, _ record: ChangeRecord, in transaction: borrowing WriteTransaction
    ) throws {
        guard record.entries > 0,
            case .backbone(let file) = try entry(number, 0, in: transaction),
            let checkpoint = try? Checkpoint(bytes: file)
        else { throw IndexError.damagedChange(path: path, number: number) }
        let layout = BlockLayout(dimension: checkpoint.dimension)
        try tables.vectors.removeAll(in: transaction)
        let editor = BlockEditor(layout, tables.vectors, path: path)
        var rows: [UInt64: Int] = [:]
        var old: [UInt64: ItemRecord] = [:]
        for sequence in 1..<max(1, record.entries) {
            switch try entry(number, sequence, in: transaction) {
            case .block(let block, let bytes):
                try bytes.withUnsafeBytes { bytes in
                    guard let count = layout.count(bytes, block: block) else {
                        throw IndexError.damagedChange(path: path, number: number)
                    }
                    let vectors = layout.vectors(bytes, count: count)
                    for place in 0..<count {
                        guard let id = vectors.id(at: place), id != 0 else { continue }
                        let vector = Array(vectors.row(at: place, dimension: layout.dimension))
                        rows[id] = try editor.append(id: id, vector[...], in: transaction)
                    }
                }
            case .item(let id, let record, _): old[id] = record
            case .backbone: throw IndexError.damagedChange(path: path, number: number)
            }
        }
        try editor.flush(in: transaction)
        for (id, row) in rows.sorted(by: { $0.key < $1.key }) {
            let isThere = try tables.items.bytes(of: id, in: transaction) != nil
            guard var record = try old[id] ?? (isThere ? tables.record(id, in: transaction, path: path) : nil)
            else { throw IndexError.damagedItem(path: path, id: id) }
            record.row = row
            if isThere {
                try tables.items.set(record, for: id, in: transaction)
            } else {
                try tables.insert(record, id, in: transaction)
            }
        }
        try tables.set(checkpoint, in: transaction)
        try setGraphRows(0, in: transaction)
    }
}
