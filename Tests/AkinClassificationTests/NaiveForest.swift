import AkinTensors

/// A random forest by its definition, with the draws of `RandomForest`: the examples of a node sorted by each component that it
/// looks at, and all divisions counted out. Weights are whole numbers, so that equal divisions are.
struct NaiveForest {
    indirect enum Tree {
        case leaf([Int: Int])
        case node(feature: Int, threshold: Float, Tree, Tree)
    }

    private let rows: [[Float]]
    private let classes: [Int]
    private let weights: [Int]
    private var trees: [Tree] = []

    /// - Parameter weights: Of an example of each class.
    init(rows: [[Float]], classes: [Int], weights: [Int], trees: Int, seed: UInt64) {
        (self.rows, self.classes, self.weights) = (rows, classes, weights)
        self.trees = (0..<trees).map { grown(SeededGenerator(seed: seed, .tree($0))) }
    }

    /// What the trees say of a query: each class' share.
    func probabilities(of query: [Float]) -> [Double] {
        var sums = [Double](repeating: 0, count: weights.count)
        for var tree in trees {
            while case .node(let feature, let threshold, let left, let right) = tree {
                tree = query[feature] <= threshold ? left : right
            }
            guard case .leaf(let counts) = tree else { continue }
            let total = Double(counts.values.reduce(0, +))
            for (own, count) in counts { sums[own] += Double(count) / total }
        }
        return sums.map { $0 / Double(trees.count) }
    }

    private func grown(_ generator: SeededGenerator) -> Tree {
        var generator = generator
        let drawn = rows.indices.map { _ in Int.random(in: rows.indices, using: &generator) }
        var order = Array(rows[0].indices)
        return grown(drawn.sorted(), &order, &generator)
    }

    private func grown(_ drawn: [Int], _ order: inout [Int], _ generator: inout SeededGenerator) -> Tree {
        let counts = weighed(drawn)
        guard counts.count > 1 else { return .leaf(counts) }
        let tried = max(1, Int(Double(order.count).squareRoot()))
        var best: (feature: Int, threshold: Float, value: (Int, Int))?
        for place in order.indices {
            if place >= tried, best != nil { break }
            order.swapAt(place, Int.random(in: place..<order.count, using: &generator))
            let feature = order[place]
            let values = Set(drawn.map { rows[$0][feature] }).sorted()
            for (low, high) in zip(values, values.dropFirst()) {
                let value = worth(
                    drawn.filter { rows[$0][feature] <= low }, drawn.filter { rows[$0][feature] >= high })
                if best.map({ value.0 * $0.value.1 > $0.value.0 * value.1 }) ?? true {
                    best = (feature, (low + high) / 2, value)
                }
            }
        }
        guard let best else { return .leaf(counts) }
        let left = grown(drawn.filter { rows[$0][best.feature] <= best.threshold }, &order, &generator)
        let right = grown(drawn.filter { rows[$0][best.feature] > best.threshold }, &order, &generator)
        return .node(feature: best.feature, threshold: best.threshold, left, right)
    }

    private func weighed(_ drawn: [Int]) -> [Int: Int] {
        drawn.reduce(into: [:]) { $0[classes[$1], default: 0] += weights[classes[$1]] }
    }

    /// The weight of both sides less what their Gini indices make of it, as a fraction: the sum over the sides of the squared
    /// weights of the classes by the side's weight.
    private func worth(_ left: [Int], _ right: [Int]) -> (Int, Int) {
        func sums(_ side: [Int]) -> (squares: Int, total: Int) {
            let counts = weighed(side).values
            return (counts.reduce(0) { $0 + $1 * $1 }, counts.reduce(0, +))
        }
        let (left, right) = (sums(left), sums(right))
        return (left.squares * right.total + right.squares * left.total, left.total * right.total)
    }
}
