import AkinTensors
import AkinTraining
import AkinVectorSearch

/// How far apart the images of some pairs are, half of the pairs of one class: what the figures of same-or-different are
/// derived from.
public struct PairOutcomes: Sendable, Equatable {
    /// A pair of images.
    public struct Pair: Sendable, Equatable {
        /// A position in `labels`.
        public var left: Int
        /// A position in `labels`.
        public var right: Int
        /// What is not a number counts as infinitely far.
        public var distance: Float
    }

    /// The classes of the images that pairs were drawn from.
    public var labels: [String]
    /// Those of one class first, then the others.
    public var list: [Pair]
    /// How embeddings were compared.
    public var metric: Metric.Kind
    /// Of the drawing.
    public var seed: UInt64
    /// How many images were left out because they are copies of others; nil where none are left out.
    public var copies: Int?

    /// Draws pairs, at most `count`, balanced by class (`VerificationPairs`), and compares embeddings
    /// `[labels.count, dimension]`.
    public init(
        labels: [String], embeddings: Matrix, count: Int = 10_000, metric: Metric = .l2, seed: UInt64 = 1
    ) throws(EvaluationError) {
        guard embeddings.rows == labels.count else {
            throw .wrongNumberOfEmbeddings(expected: labels.count, found: embeddings.rows)
        }
        do { try metric.check(dimension: embeddings.columns) } catch { throw .metric(error) }
        let drawn: VerificationPairs
        do { drawn = try VerificationPairs(labels: labels, count: count, seed: seed) } catch {
            throw .fewShot(error)
        }
        self.labels = labels
        list = zip(drawn.pairs, drawn.distances(in: embeddings, by: metric)).map {
            Pair(left: Int($0.left), right: Int($0.right), distance: $1)
        }
        self.metric = metric.kind
        self.seed = seed
    }

    /// Whether a pair is of one class.
    public func isSame(_ pair: Pair) -> Bool { labels[pair.left] == labels[pair.right] }

    /// The pairs of both, of other images, as one list.
    public func joined(with other: PairOutcomes) -> PairOutcomes {
        var joined = self
        joined.labels += other.labels
        joined.list += other.list.map {
            Pair(left: $0.left + labels.count, right: $0.right + labels.count, distance: $0.distance)
        }
        let same = joined.list.filter(joined.isSame)
        joined.list = same + joined.list.filter { !joined.isSame($0) }
        if let more = other.copies { joined.copies = (copies ?? 0) + more }
        return joined
    }

    /// How well the distances tell the pairs apart.
    var verification: Verification {
        let half = list.count / 2
        return Verification(
            trusted: list.prefix(half).map(\.distance), different: list.suffix(half).map(\.distance))
    }

    /// How many pairs are told rightly where each of ten parts is told apart by the threshold that is best for the other nine:
    /// the usual way for a threshold to be chosen on other pairs (Huang et al. 2007, "Labeled Faces in the Wild", section 5). Of
    /// fewer pairs there are fewer parts; nil where there are not two.
    var rightByOtherThresholds: Int? {
        let half = list.count / 2
        let parts = min(10, half)
        guard parts > 1 else { return nil }
        let (same, different) = (list.prefix(half).map(\.distance), list.suffix(half).map(\.distance))
        // Pairs lie class after class: every tenth has its share of each.
        func part(_ distances: [Float], _ number: Int, isIn: Bool) -> [Float] {
            distances.indices.filter { ($0 % parts == number) == isIn }.map { distances[$0] }
        }
        return (0..<parts).reduce(0) { right, number in
            let threshold = Verification(
                trusted: part(same, number, isIn: false), different: part(different, number, isIn: false)
            ).bestThreshold
            return right + part(same, number, isIn: true).count { $0 <= threshold }
                + part(different, number, isIn: true).count { $0 > threshold }
        }
    }

    /// By class, in the order of the labels: a pair of two classes counts for both.
    func classes(at threshold: Float) -> [PairClassResult] {
        var results: [String: PairClassResult] = [:]
        for pair in list {
            let (left, right) = (labels[pair.left], labels[pair.right])
            let isNear = pair.distance <= threshold
            if left == right {
                results[left, default: .init(label: left)].same += 1
                if !isNear { results[left]!.refused += 1 }
            } else {
                for label in [left, right] {
                    results[label, default: .init(label: label)].different += 1
                    if isNear { results[label]!.accepted += 1 }
                }
            }
        }
        return results.values.sorted { $0.label < $1.label }
    }
}

/// How the pairs were told in which images of one class are.
public struct PairClassResult: Codable, Sendable, Equatable {
    /// The class.
    public var label: String
    /// How many pairs are of two images of it.
    public var same = 0
    /// Those of them that were taken for different.
    public var refused = 0
    /// How many pairs are of one image of it and one of another class.
    public var different = 0
    /// Those of them that were taken for one class.
    public var accepted = 0

    init(label: String) { self.label = label }

    /// 0...1, of the pairs of the class and of those with others, each kind counting half; of one kind where there is no other.
    public var accuracy: Double {
        let shares = [(refused, same), (accepted, different)].filter { $0.1 > 0 }.map {
            1 - Double($0.0) / Double($0.1)
        }
        return shares.reduce(0, +) / Double(max(1, shares.count))
    }
}

extension HeldOutImages {
    /// Pairs of these images; of those of one content only the first takes part, unless copies are kept.
    public func pairOutcomes(
        count: Int = 10_000, metric: Metric = .l2, seed: UInt64 = 1, keepingCopies: Bool = false
    ) throws(EvaluationError) -> PairOutcomes {
        try checkFinite()
        let drawn = keepingCopies ? self : withoutCopies()
        var outcomes = try PairOutcomes(
            labels: drawn.labels, embeddings: drawn.embeddings, count: count, metric: metric, seed: seed)
        outcomes.copies = keepingCopies ? nil : labels.count - drawn.labels.count
        return outcomes
    }
}
