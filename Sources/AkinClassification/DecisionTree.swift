import AkinTensors

/// A tree of questions about single components of an embedding, whose leaves say how its examples divide among the classes.
struct DecisionTree: Sendable {
    /// A question, or a leaf.
    struct Node: Sendable {
        /// The component that is asked about; below 0 for a leaf.
        var feature: Int32
        /// Up to this the first child is next, else the second.
        var threshold: Float
        /// The first child, whose sibling follows it. Of a leaf whose examples are of one class this class, else the position of
        /// its mixture.
        var next: Int32

        private static let ofOneClass: Int32 = -1
        private static let mixed: Int32 = -2

        static func leaf(ofClass own: Int) -> Node {
            Node(feature: ofOneClass, threshold: 0, next: Int32(own))
        }
        static func leaf(mixture: Int) -> Node {
            Node(feature: mixed, threshold: 0, next: Int32(mixture))
        }
        /// Whether its examples are of several classes.
        var isMixed: Bool { feature == Self.mixed }
    }

    /// The first is the root.
    var nodes: [Node] = []
    /// Of leaves that no question divides further: the classes of their examples with their shares, which come to 1.
    var mixtures: [[(own: Int32, share: Double)]] = []

    /// Adds what it says of each of `queries`, `[rows, columns]`, to its row of `sums`, `[rows, classes]`.
    func add(
        of queries: UnsafeBufferPointer<Float>, columns: Int, rows: Range<Int>, classes: Int,
        to sums: inout [Double]
    ) {
        nodes.withUnsafeBufferPointer { nodes in
            for (place, row) in rows.enumerated() {
                let query = queries.baseAddress! + row * columns
                var node = nodes[0]
                while node.feature >= 0 {
                    let goesRight = query[Int(node.feature)] <= node.threshold ? 0 : 1
                    node = nodes[Int(node.next) + goesRight]
                }
                if node.isMixed {
                    for (own, share) in mixtures[Int(node.next)] {
                        sums[place * classes + Int(own)] += share
                    }
                } else {
                    sums[place * classes + Int(node.next)] += 1
                }
            }
        }
    }
}
