import AkinEmbedding
import AkinItems
import AkinStorage
import AkinVectorSearch

extension IndexTransaction {
    /// Gives the index the backbone and the embeddings that the entries of a `rebuild` hold.
    func exchange(
        _ turn: HistoryTurn, _ keep: (UndoEntry) throws(IndexError) -> Void
    ) throws(IndexError) {
        let damaged = IndexError.damagedChange(path: path, number: turn.number)
        guard turn.record.entries > 0,
            case .backbone(let format, let bytes) = try current.entry(turn.number, 0, in: turn.entries),
            let backbone = try? StoredBackbone(
                format: format, bytes: bytes, from: home.backbones, path: path),
            let dimension = backbone.model?.dimension
        else { throw damaged }
        try keepEmbeddings(keep)
        let layout = BlockLayout(dimension: dimension)
        try removeAll(in: tables.vectors)
        let editor = BlockEditor(writingAnew: self, layout)
        var rows: [UInt64: Int] = [:]
        var records: [UInt64: ItemRecord] = [:]
        for sequence in 1..<max(1, turn.record.entries) {
            switch try current.entry(turn.number, sequence, in: turn.entries) {
            case .block(let block, let bytes):
                for (id, vector) in try rowsKept(bytes, block: block, layout, of: turn.number) {
                    rows[id] = try editor.append(id: id, vector[...])
                }
            case .item(let id, let record, _):
                records[id] = record.composed
                if let now = try current.knownRecord(id) {
                    try keep(.item(id, now, vector: nil))
                } else if turn.isUndo {
                    try keep(.absent(id))
                } else {
                    throw damaged
                }
            case .absent(let id):
                let now = try current.record(id)
                try keep(.item(id, now, vector: nil))
                try removeItem(id, now)
            case .answering(let classifier, let calibration):
                try keep(answering)
                try setAnswering(classifier, calibration)
            case .backbone: throw damaged
            }
        }
        try editor.flush()
        try setRecords(records, rows: rows)
        try self.keep(backbone, dimension: dimension)
        try setGraphRows(0)
    }

    /// Says of all items in which rows their embeddings are; those of `records` become what these say.
    private func setRecords(_ records: [UInt64: ItemRecord], rows: [UInt64: Int]) throws(IndexError) {
        for (id, row) in rows.sorted(by: { $0.key < $1.key }) {
            let isThere = try current.bytes(of: id, in: tables.items) != nil
            var kept = records[id]
            if kept == nil, isThere { kept = try current.record(id) }
            guard var record = kept else { throw .damagedItem(path: path, id: id) }
            record.row = row
            if isThere {
                try set(record, for: id, in: tables.items)
            } else {
                try insertItem(id, record)
            }
        }
    }

    /// Keeps the backbone and the blocks of its embeddings, as they are.
    func keepEmbeddings(_ keep: (UndoEntry) throws(IndexError) -> Void) throws(IndexError) {
        guard let old = home.backbone.model else { return }
        try keep(.backbone(format: type(of: old).format, bytes: old.bytes))
        for block in 0..<UInt64(home.layout.blocks(rows: try current.rows)) {
            guard let bytes = try current.bytes(of: block, in: tables.vectors), SealedBlock.isIntact(bytes)
            else { throw .damagedBlock(path: path, block: block) }
            try keep(.block(block, Array(bytes)))
        }
    }

    /// The living rows of a block that was kept.
    private func rowsKept(
        _ bytes: [UInt8], block: UInt64, _ layout: BlockLayout, of number: UInt64
    ) throws(IndexError) -> [(id: UInt64, vector: [Float])] {
        try bytes.withUnsafeBufferPointer { bytes throws(IndexError) in
            let bytes = UnsafeRawBufferPointer(bytes)
            guard let count = layout.count(bytes, block: block) else {
                throw .damagedChange(path: path, number: number)
            }
            let vectors = layout.vectors(bytes, count: count)
            return (0..<count).compactMap { place in
                guard let id = vectors.id(at: place), id != 0 else { return nil }
                return (id, Array(vectors.row(at: place, dimension: layout.dimension)))
            }
        }
    }

    /// Locks the index to a backbone, of which there may be no more than the name.
    func keep(_ backbone: StoredBackbone, dimension: Int) throws(IndexError) {
        try set(UInt64(dimension), for: Setting.dimension)
        for (key, value) in backbone.settings { try set(value, for: key, in: tables.settings) }
        var values: [String: [UInt8]] = [:]
        for key in [Setting.metric, Setting.dimension, Setting.backbone, Setting.backboneName] {
            values[key] = try current.bytes(of: key, in: tables.settings).map(Array.init)
        }
        try set(Setting.seal { values[$0] }, for: Setting.seal, in: tables.settings)
    }
}
