import AkinBasics
import AkinItems
import AkinStorage

extension IndexReader {
    /// How many changes can be undone where nobody has said anything else.
    static let usualHistoryLimit = 20

    /// The changes that can be undone, the last one first.
    public func history() throws(IndexError) -> [Change] {
        try changes(on: tables.past).map(\.change).reversed()
    }

    /// The changes that were taken back and can be made again, the first to be so first; none as soon as there is another
    /// change.
    public func undone() throws(IndexError) -> [Change] { try changes(on: tables.future).map(\.change) }

    /// By ascending number.
    func changes(on side: HistorySide) throws(IndexError) -> [(record: ChangeRecord, change: Change)] {
        var changes: [(ChangeRecord, Change)] = []
        try forEachEntry(in: side.changes) { (number, bytes) throws(IndexError) in
            guard let record = ChangeRecord(stored: bytes), let change = record.change(number) else {
                throw .damagedChange(path: path, number: number)
            }
            changes.append((record, change))
            return true
        }
        return changes
    }

    /// How many changes are kept at most.
    public var historyLimit: Int {
        get throws(IndexError) {
            try number(Setting.historyLimit).map { Int(clamping: $0) } ?? Self.usualHistoryLimit
        }
    }

    /// By which classifier the index is to be asked, as `setClassifierRecord` has kept it; nil where nobody has chosen one.
    public var classifierRecord: [UInt8]? {
        get throws(IndexError) { try bytes(of: Setting.classifier, in: tables.settings).map(Array.init) }
    }

    /// What is known of its answers, as `setAnswering` has kept it; nil where that has not been found out.
    public var calibrationRecord: [UInt8]? {
        get throws(IndexError) { try bytes(of: Setting.calibration, in: tables.settings).map(Array.init) }
    }

    /// What `keepFit` has kept, if items and answers are still the same; nil also where it is damaged, for it follows from the items.
    public var fitRecord: [UInt8]? {
        get throws(IndexError) {
            guard let bytes = try bytes(of: 0, in: tables.fit), ChecksummedBytes.areRight(bytes) else {
                return nil
            }
            return Array(bytes[8...])
        }
    }

    /// The number of the next change. It is above those of all others, or the index is damaged.
    var nextChange: UInt64 {
        get throws(IndexError) {
            let number = try number(Setting.nextChange) ?? 1
            guard try last(of: tables.changes).map({ $0.key < number }) ?? true else {
                throw .damagedSettings(path: path, key: Setting.nextChange)
            }
            return number
        }
    }

    /// What is kept of a change.
    func entry(
        _ number: UInt64, _ sequence: UInt64, in table: Table<UndoKey, UndoEntry>
    ) throws(IndexError) -> UndoEntry {
        guard let bytes = try bytes(of: UndoKey(number, sequence), in: table),
            let entry = UndoEntry(stored: bytes)
        else { throw .damagedChange(path: path, number: number) }
        return entry
    }
}
