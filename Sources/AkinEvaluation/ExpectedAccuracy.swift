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

    /// Pictures of one class are right or wrong together, more than independent ones: so many say as much as one of those (measured
    /// on 19 folders of strangers' pictures, 5 of a class).
    private static let designEffect = 1.1

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
            let clusters = Dictionary(grouping: answerable) { groups[$0] }.values.map { members in
                (successes: members.reduce(0) { $0 + right[$1] }, trials: Double(members.count))
            }
            // Where all are right, or none, their variance says nothing.
            let varies =
                clusters.contains { 0 < $0.successes } && clusters.contains { $0.successes < $0.trials }
            interval =
                (varies ? Interval(clusters: clusters) : Interval(accuracy, of: Double(clusters.count)))
                .raised(by: gain)
        } else {
            interval = Interval(accuracy, of: Double(items) / Self.designEffect).raised(by: gain)
        }
        let classes = Set(answerable.map { labels.classes[$0] }).count
        newClass = classes > 2 ? rightAsNew.map(mean) : nil
    }
}
