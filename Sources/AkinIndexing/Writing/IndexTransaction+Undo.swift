import AkinBasics
import AkinEmbedding
import AkinItems
import AkinStorage
import AkinVectorSearch

extension IndexTransaction {
    /// Takes back the last change; what it was.
    func undoLast() throws(IndexError) -> Change {
        guard let (number, bytes) = try current.last(of: tables.changes) else {
            throw .nothingToUndo(path: path)
        }
        guard let record = ChangeRecord(stored: bytes), let change = record.change(number) else {
            throw .damagedChange(path: path, number: number)
        }
        if change.verb == .rebuild {
            try undoRebuild(number, record)
        } else {
            try undo(number, record)
        }
        for sequence in 0..<record.entries { try remove(UndoKey(number, sequence), in: tables.undo) }
        try remove(number, in: tables.changes)
        return change
    }

    private func undo(_ number: UInt64, _ record: ChangeRecord) throws(IndexError) {
        let editor = try ItemEditor(self, nil)
        var added: [UInt64] = []
        try current.forEachEntry(in: tables.items, from: record.added.lowerBound) {
            (id, _) throws(IndexError) in
            guard record.added.contains(id) else { return false }
            added.append(id)
            return true
        }
        // From the end, where nothing has to move into the gap.
        for id in added.reversed() { _ = try editor.remove(id) }
        for sequence in (0..<record.entries).reversed() {
            switch try current.undoEntry(number, sequence) {
            case .item(let id, let old, let vector): try editor.restore(id, old, vector: vector)
            case .answering(let classifier, let calibration): try setAnswering(classifier, calibration)
            case .backbone, .block: throw .damagedChange(path: path, number: number)
            }
        }
        _ = try editor.finish()
    }

    /// Gives the index back the backbone and the embeddings that it had before change `number`.
    private func undoRebuild(_ number: UInt64, _ record: ChangeRecord) throws(IndexError) {
        guard record.entries > 0,
            case .backbone(let format, let bytes) = try current.undoEntry(number, 0),
            let backbone = try? StoredBackbone(
                format: format, bytes: bytes, from: home.backbones, path: path),
            let dimension = backbone.model?.dimension
        else { throw .damagedChange(path: path, number: number) }
        let layout = BlockLayout(dimension: dimension)
        try removeAll(in: tables.vectors)
        let editor = BlockEditor(writingAnew: self, layout)
        var rows: [UInt64: Int] = [:]
        var old: [UInt64: ItemRecord] = [:]
        for sequence in 1..<max(1, record.entries) {
            switch try current.undoEntry(number, sequence) {
            case .block(let block, let bytes):
                for (id, vector) in try rowsKept(bytes, block: block, layout, of: number) {
                    rows[id] = try editor.append(id: id, vector[...])
                }
            case .item(let id, let record, _): old[id] = record.composed
            case .answering(let classifier, let calibration): try setAnswering(classifier, calibration)
            case .backbone: throw .damagedChange(path: path, number: number)
            }
        }
        try editor.flush()
        for (id, row) in rows.sorted(by: { $0.key < $1.key }) {
            let isThere = try current.bytes(of: id, in: tables.items) != nil
            var kept = old[id]
            if kept == nil, isThere { kept = try current.record(id) }
            guard var record = kept else { throw .damagedItem(path: path, id: id) }
            record.row = row
            if isThere {
                try set(record, for: id, in: tables.items)
            } else {
                try insertItem(id, record)
            }
        }
        try keep(backbone, dimension: dimension)
        try setGraphRows(0)
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
}

extension IndexTransaction {
    /// How the index is asked now.
    var answering: UndoEntry {
        get throws(IndexError) {
            .answering(classifier: try current.classifierRecord, calibration: try current.calibrationRecord)
        }
    }

    /// By which classifier it is to be asked, and what is known of its answers.
    func setAnswering(_ classifier: [UInt8]?, _ calibration: [UInt8]?) throws(IndexError) {
        for (key, record) in [(Setting.classifier, classifier), (Setting.calibration, calibration)] {
            if let record {
                try set(record, for: key, in: tables.settings)
            } else if try current.bytes(of: key, in: tables.settings) != nil {
                try remove(key, in: tables.settings)
            }
        }
    }

    /// What was fitted to the items holds no more.
    func dropFit() throws(IndexError) {
        if try current.count(of: tables.fit) > 0 { try removeAll(in: tables.fit) }
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
