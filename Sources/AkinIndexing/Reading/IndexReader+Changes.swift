import AkinItems
import AkinStorage

extension IndexReader {
    /// What each change has made of its items: calls `body` with the changes that can be taken back, the last one first, and
    /// then with those that were taken back, the first to be made again first, until it gives false.
    ///
    /// A `rebuild` names those items only that it dropped or whose pictures had changed. O(items that the changes have touched,
    /// and those of the index's numbers that they gave).
    public func forEachChange(
        _ body: (_ change: Change, _ isUndone: Bool, _ items: [ItemChange]) throws(IndexError) -> Bool
    ) throws(IndexError) {
        // How items were before the changes that come later, where these have touched them.
        var states: [UInt64: ItemRecord?] = [:]
        for (record, change) in try changes(on: tables.past).reversed() {
            var before = try keptStates(of: change.number, record, in: tables.undo)
            for id in try ids(in: record.added, states) { before.updateValue(nil, forKey: id) }
            let items = try itemChanges(before, others: states) { ($0, $1) }
            guard try body(change, false, items) else { return }
            states.merge(before) { $1 }
        }
        states = [:]
        for (record, change) in try changes(on: tables.future) {
            let after = try keptStates(of: change.number, record, in: tables.redo)
            let items = try itemChanges(after, others: states) { ($1, $0) }
            guard try body(change, true, items) else { return }
            states.merge(after) { $1 }
        }
    }

    /// What the change of this number has made of its items or, where it was taken back, would make if it is done
    /// again; nil where the history has no such change.
    public func itemChanges(
        of number: UInt64
    ) throws(IndexError) -> (change: Change, isUndone: Bool, items: [ItemChange])? {
        var found: (Change, Bool, [ItemChange])?
        try forEachChange { (change, isUndone, items) throws(IndexError) in
            if change.number == number { found = (change, isUndone, items) }
            return found == nil
        }
        return found
    }

    /// Items as the entries of a change have them: of several of one item the first.
    private func keptStates(
        of number: UInt64, _ record: ChangeRecord, in table: Table<UndoKey, UndoEntry>
    ) throws(IndexError) -> [UInt64: ItemRecord?] {
        var states: [UInt64: ItemRecord?] = [:]
        for sequence in 0..<record.entries {
            // Blocks and backbones are large.
            if let bytes = try bytes(of: UndoKey(number, sequence), in: table), !UndoEntry.tellsOfItem(bytes)
            {
                continue
            }
            switch try entry(number, sequence, in: table) {
            case .item(let id, let record, _) where states[id] == nil:
                states.updateValue(record.composed, forKey: id)
            case .absent(let id) where states[id] == nil: states.updateValue(nil, forKey: id)
            case .item, .absent, .answering, .backbone, .block: break
            }
        }
        return states
    }

    /// The ids of a range whose items are there, or were before later changes.
    private func ids(
        in range: Range<UInt64>, _ states: [UInt64: ItemRecord?]
    ) throws(IndexError) -> [UInt64] {
        guard !range.isEmpty else { return [] }
        var ids = states.compactMap { range.contains($0.key) && $0.value != nil ? $0.key : nil }
        try forEachEntry(in: tables.items, from: range.lowerBound) { (id, _) throws(IndexError) in
            guard range.contains(id) else { return false }
            if states[id] == nil { ids.append(id) }
            return true
        }
        return ids
    }

    /// By ascending id, without what has come to nothing. `sides` puts a state and the other in the order of time.
    private func itemChanges(
        _ states: [UInt64: ItemRecord?], others: [UInt64: ItemRecord?],
        _ sides: (Item?, Item?) -> (before: Item?, after: Item?)
    ) throws(IndexError) -> [ItemChange] {
        var changes: [ItemChange] = []
        for (id, state) in states.sorted(by: { $0.key < $1.key }) {
            let other: ItemRecord?
            if let known = others[id] { other = known } else { other = try knownRecord(id) }
            let (before, after) = sides(state?.item(id), other?.item(id))
            if let change = ItemChange(from: before, to: after) { changes.append(change) }
        }
        return changes
    }
}
