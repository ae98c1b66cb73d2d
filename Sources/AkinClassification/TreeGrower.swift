import AkinTensors

/// Grows a tree on some of the examples, drawn with replacement (Breiman 2001, "Random forests", section 2): at each node it looks at
/// `tried` components drawn at random (at more where by none of these a division is possible), takes the division after which the Gini
/// index is smallest, and goes on until a node's examples are of one class, or equal.
///
/// Examples are told by ranks, sorted anew at each node: the exact division, for O(examples) a component.
final class TreeGrower {
    /// An example that was drawn, in one word: its number, its class, and how often it was drawn.
    private struct Draw: BitwiseCopyable {
        var word: UInt64

        init(example: Int, ofClass own: Int, times: Int) {
            word = UInt64(example) << 32 | UInt64(own) << timesBits | UInt64(times)
        }

        var example: Int { Int(truncatingIfNeeded: word >> 32) }
        var ownClass: Int { Int(truncatingIfNeeded: word & 0xFFFF_FFFF) >> timesBits }
        var times: Int { Int(truncatingIfNeeded: word & mostTimes) }
    }

    private static let timesBits = 10
    private static let mostTimes: UInt64 = 1 << 10 - 1
    /// There is no room for more in a word.
    static let mostClasses = 1 << 22

    /// What divides a node, and how good that is: the larger `value / scale`, the better.
    private struct Division {
        var feature: Int
        /// The highest rank that goes left, and the lowest that goes right.
        var ranks: (left: UInt32, right: UInt32)
        var value, scale: Double
    }

    private struct Open {
        var node: Int
        var draws: Range<Int>
    }

    private let features: [RankedFeature]
    private let weights: [Double]
    private let tried: Int
    private var generator: SeededGenerator
    /// The components, those first that a node looks at.
    private var order: [Int32]
    private var tree = DecisionTree()

    private let draws: FixedList<Draw>
    private let movedDraws: FixedList<Draw>
    /// Of a node: each example's class among the node's own, and how often it was drawn; and both with its rank.
    private let loads: FixedList<UInt32>
    private let records: FixedList<UInt64>
    private let sorter: RecordSorter
    /// Of a node's own classes: which they are, what an example weighs, and all of them; and those left of a division.
    private var classes: [Int] = []
    private let placeOfClass: FixedList<Int32>
    private let weightsHere: FixedList<Double>
    private let totals: FixedList<Double>
    private let left: FixedList<Double>

    /// - Parameters:
    ///   - features: Of the examples.
    ///   - ownClasses: Their classes, less than `mostClasses`.
    ///   - weights: What an example of each class weighs; above 0.
    init(
        _ features: [RankedFeature], _ ownClasses: [Int], weights: [Double], tried: Int,
        generator: SeededGenerator
    ) {
        self.features = features
        self.weights = weights
        self.tried = tried
        var generator = generator
        let count = ownClasses.count
        var times = [UInt16](repeating: 0, count: count)
        for _ in 0..<count { times[Int.random(in: 0..<count, using: &generator)] += 1 }
        draws = FixedList(capacity: count)
        for example in 0..<count where times[example] > 0 {
            let times = min(Int(times[example]), Int(Self.mostTimes))
            draws.append(Draw(example: example, ofClass: ownClasses[example], times: times))
        }
        self.generator = generator
        order = features.indices.map { Int32($0) }
        movedDraws = FixedList(capacity: draws.count)
        loads = FixedList(capacity: draws.count)
        records = FixedList(capacity: draws.count)
        sorter = RecordSorter(capacity: draws.count)
        placeOfClass = FixedList(capacity: weights.count)
        placeOfClass.base.initialize(repeating: -1, count: weights.count)
        let most = min(weights.count, draws.count)
        weightsHere = FixedList(capacity: most)
        totals = FixedList(capacity: most)
        left = FixedList(capacity: most)
    }

    /// The tree; to be asked once.
    func grown() -> DecisionTree {
        tree.nodes.append(.leaf(ofClass: 0))
        var open = [Open(node: 0, draws: 0..<draws.count)]
        while let next = open.popLast() {
            look(at: next.draws)
            guard classes.count > 1, let division = bestDivision(of: next.draws) else {
                tree.nodes[next.node] = leaf()
                continue
            }
            let feature = features[division.feature]
            let middle = divide(next.draws, by: feature.ranks, upTo: division.ranks.left)
            let first = tree.nodes.count
            tree.nodes[next.node] = DecisionTree.Node(
                feature: Int32(division.feature),
                threshold: feature.threshold(from: division.ranks.left, to: division.ranks.right),
                next: Int32(first))
            tree.nodes += [.leaf(ofClass: 0), .leaf(ofClass: 0)]
            open.append(Open(node: first + 1, draws: middle..<next.draws.upperBound))
            open.append(Open(node: first, draws: next.draws.lowerBound..<middle))
        }
        return tree
    }

