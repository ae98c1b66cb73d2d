import AkinTensors
import AkinVectorSearch

/// Pairs of images, half of them of one class, to measure how well two images are told to be of the same class
/// (Koch et al. 2015, section 4.3).
public struct VerificationPairs: Sendable {
    /// Positions of images; the first half of the pairs is of one class, the second of different ones.
    public let pairs: [(left: Int32, right: Int32)]

    /// How many pairs are of one class; as many are not.
    public var same: Int { pairs.count / 2 }

    /// At most `count` pairs, all different; every pair of one class is as likely as any other of these, and likewise
    /// with those of different classes. Fewer where there are not so many.
    public init(labels: [String], count: Int, seed: UInt64) throws(FewShotError) {
        precondition(count >= 2, "a pair of one class and one of different ones")
        // Images class after class: those of an image's own class that come behind it lie in one run, and so do those
        // of other classes.
        let classes = Dictionary(grouping: labels.indices) { labels[$0] }.values.sorted { $0[0] < $1[0] }
        let images = classes.joined().map { Int32($0) }
        var ends: [Int] = []
        for members in classes { ends += Array(repeating: ends.count + members.count, count: members.count) }

        /// Partners of the image at each place: those in `range(place)`.
        func pairs(
            _ number: Int, _ counts: [Int], first: (Int) -> Int, using generator: inout SeededGenerator
        ) -> [(left: Int32, right: Int32)] {
            var sums = counts
            for i in sums.indices.dropFirst() { sums[i] += sums[i - 1] }
            return Self.sample(number, of: sums.last!, using: &generator).map { pair in
                let left = sums.firstPlace { $0 > pair }
                return (images[left], images[first(left) + pair - (sums[left] - counts[left])])
            }
        }
        let alike = images.indices.map { ends[$0] - $0 - 1 }
        let different = images.indices.map { images.count - ends[$0] }
        let half = min(count / 2, alike.reduce(0, +), different.reduce(0, +))
        guard half > 0 else { throw .noPairs(images: labels.count, classes: classes.count) }
        var generator = SeededGenerator(seed: seed, .verificationPairs)
        let same = pairs(half, alike, first: { $0 + 1 }, using: &generator)
        self.pairs = same + pairs(half, different, first: { ends[$0] }, using: &generator)
    }

    /// `number` different numbers of `0..<total` (Floyd's algorithm; Bentley and Floyd 1987).
    private static func sample(_ number: Int, of total: Int, using generator: inout SeededGenerator) -> [Int]
    {
        var drawn: Set<Int> = []
        var result: [Int] = []
        for last in total - number..<total {
            let candidate = Int.random(in: 0...last, using: &generator)
            let next = drawn.insert(candidate).inserted ? candidate : last
            drawn.insert(next)
            result.append(next)
        }
        return result
    }

    /// The distances of all pairs, in their order; what is not a number counts as infinitely far.
    public func distances(in embeddings: Matrix, by metric: Metric = .l2) -> [Float] {
        metric.distances(of: pairs, in: embeddings).map { $0.isNaN ? .infinity : $0 }
    }

    /// How well the distances in `embeddings` tell the pairs apart.
    public func result(in embeddings: Matrix, by metric: Metric = .l2) -> Verification {
        let distances = distances(in: embeddings, by: metric)
        return Verification(same: Array(distances.prefix(same)), different: Array(distances.suffix(same)))
    }
}

extension [Int] {
    /// The first place whose element fulfils a condition that all behind it fulfil as well; O(log n).
    fileprivate func firstPlace(where condition: (Int) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if condition(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
