import AkinBasics
import AkinItems
import AkinStorage

/// A change as its table holds it; the number is the key. `IndexFormat.md` has the bytes.
struct ChangeRecord: Equatable {
    var time: Timestamp
    var user: String
    var verb: String
    var summary: String
    var counts = Change.Counts()
    /// The ids of the items that it added.
    var added: Range<UInt64>
    /// How many entries in table `undo` it has.
    var entries: UInt64 = 0

    /// One that begins now.
    init(_ change: PendingChange, nextID: UInt64) {
        time = .now
        user = loginName()
        verb = change.verb.rawValue
        summary = change.summary
        added = nextID..<nextID
    }

    /// Nil if it has a verb that there is not.
    func change(_ number: UInt64) -> Change? {
        guard let verb = Change.Verb(rawValue: verb) else { return nil }
        return Change(
            number: number, time: time.date, user: user, verb: verb,
            summary: summary, counts: counts)
    }
}

extension ChangeRecord: TableValue {
    private static let fixedSize = 84

    func withStored<R>(
        _ body: (UnsafeRawBufferPointer) throws(StorageError) -> R
    ) throws(StorageError) -> R {
        var bytes = ChecksummedBytes()
        bytes.append(time.milliseconds)
        bytes.append(added.lowerBound)
        bytes.append(added.upperBound)
        bytes.append(entries)
        for count in [counts.added, counts.updated, counts.removed, counts.relabelled] {
            bytes.append(UInt64(count))
        }
        let texts = [user, verb, summary]
        for text in texts { bytes.append(UInt32(text.utf8.count)) }
        for text in texts { bytes.append(contentsOf: text.utf8) }
        return try bytes.sealed().withStored(body)
    }

    init?(stored bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= Self.fixedSize, ChecksummedBytes.areRight(bytes) else { return nil }
        let numbers = (0..<8).map { bytes.number(at: 8 + 8 * $0, as: UInt64.self) }
        let lengths = (0..<3).map { Int(bytes.number(at: 72 + 4 * $0, as: UInt32.self)) }
        guard numbers[1] <= numbers[2], Self.fixedSize + lengths.reduce(0, +) == bytes.count,
            let texts = bytes.texts(at: Self.fixedSize, lengths: lengths)
        else { return nil }
        time = Timestamp(milliseconds: Int64(bitPattern: numbers[0]))
        added = numbers[1]..<numbers[2]
        entries = numbers[3]
        counts.added = Int(truncatingIfNeeded: numbers[4])
        counts.updated = Int(truncatingIfNeeded: numbers[5])
        counts.removed = Int(truncatingIfNeeded: numbers[6])
        counts.relabelled = Int(truncatingIfNeeded: numbers[7])
        user = texts[0]
        verb = texts[1]
        summary = texts[2]
    }
}
