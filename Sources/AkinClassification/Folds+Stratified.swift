import AkinTensors

extension Folds {
    /// These folds put together into `count` with their shares of every class, of whole folds and all copies: the units of a
    /// class are dealt out in their order, one to each fold in turn.
    ///
    /// A fold of several classes counts as one of the class of its first position. There are fewer where there are not so many units.
    ///
    /// - Parameter seed: The units of a class are shuffled with it before; nil leaves them in their order.
    public func stratified(_ count: Int, _ labels: ItemLabels, seed: UInt64? = nil) -> Folds {
        var units = Units(count: labels.count)
        for fold in 0..<self.count { units.join(positions(in: fold)) }
        for group in copies { units.join(group) }
        var members: [Int: [Int]] = [:]
        for position in 0..<labels.count { members[units.first(of: position), default: []].append(position) }
        var places = Array(0..<labels.count)
        if let seed {
            var generator = SeededGenerator(seed: seed)
            places.shuffle(using: &generator)
        }
        let ordered = members.sorted {
            (labels.classes[$0.key], places[$0.key]) < (labels.classes[$1.key], places[$1.key])
        }
        var folds = [[Int]](repeating: [], count: min(count, ordered.count))
        for (place, unit) in ordered.enumerated() { folds[place % folds.count] += unit.value }
        return Folds(folds.map { $0.sorted() })
    }

    /// Sets of positions that belong together, found by the first of them.
    private struct Units {
        private var parents: [Int]

        init(count: Int) { parents = Array(0..<count) }

        mutating func first(of position: Int) -> Int {
            var position = position
            while parents[position] != position {
                parents[position] = parents[parents[position]]
                position = parents[position]
            }
            return position
        }

        mutating func join(_ positions: [Int]) {
            guard var first = positions.first.map({ first(of: $0) }) else { return }
            for position in positions.dropFirst() {
                let other = self.first(of: position)
                parents[max(first, other)] = min(first, other)
                first = min(first, other)
            }
        }
    }
}
