import AkinTensors

extension Folds {
    /// These folds put together into `count` with their shares of every class, of whole folds and all copies: the units of a
    /// class are dealt out in their order, one to each fold in turn.
    ///
    /// A fold of several classes counts as one of the class of its first position. There are fewer where there are not so many units.
    ///
    /// - Parameter seed: The units of a class are shuffled with it before; nil leaves them in their order.
    public func stratified(_ count: Int, _ labels: ItemLabels, seed: UInt64? = nil) -> Folds {
        var units = DisjointSets(count: labels.count)
        for together in (0..<self.count).map({ positions(in: $0) }) + copies {
            for position in together.dropFirst() { units.join(together[0], position) }
        }
        var places = Array(0..<labels.count)
        if let seed {
            var generator = SeededGenerator(seed: seed)
            places.shuffle(using: &generator)
        }
        let ordered = units.members.sorted {
            (labels.classes[$0[0]], places[$0[0]]) < (labels.classes[$1[0]], places[$1[0]])
        }
        var folds = [[Int]](repeating: [], count: min(max(1, count), ordered.count))
        for (place, unit) in ordered.enumerated() { folds[place % folds.count] += unit }
        return Folds(folds.map { $0.sorted() })
    }
}
