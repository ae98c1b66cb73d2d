import AkinBasics
import AkinIndexing
import AkinItems
import AkinTensors
import AkinVectorSearch

/// What an index must be: a plain array, and the arrays before each change that can be taken back and after each that can be
/// made again.
struct FuzzModel {
    struct Entry: Equatable {
        var item: Item
        var vector: [Float]
    }

    /// By ascending id.
    private(set) var entries: [Entry] = []
    private(set) var history: [[Entry]] = []
    /// The first to be made again is the last.
    private(set) var undone: [[Entry]] = []
    private var nextID: UInt64 = 1
    private var limit = EmbeddingIndex.historyLimit
    /// Whether anything was done since the last `finish`.
    private var isChanged = false

    /// Ends a change, before which the entries were these.
    mutating func finish(_ before: [Entry]) {
        if isChanged { (history, undone) = ((history + [before]).suffix(limit), []) }
        isChanged = false
    }

    mutating func keep(changes: Int) {
        limit = changes
        history = history.suffix(limit)
        undone = undone.suffix(limit - history.count)
    }

    /// Whether there was anything to take back.
    mutating func undo() -> Bool {
        guard let before = history.popLast() else { return false }
        undone.append(entries)
        entries = before
        return true
    }

    /// Whether there was anything to make again.
    mutating func redo() -> Bool {
        guard let after = undone.popLast() else { return false }
        history.append(entries)
        entries = after
        return true
    }

    mutating func put(_ items: [NewItem], _ vectors: Matrix) -> (added: Int, updated: Int, unchanged: Int) {
        var counts = (added: 0, updated: 0, unchanged: 0)
        var places = Dictionary(uniqueKeysWithValues: zip(entries.map(\.item.source), entries.indices))
        for (row, new) in items.enumerated() {
            let vector = Array(vectors[row])
            func item(_ id: UInt64) -> Item {
                Item(
                    id: id, label: new.label, source: new.source, group: new.group,
                    contentHash: vector.withUnsafeBytes { ContentHash(of: $0) })
            }
            if let place = places[new.source] {
                let same = item(entries[place].item.id)
                if same == entries[place].item {
                    counts.unchanged += 1
                } else {
                    entries[place] = Entry(item: same, vector: vector)
                    counts.updated += 1
                }
            } else {
                places[new.source] = entries.count
                entries.append(Entry(item: item(nextID), vector: vector))
                nextID += 1
                counts.added += 1
            }
        }
        isChanged = isChanged || counts.added + counts.updated > 0
        return counts
    }

    /// How many were removed.
    mutating func remove(where isGone: (Item) -> Bool) -> Int {
        let before = entries.count
        entries.removeAll { isGone($0.item) }
        isChanged = isChanged || entries.count < before
        return before - entries.count
    }

    /// Gives items other sources; those whose source they get are removed, unless they are moved too.
    mutating func move(_ moves: [UInt64: Source], label: String) {
        let taken = Set(moves.values)
        entries.removeAll { moves[$0.item.id] == nil && taken.contains($0.item.source) }
        for place in entries.indices {
            guard let source = moves[entries[place].item.id] else { continue }
            entries[place].item.source = source
            entries[place].item.label = label
            entries[place].item.group = nil
            isChanged = true
        }
    }

    /// How many of the items were meant, whether or not they had the label.
    mutating func relabel(to label: String, where isMeant: (Item) -> Bool) -> Int {
        var count = 0
        for place in entries.indices where isMeant(entries[place].item) {
            count += 1
            isChanged = isChanged || entries[place].item.label != label
            entries[place].item.label = label
        }
        return count
    }
}

/// What runs of a fuzz test have done.
struct FuzzTally {
    /// How many of the neighbours that there are searches by the graph have found.
    struct Recall {
        var searches = 0
        var neighbours = 0
        var found = 0

        var share: Double { neighbours == 0 ? 1 : Double(found) / Double(neighbours) }

        mutating func add(_ other: Recall) {
            searches += other.searches
            neighbours += other.neighbours
            found += other.found
        }
    }

    var runs = 0
    var operations: [String: Int] = [:]
    var exactAnswers = 0
    var recalls: [Metric.Kind: Recall] = [:]

    var recall: Recall { recalls.values.reduce(into: Recall()) { $0.add($1) } }

    mutating func add(_ other: FuzzTally) {
        runs += other.runs
        operations.merge(other.operations) { $0 + $1 }
        exactAnswers += other.exactAnswers
        for (metric, recall) in other.recalls { recalls[metric, default: Recall()].add(recall) }
    }
}

extension FuzzTally: CustomStringConvertible {
    var description: String {
        let kinds = operations.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        let metrics = recalls.sorted { $0.key.rawValue < $1.key.rawValue }
            .map { "\($0.key.rawValue) \($0.value.share)" }
        return """
            \(operations.values.reduce(0, +)) operations in \(runs) runs: \(kinds.joined(separator: ", "))
            \(exactAnswers) exact answers as the array's, \(recall.searches) by a graph with recall \(recall.share): \
            \(metrics.joined(separator: ", "))
            """
    }
}
