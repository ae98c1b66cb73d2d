import AkinTensors
import AkinVectorSearch

/// Pairs of images, half of them of one class, to measure how well two images are told to be of the same class
/// (Koch et al. 2015, section 4.3), drawn balanced by class as the programs of the papers draw them (seeds 002 and 004:
/// as many pairs of each class, and as many of an image of that class with one of another).
///
/// Were every pair as likely as any other, classes of many images would be nearly all that is measured: of six classes of
/// 1,400 images and four of 7,000, 94 % of the pairs of one class would be of the four.
public struct VerificationPairs: Sendable {
    /// Positions of images; the first half of the pairs is of one class, the second of different ones.
    public let pairs: [(left: Int32, right: Int32)]

    /// How many pairs are of one class; as many are not.
    public var same: Int { pairs.count / 2 }

    /// At most `count` pairs, all different; fewer where there are not so many.
    ///
    /// Each class has as many pairs of its own, and each two classes as many between them, as far as they have so many
    /// (what they lack, the others have more) and as the number can be divided: by lot otherwise. Of a class, or of two,
    /// every pair is as likely as any other.
    public init(labels: [String], count: Int, seed: UInt64) throws(FewShotError) {
        guard count >= 2 else { throw .tooFewPairs(count) }
        let classes = Dictionary(grouping: labels.indices) { labels[$0] }.values.sorted { $0[0] < $1[0] }
        let repeated = classes.filter { $0.count > 1 }
        func between(_ pair: Int) -> (left: [Int], right: [Int]) {
            let (left, right) = Self.two(pair)
            return (classes[left], classes[right])
        }
        func withinPairs(_ cell: Int) -> Int { Self.pairs(of: repeated[cell].count) }
        func betweenPairs(_ cell: Int) -> Int {
            let (left, right) = between(cell)
            return left.count * right.count
        }
        let alike = repeated.reduce(0) { $0 + Self.pairs(of: $1.count) }
        let half = min(count / 2, alike, Self.pairs(of: labels.count) - alike)
        guard half > 0 else { throw .noPairs(images: labels.count, classes: classes.count) }
        var generator = SeededGenerator(seed: seed, .verificationPairs)
        var pairs: [(left: Int32, right: Int32)] = []
        for (cell, number) in Self.spread(half, over: repeated.count, withinPairs, using: &generator) {
            for pair in Self.sample(number, of: withinPairs(cell), using: &generator) {
                let (left, right) = Self.two(pair)
                pairs.append((Int32(repeated[cell][left]), Int32(repeated[cell][right])))
            }
        }
        let cells = Self.pairs(of: classes.count)
        for (cell, number) in Self.spread(half, over: cells, betweenPairs, using: &generator) {
            let (left, right) = between(cell)
            for pair in Self.sample(number, of: left.count * right.count, using: &generator) {
                pairs.append((Int32(left[pair / right.count]), Int32(right[pair % right.count])))
            }
        }
        self.pairs = pairs
    }

    /// How many pairs so many make.
    private static func pairs(of count: Int) -> Int { count * (count - 1) / 2 }

    /// The pair of that number: 0 is (0, 1), 1 is (0, 2), 2 is (1, 2), 3 is (0, 3), and so on.
    private static func two(_ number: Int) -> (left: Int, right: Int) {
        var right = Int((1 + (1 + 8 * Double(number)).squareRoot()) / 2)
        // The root may be rounded.
        while pairs(of: right) > number { right -= 1 }
        while pairs(of: right + 1) <= number { right += 1 }
        return (number - pairs(of: right), right)
    }

    /// How many each of so many cells gives, as evenly as can be, for all to give `total` together; those that give none are
    /// left out. Each has at least one, and all have at least `total`. O(total) where there are more cells than that.
    private static func spread(
        _ total: Int, over cells: Int, _ capacity: (Int) -> Int, using generator: inout SeededGenerator
    ) -> [(cell: Int, number: Int)] {
        guard total > cells else {
            return sample(total, of: cells, using: &generator).sorted().map { ($0, 1) }
        }
        var numbers = [Int](repeating: 0, count: cells)
        var left = total
        var open = Array(0..<cells)
        while left > 0 {
            let share = left / open.count
            guard share > 0 else {
                for place in sample(left, of: open.count, using: &generator) { numbers[open[place]] += 1 }
                break
            }
            for cell in open {
                let more = min(share, capacity(cell) - numbers[cell])
                numbers[cell] += more
                left -= more
            }
            open.removeAll { numbers[$0] == capacity($0) }
        }
        return numbers.enumerated().filter { $0.element > 0 }.map { ($0.offset, $0.element) }
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
    package func distances(in embeddings: Matrix, by metric: Metric = .l2) -> [Float] {
        metric.distances(of: pairs, in: embeddings).map { $0.isNaN ? .infinity : $0 }
    }

    /// How well the distances in `embeddings` tell the pairs apart.
    package func result(in embeddings: Matrix, by metric: Metric = .l2) -> Verification {
        let distances = distances(in: embeddings, by: metric)
        return Verification(trusted: Array(distances.prefix(same)), different: Array(distances.suffix(same)))
    }
}
