import AkinTensors

/// Trees, each grown on a drawing of the examples of its own, and what they say together.
struct Forest: Sendable {
    let trees: [DecisionTree]
    private let classes: Int

    /// How many queries go through a tree one after the other, while it is near.
    private static let block = 128

    /// Trees of `embeddings`, each on a thread of the pool. O(trees · examples · sqrt(dimension) · depth).
    ///
    /// - Parameters:
    ///   - weights: What an example of each class weighs.
    ///   - seed: Each tree draws its own stream.
    init(_ embeddings: Matrix, _ ownClasses: [Int], weights: [Double], trees: Int, seed: UInt64) {
        let features = RankedFeature.features(of: embeddings)
        let tried = max(1, Int(Double(embeddings.columns).squareRoot()))
        self.trees = ThreadPool.shared.map(trees) { number in
            TreeGrower(
                features, ownClasses, weights: weights, tried: tried,
                generator: SeededGenerator(seed: seed, .tree(number))
            ).grown()
        }
        classes = weights.count
    }

    /// The mean of what the trees say of each of `queries`, `[queries, classes]`; on all threads of the pool.
    func probabilities(of queries: Matrix) -> DoubleMatrix {
        let blocks = (queries.rows + Self.block - 1) / Self.block
        let found = ThreadPool.shared.map(blocks) { block in
            let rows = block * Self.block..<min((block + 1) * Self.block, queries.rows)
            var sums = [Double](repeating: 0, count: rows.count * classes)
            queries.values.withUnsafeBufferPointer { values in
                for tree in trees {
                    tree.add(
                        of: values, columns: queries.columns, rows: rows, classes: classes, to: &sums)
                }
            }
            for i in sums.indices { sums[i] /= Double(trees.count) }
            return sums
        }
        return DoubleMatrix(rows: queries.rows, columns: classes, values: found.flatMap(\.self))
    }
}
