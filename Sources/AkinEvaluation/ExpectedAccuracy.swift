import AkinClassification

/// What to expect of an index on pictures that it has not seen.
public struct ExpectedAccuracy: Sendable, Equatable {
    /// What share of answers will be right, 0...1.
    public let accuracy: Double
    /// Where that lies with 95 % confidence: from the lower end of Wilson's interval to the upper one of what would be expected
    /// by the learning curve, as the index has more pictures than those that answered in cross-validation.
    public let interval: Interval
    /// By how many pictures this is known.
    public let items: Int
    /// What share of answers will be right for a class that is not there yet, once as many pictures of it are as of the others;
    /// nil where there are not three classes with two pictures to know it by.
    public let newClass: Double?
    /// Where that lies with 95 % confidence, each class counting as one question that is answered rightly in part: a class to come
    /// is one more of these.
    public let newClassInterval: Interval?

    /// The interval is that of the share of so many pictures to come: of fewer it varies more than can be known before.
    private static let toCome = 500.0

    /// By how much of what a learning curve promises an interval is raised: differences between a few answers are known badly, and
    /// those below 0 are taken for 0 (measured on 18 folders of strangers' pictures, 5 of a class: 4.9 points promised, 1.1 found).
    private static let shareOfGain = 0.5

    /// How much more may be right by all items than by those that are left when one of `parts` is left out, where so much more is
    /// right by these than by those that are left when one of `fewer` parts is: errors that fall as the square root of the number
    /// of items grows.
    public static func gain(_ difference: Double, parts: Int, fewer: Int) -> Double {
        func root(_ parts: Int) -> Double { (Double(parts) / Double(parts - 1)).squareRoot() }
        guard 1 < fewer, fewer < parts else { return 0 }
        return max(0, difference) * (root(parts) - 1) / (root(fewer) - root(parts))
    }

    /// Of cross-validation.
    ///
    /// - Parameters:
    ///   - right: For each item how often it was answered rightly, 0...1, without having been seen, and without a say in
    ///     what answered.
    ///   - rightAsNew: The same, where none of its class had a say in that; nil where that is not known.
    ///   - gain: How much more may be right by all items than by those that answered in cross-validation.
    ///   - answerable: The items that could be answered rightly at all.
    ///   - groups: What belongs together, as pages do; each stands for one question then. Nil: none do.
    /// - Returns: nil where nothing could be answered.
    public init?(
        right: [Double], rightAsNew: [Double]?, gain: Double, of labels: ItemLabels, answerable: [Int],
        groups: [Int]?
    ) {
        guard !answerable.isEmpty else { return nil }
        func mean(_ values: [Double]) -> Double {
            answerable.reduce(0) { $0 + values[$1] } / Double(answerable.count)
        }
        (accuracy, items) = (mean(right), answerable.count)
        if let groups {
            interval = Self.interval(of: right, answerable, togetherBy: groups)
                .raised(by: Self.shareOfGain * gain)
        } else {
            interval = Interval(accuracy, of: 1 / (1 / Double(items) + 1 / Self.toCome))
                .raised(by: Self.shareOfGain * gain)
        }
        let classes = Set(answerable.map { labels.classes[$0] }).count
        newClass = classes > 2 ? rightAsNew.map(mean) : nil
        newClassInterval =
            classes > 2
            ? rightAsNew.map { Self.interval(of: $0, answerable, togetherBy: labels.classes) } : nil
    }

    /// Of items that are right or wrong together where they have the same number.
    private static func interval(
        of right: [Double], _ items: [Int], togetherBy numbers: [Int]
    ) -> Interval {
        // In an order, so that the sums are the same each time.
        let clusters = Dictionary(grouping: items) { numbers[$0] }.sorted { $0.key < $1.key }.map { _, own in
            (successes: own.reduce(0) { $0 + right[$1] }, trials: Double(own.count))
        }
        // Where all are right, or none, their variance says nothing.
        let varies =
            clusters.contains { 0 < $0.successes } && clusters.contains { $0.successes < $0.trials }
        guard !varies else { return Interval(clusters: clusters) }
        let successes = clusters.reduce(0) { $0 + $1.successes }
        return Interval(successes / Double(max(1, items.count)), of: Double(clusters.count))
    }
}
