import AkinBasics
import AkinItems
import AkinStorage
import AkinVectorSearch

/// Both ways are one: a change gives up its entries on one side of the present, which say how items were there, and gets
/// such on the other, which say how they are now.
extension IndexTransaction {
    /// Takes back the last change, and keeps it to be made again; what it was.
    ///
    /// - Parameter mayEmpty: As in `EmbeddingIndex.undo`.
    func undoLast(mayEmpty: Bool) throws(IndexError) -> Change {
        guard let (number, bytes) = try current.last(of: tables.changes) else {
            throw .nothingToUndo(path: path)
        }
        let before = try current.itemCount
        let change = try pass(number, ChangeRecord(stored: bytes), from: tables.past, to: tables.future)
        if !mayEmpty, before > 0, try current.itemCount == 0 { throw .wouldBeEmpty(path: path, change) }
        return change
    }

    /// Makes again what was taken back last; what it was.
    func redoNext() throws(IndexError) -> Change {
        guard let next = try nextToRedo() else {
            throw .nothingToRedo(path: path, last: try current.history().first)
        }
        return try pass(next.number, next.record, from: tables.future, to: tables.past)
    }

    /// What was taken back last; without a record where that is damaged.
    func nextToRedo() throws(IndexError) -> (number: UInt64, record: ChangeRecord?)? {
        var next: (UInt64, ChangeRecord?)?
        try current.forEachEntry(in: tables.undone) { (number, bytes) throws(IndexError) in
            next = (number, ChangeRecord(stored: bytes))
            return false
        }
        return next
    }

    private func pass(
        _ number: UInt64, _ found: ChangeRecord?, from: HistorySide, to: HistorySide
    ) throws(IndexError) -> Change {
        guard var record = found, let change = record.change(number) else {
            throw .damagedChange(path: path, number: number)
        }
        let turn = HistoryTurn(number, record, from.entries, isUndo: from.changes.name == tables.changes.name)
        var kept: UInt64 = 0
        func keep(_ entry: UndoEntry) throws(IndexError) {
            try set(entry, for: UndoKey(number, kept), in: to.entries)
            kept += 1
        }
        if change.verb == .rebuild { try exchange(turn, keep) } else { try turnItems(turn, keep) }
        for sequence in 0..<record.entries { try remove(UndoKey(number, sequence), in: from.entries) }
        try remove(number, in: from.changes)
        record.entries = kept
        try set(record, for: number, in: to.changes)
        return change
    }

    /// Makes the items of a change what its entries say.
    private func turnItems(
        _ turn: HistoryTurn, _ keep: (UndoEntry) throws(IndexError) -> Void
    ) throws(IndexError) {
        let editor = try ItemEditor(self, nil)
        let plan = try plan(turn)
        // What is no more was kept by nobody, so its embedding is.
        for id in plan.gone { if let entry = try editor.entry(id, withVector: true) { try keep(entry) } }
        for (id, withVector) in plan.items {
            if let entry = try editor.entry(id, withVector: withVector) {
                try keep(entry)
            } else if turn.isUndo {
                try keep(.absent(id))
            } else if !turn.record.added.contains(id) {
                throw .damagedChange(path: path, number: turn.number)
            }
        }
        if plan.answering { try keep(answering) }
        // Before the others, which may get their sources; and from the end, where nothing has to move into the gap.
        for id in plan.gone.reversed() { _ = try editor.remove(id) }
        for sequence in (0..<turn.record.entries).reversed() {
            switch try current.entry(turn.number, sequence, in: turn.entries) {
            case .item(let id, let old, let vector): try editor.restore(id, old, vector: vector)
            case .answering(let classifier, let calibration): try setAnswering(classifier, calibration)
            case .absent: break
            case .backbone, .block: throw .damagedChange(path: path, number: turn.number)
            }
        }
        _ = try editor.finish()
    }

    /// What the entries of a change are about: items that will not be there, by ascending id; those that will, also by id, and whether
    /// they get another embedding; whether it is how the index is asked.
    private func plan(
        _ turn: HistoryTurn
    ) throws(IndexError) -> (gone: [UInt64], items: [(id: UInt64, withVector: Bool)], answering: Bool) {
        var gone: [UInt64] = []
        var items: [UInt64: Bool] = [:]
        var answering = false
        if turn.isUndo, !turn.record.added.isEmpty {
            try current.forEachEntry(in: tables.items, from: turn.record.added.lowerBound) {
                (id, _) throws(IndexError) in
                guard turn.record.added.contains(id) else { return false }
                gone.append(id)
                return true
            }
        }
        for sequence in 0..<turn.record.entries {
            switch try current.entry(turn.number, sequence, in: turn.entries) {
            case .item(let id, _, let vector): items[id] = items[id] == true || vector != nil
            case .absent(let id): gone.append(id)
            case .answering: answering = true
            case .backbone, .block: throw .damagedChange(path: path, number: turn.number)
            }
        }
        return (gone.sorted(), items.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }, answering)
    }

    /// Forgets what was taken back; but for so many changes, those that would be made again first.
    func dropUndone(keeping limit: Int = 0) throws(IndexError) {
        guard try current.count(of: tables.undone) > limit else { return }
        if limit == 0 {
            try removeAll(in: tables.undone)
            return try removeAll(in: tables.redo)
        }
        var later: [(number: UInt64, entries: UInt64)] = []
        var first = 0
        try current.forEachEntry(in: tables.undone) { (number, bytes) throws(IndexError) in
            first += 1
            if first > limit { later.append((number, ChangeRecord(stored: bytes)?.entries ?? 0)) }
            return true
        }
        for change in later {
            for sequence in 0..<change.entries {
                try remove(UndoKey(change.number, sequence), in: tables.redo)
            }
            try remove(change.number, in: tables.undone)
        }
    }
}

/// A change that is taken back or made again.
struct HistoryTurn {
    let number: UInt64
    let record: ChangeRecord
    /// That say how all will be.
    let entries: Table<UndoKey, UndoEntry>
    let isUndo: Bool

    init(_ number: UInt64, _ record: ChangeRecord, _ entries: Table<UndoKey, UndoEntry>, isUndo: Bool) {
        (self.number, self.record, self.entries, self.isUndo) = (number, record, entries, isUndo)
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
}
