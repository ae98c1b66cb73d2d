import AkinBasics
import AkinVectorSearch

/// How a query is given a class: one of the rules, by whatever name it was asked for.
public struct Classifier: Sendable {
    /// What it does.
    public let rule: any ClassificationRule

    /// Of a rule, one of Akin's or your own.
    public init(_ rule: some ClassificationRule) { self.rule = rule }

    /// All that have a name in commands and recipes.
    private static let rules: [any ClassificationRule.Type] = [
        NearestNeighbours.self, AverageClassDistance.self, ClassMean.self,
    ]

    /// The names that commands and recipes use.
    public static let names = rules.map { $0.name }

    /// The classifier of a name; `k` and `weighting` are for `nearest-neighbours` and have no meaning
    /// elsewhere.
    public init(
        named name: String, k: Int = 5, weighting: NearestNeighbours.Weighting = .uniform
    ) throws(ClassificationError) {
        guard let rule = Self.rules.first(where: { $0.name == name }) else {
            throw .unknownClassifier(name, nearest: nearest(to: name, in: Self.names))
        }
        self.init(try rule.init(ClassifierSettings(k: k, weighting: weighting)))
    }

    /// The name that commands and recipes use.
    public var name: String { type(of: rule).name }

    /// How the class is found, in a sentence for people who look at the answers.
    public var explanation: String { rule.explanation }

    /// How ties are decided, in a sentence for help texts.
    public static let tieRule = """
        Equal votes go to the class whose voters' distances have the smaller sum, then to the class of the \
        nearest voter, then to the label that sorts first; equal class distances to the class of the nearest \
        item, then to the label that sorts first.
        """

    /// What to tell a user of a gallery with so many items, or nil: that there are fewer than neighbours asked for.
    public func note(items: Int) -> String? { rule.note(items: items) }

    /// Throws if this classifier makes no sense with distances of `metric`.
    public func check(metric: Metric.Kind) throws(ClassificationError) { try rule.check(metric: metric) }

    /// As `DistanceRule.prediction`; nil also where the rule is none by distances alone.
    public func prediction(
        fromDistances distances: some Collection<Float>, labels: ItemLabels, listing listed: Int = 5
    ) -> Prediction? {
        precondition(distances.count == labels.count, "a distance for each item")
        guard let rule = rule as? any DistanceRule else { return nil }
        return Array(distances).withUnsafeBufferPointer {
            rule.prediction(from: $0, labels: labels, listing: listed)
        }
    }
}

extension Classifier: Hashable {
    /// Of the same rule with the same settings.
    public static func == (a: Classifier, b: Classifier) -> Bool { AnyHashable(a.rule) == AnyHashable(b.rule) }

    /// Of the rule.
    public func hash(into hasher: inout Hasher) { AnyHashable(rule).hash(into: &hasher) }
}

extension Classifier: CustomStringConvertible {
    /// The name with its settings: `nearest-neighbours (k 5, uniform)`.
    public var description: String { rule.description }
}
