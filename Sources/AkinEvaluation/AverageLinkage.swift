import AkinClassification
import AkinTensors

/// Clusters by average linkage (Sokal and Michener 1958): those two whose members lie nearest to each other on average are put
/// together, again and again, until there is one.
///
/// By chains of nearest neighbours (Murtagh 1983, "A survey of recent advances in hierarchical clustering algorithms"), which gives
/// exactly that: O(points²) in time and memory.
package struct AverageLinkage: Sendable {
    /// Two clusters that become one.
    package struct Merge: Sendable, Equatable {
        /// A member of the one.
        package let first: Int
        /// A member of the other.
        package let second: Int
        /// How far the members of the one lie from those of the other, on average.
        package let height: Float
    }

    /// How many points there are.
    package let count: Int
    /// The nearest first.
    package let merges: [Merge]

    /// - Parameter distances: Of each point to each other, `[points, points]`, all of them numbers.
    package init(_ distances: Matrix) {
        precondition(distances.rows == distances.columns, "a distance of each to each")
        count = distances.rows
        var links = Links(distances)
        merges = links.merges().sorted { $0.height < $1.height }
    }

    /// The clusters when no two farther apart than `cut` have been put together: each with its members in ascending order, by the
    /// first of them.
    package func clusters(within cut: Float) -> [[Int]] {
        var sets = DisjointSets(count: count)
        for merge in merges.prefix(while: { $0.height <= cut }) { sets.join(merge.first, merge.second) }
        return sets.members
    }

    /// The distance within which the clusters come nearest to classes that are known, by the adjusted Rand index (Hubert and Arabie
    /// 1985): in the middle between the last two that are rightly put together and the next.
    ///
    /// - Parameter classes: Of each point.
    /// - Returns: nil where no class has two points.
    package func cut(for classes: [Int]) -> Float? {
        var sizes = [[Int: Int]](repeating: [:], count: count)
        for (point, own) in classes.enumerated() { sizes[point] = [own: 1] }
        func pairs(_ count: Int) -> Double { Double(count) * Double(count - 1) / 2 }
        let counts = Dictionary(classes.map { ($0, 1) }, uniquingKeysWith: +)
        let ofClasses = counts.values.reduce(0) { $0 + pairs($1) }
        guard ofClasses > 0 else { return nil }
        let all = pairs(count)
        var sets = DisjointSets(count: count)
        var (together, right) = (0.0, 0.0)
        var best = (index: -Double.infinity, place: 0)
        for (place, merge) in merges.enumerated() {
            let (a, b) = (sets.root(merge.first), sets.root(merge.second))
            let (smaller, larger) = sizes[a].count < sizes[b].count ? (a, b) : (b, a)
            together +=
                Double(sizes[a].values.reduce(0, +)) * Double(sizes[b].values.reduce(0, +))
            for (own, count) in sizes[smaller] {
                right += Double(count) * Double(sizes[larger][own] ?? 0)
                sizes[larger][own, default: 0] += count
            }
            let merged = sizes[larger]
            sets.join(a, b)
            sizes[smaller] = [:]
            sizes[larger] = [:]
            sizes[sets.root(a)] = merged
            let expected = together * ofClasses / all
            let most = (together + ofClasses) / 2
            let index = most > expected ? (right - expected) / (most - expected) : 1
            if index > best.index { best = (index, place) }
        }
        let next = best.place + 1 < merges.count ? merges[best.place + 1].height : merges[best.place].height
        return (merges[best.place].height + next) / 2
    }

    /// Clusters that are put together two by two.
    private struct Links {
        var distances: [Float]
        let count: Int
        var sizes: [Float]
        var isThere: [Bool]

        init(_ matrix: Matrix) {
            (distances, count) = (matrix.values, matrix.rows)
            sizes = Array(repeating: 1, count: count)
            isThere = Array(repeating: true, count: count)
        }

        mutating func merges() -> [Merge] {
            var merges: [Merge] = []
            var chain: [Int] = []
            while merges.count < count - 1 {
                if chain.isEmpty { chain.append(isThere.firstIndex(of: true)!) }
                let last = chain[chain.count - 1]
                let before = chain.count > 1 ? chain[chain.count - 2] : nil
                let next = nearest(to: last, preferring: before)
                guard next == before else {
                    chain.append(next)
                    continue
                }
                chain.removeLast(2)
                merges.append(
                    Merge(
                        first: min(last, next), second: max(last, next),
                        height: distances[last * count + next]))
                join(min(last, next), max(last, next))
            }
            return merges
        }

        /// Of equally near ones that which comes before in the chain, else the first.
        private func nearest(to one: Int, preferring before: Int?) -> Int {
            var best = before
            var least = before.map { distances[one * count + $0] } ?? .infinity
            for other in 0..<count where isThere[other] && other != one {
                let distance = distances[one * count + other]
                if distance < least || best == nil { (best, least) = (other, distance) }
            }
            return best!
        }

        /// The second becomes a part of the first.
        private mutating func join(_ a: Int, _ b: Int) {
            isThere[b] = false
            let (first, second) = (sizes[a], sizes[b])
            for other in 0..<count where isThere[other] && other != a {
                let mean =
                    (first * distances[a * count + other] + second * distances[b * count + other])
                    / (first + second)
                distances[a * count + other] = mean
                distances[other * count + a] = mean
            }
            sizes[a] += second
        }
    }
}
