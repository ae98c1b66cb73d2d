import AkinTensors

/// The classes of a set of items: what a classifier needs to know of an index beside the distances.
public struct ItemLabels: Sendable {
    /// The distinct labels, in the order of their characters' numbers.
    public let names: [String]
    /// For each item, the position of its label in `names`.
    public let classes: [Int]
    /// For each label of `names`, how many items bear it.
    public let counts: [Int]

    /// `labels[i]` is the class of item `i`.
    public init(_ labels: [String]) {
        let names = Set(labels).sorted()
        let positions = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
        self.names = names
        classes = labels.map { positions[$0]! }
        var counts = [Int](repeating: 0, count: names.count)
        for c in classes { counts[c] += 1 }
        self.counts = counts
    }

    /// Number of items.
    public var count: Int { classes.count }

    /// One item of each class after the other, in a random order, then a second one of each, and so on: every beginning has its share of
    /// each class.
    package func drawnInTurn(seed: UInt64) -> [Int] {
        var members = [[Int]](repeating: [], count: names.count)
        for (position, own) in classes.enumerated() { members[own].append(position) }
        for own in members.indices {
            var generator = SeededGenerator(seed: seed, UInt64(own))
            members[own].shuffle(using: &generator)
        }
        return (0..<(counts.max() ?? 0)).flatMap { turn in
            members.compactMap { turn < $0.count ? $0[turn] : nil }
        }
    }
}