    /// Which classes a node's examples have, and how much of each.
    private func look(at node: Range<Int>) {
        classes.removeAll(keepingCapacity: true)
        let (draws, loads) = (draws.base + node.lowerBound, loads.base)
        let (placeOfClass, totals, weightsHere) = (placeOfClass.base, totals.base, weightsHere.base)
        for i in 0..<node.count {
            let own = draws[i].ownClass
            if placeOfClass[own] < 0 {
                placeOfClass[own] = Int32(classes.count)
                weightsHere[classes.count] = weights[own]
                totals[classes.count] = 0
                classes.append(own)
            }
            let place = Int(placeOfClass[own])
            totals[place] += Double(draws[i].times)
            loads[i] = UInt32(place << Self.timesBits | draws[i].times)
        }
        for (place, own) in classes.enumerated() {
            totals[place] *= weightsHere[place]
            placeOfClass[own] = -1
        }
    }

    private func leaf() -> DecisionTree.Node {
        guard classes.count > 1 else { return .leaf(ofClass: classes[0]) }
        let totals = totals.base
        let total = classes.indices.reduce(0) { $0 + totals[$1] }
        tree.mixtures.append(classes.enumerated().map { (own: Int32($1), share: totals[$0] / total) })
        return .leaf(mixture: tree.mixtures.count - 1)
    }

    /// Nil where no component divides them.
    private func bestDivision(of node: Range<Int>) -> Division? {
        var best: Division?
        for place in order.indices {
            if place >= tried, best != nil { break }
            order.swapAt(place, Int.random(in: place..<order.count, using: &generator))
            search(Int(order[place]), node, &best)
        }
        return best
    }

    /// Takes the best division by a component where it is better.
    private func search(_ feature: Int, _ node: Range<Int>, _ best: inout Division?) {
        let (draws, loads, records) = (draws.base + node.lowerBound, loads.base, records.base)
        var (lowest, highest) = (UInt32.max, UInt32.min)
        features[feature].ranks.withUnsafeBufferPointer { ranks in
            for i in 0..<node.count {
                let rank = ranks[draws[i].example]
                (lowest, highest) = (min(lowest, rank), max(highest, rank))
                records[i] = UInt64(rank) << 32 | UInt64(loads[i])
            }
        }
        guard lowest < highest else { return }
        // From 0, there are fewer bits to sort by.
        for i in 0..<node.count { records[i] &-= UInt64(lowest) << 32 }
        let bits = UInt32.bitWidth - (highest - lowest).leadingZeroBitCount
        let sorted = sorter.sorted(records, count: node.count, bits: bits)
        scan(sorted, node.count, feature, lowest, &best)
    }

    /// The sum of a side's squared weights of the classes, by the side's weight, is larger the smaller its Gini index: both sides'
    /// come to `value / scale`, compared without a division.
    private func scan(
        _ sorted: UnsafeMutablePointer<UInt64>, _ count: Int, _ feature: Int, _ lowest: UInt32,
        _ best: inout Division?
    ) {
        let (totals, weights, left) = (totals.base, weightsHere.base, left.base)
        var (total, rightSquares) = (0.0, 0.0)
        for own in classes.indices {
            left[own] = 0
            total += totals[own]
            rightSquares += totals[own] * totals[own]
        }
        var (bestValue, bestScale, bestPlace) = (best?.value ?? -1, best?.scale ?? 1, -1)
        var (leftSquares, leftWeight) = (0.0, 0.0)
        for i in 0..<count - 1 {
            let record = sorted[i]
            let own = Int(truncatingIfNeeded: (record & 0xFFFF_FFFF) >> UInt64(Self.timesBits))
            let weight = Double(Int(truncatingIfNeeded: record & Self.mostTimes)) * weights[own]
            let before = left[own]
            leftSquares += weight * (2 * before + weight)
            rightSquares += weight * (weight - 2 * (totals[own] - before))
            left[own] = before + weight
            leftWeight += weight
            guard (record ^ sorted[i + 1]) >> 32 != 0 else { continue }
            let rightWeight = total - leftWeight
            let value = leftSquares * rightWeight + rightSquares * leftWeight
            let scale = leftWeight * rightWeight
            if value * bestScale > bestValue * scale { (bestValue, bestScale, bestPlace) = (value, scale, i) }
        }
        guard bestPlace >= 0 else { return }
        func rank(_ place: Int) -> UInt32 { UInt32(sorted[place] >> 32) + lowest }
        best = Division(
            feature: feature, ranks: (left: rank(bestPlace), right: rank(bestPlace + 1)), value: bestValue,
            scale: bestScale)
    }

    /// Puts those that go left before the others, each in their order. Returns where the others begin.
    private func divide(_ node: Range<Int>, by ranks: [UInt32], upTo rank: UInt32) -> Int {
        let (draws, moved) = (draws.base, movedDraws.base)
        var (middle, others) = (node.lowerBound, 0)
        for i in node {
            let draw = draws[i]
            if ranks[draw.example] <= rank {
                draws[middle] = draw
                middle += 1
            } else {
                moved[others] = draw
                others += 1
            }
        }
        for i in 0..<others { draws[middle + i] = moved[i] }
        return middle
    }
}
