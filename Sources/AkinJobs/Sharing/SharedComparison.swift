import AkinBasics
import AkinItems

/// In what an index and a shared one differ, and who has changed it since they last agreed.
struct SharedComparison {
    /// The item of a source on both sides; nil where there is none.
    struct Difference {
        let source: Source
        let here: Item?
        let there: Item?
    }

    /// Changed here alone, in the order of the items' numbers here; then what was removed here.
    var here: [Difference] = []
    /// Changed there alone, in the order of the items' numbers there; then what was removed there.
    var there: [Difference] = []
    /// Changed on both sides, and not alike.
    var conflicts: [Difference] = []
    /// What has agreed, as far as it still does.
    var record: SharedRecord

    init(here items: [Item], there others: [Item], _ last: SharedRecord) {
        record = last
        var left = Dictionary(others.map { ($0.source, $0) }, uniquingKeysWith: { first, _ in first })
        for item in items {
            let other = left.removeValue(forKey: item.source)
            enter(Difference(source: item.source, here: item, there: other), last)
        }
        for other in others where left[other.source] != nil {
            enter(Difference(source: other.source, here: nil, there: other), last)
        }
        here.sort { ($0.here?.id ?? .max) < ($1.here?.id ?? .max) }
        there.sort { ($0.there?.id ?? .max) < ($1.there?.id ?? .max) }
        forgetRemoved(items, others)
    }

    private mutating func enter(_ difference: Difference, _ last: SharedRecord) {
        let (mine, other) = (
            difference.here.map(SharedRecord.state), difference.there.map(SharedRecord.state)
        )
        let before = last[difference.source]
        if mine == other {
            record[difference.source] = mine
        } else if other == before {
            here.append(difference)
        } else if mine == before {
            there.append(difference)
        } else {
            conflicts.append(difference)
        }
    }

    /// Forgets sources that neither side has any more.
    private mutating func forgetRemoved(_ items: [Item], _ others: [Item]) {
        guard record.items.count > 0 else { return }
        var kept = SharedRecord()
        kept.answering = record.answering
        for source in Set(items.map(\.source)).union(others.map(\.source)) { kept[source] = record[source] }
        record = kept
    }
}

/// An item that was changed on both sides since they last agreed, and not alike.
public struct SharedConflict: Sendable, Hashable, Encodable {
    /// Where the item comes from.
    public let source: Source
    /// Its label in the folder; nil where it was removed there.
    public let here: String?
    /// Its label in the shared index; nil where it was removed there.
    public let there: String?

    init(_ difference: SharedComparison.Difference) {
        source = difference.source
        here = difference.here?.label
        there = difference.there?.label
    }
}
