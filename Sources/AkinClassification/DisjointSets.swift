/// Points that belong together.
package struct DisjointSets {
    private var parents: [Int]

    package init(count: Int) { parents = Array(0..<count) }

    /// The smallest that a point is with.
    package mutating func root(_ point: Int) -> Int {
        var point = point
        while parents[point] != point {
            parents[point] = parents[parents[point]]
            point = parents[point]
        }
        return point
    }

    package mutating func join(_ a: Int, _ b: Int) {
        let (a, b) = (root(a), root(b))
        parents[max(a, b)] = min(a, b)
    }

    /// Each set in ascending order, by the first.
    package var members: [[Int]] {
        var copy = self
        return Dictionary(grouping: parents.indices) { copy.root($0) }.sorted { $0.key < $1.key }.map(\.value)
    }
}
