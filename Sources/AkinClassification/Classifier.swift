import AkinVectorSearch

/// How a query is given a class: one of the rules, by whatever name it was asked for.
public struct Classifier: Sendable {
    /// What it does.
    public let rule: any ClassificationRule

    /// Of a rule, one of Akin's or your own.
    public init(_ rule: some ClassificationRule) { self.rule = rule }

    /// What a neighbour's vote counts.
    public enum Weighting: String, Sendable, Hashable, Codable, CaseIterable {
        /// 1 each.
        case uniform
        /// 1 / distance; where some neighbours are at distance 0, only those vote, 1 each.
        case distance
    }

    /// The name that commands and recipes use.
    public var name: String { type(of: rule).name }

    /// How the class is found, in a sentence for people who look at the answers.
    public var explanation: String { rule.explanation }

    /// What to tell a user of a gallery with so many items, or nil: that there are fewer than neighbours asked for.
    public func note(items: Int) -> String? { rule.note(items: items) }

    /// Throws if this classifier makes no sense with distances of `metric`.
    public func check(metric: Metric.Kind) throws(ClassificationError) { try rule.check(metric: metric) }
}

extension Classifier {
    /// Of the rules of all classifiers: what was fitted, or found out of their answers, by others is none of theirs.
    static var revision: Int { 2 }
}

extension Classifier: Hashable {
    /// Of the same rule with the same settings.
    public static func == (a: Classifier, b: Classifier) -> Bool {
        AnyHashable(a.rule) == AnyHashable(b.rule)
    }

    /// Of the rule.
    public func hash(into hasher: inout Hasher) { AnyHashable(rule).hash(into: &hasher) }
}

extension Classifier: CustomStringConvertible {
    /// The name with its settings: `nearest-neighbours (k 5, uniform)`.
    public var description: String { rule.description }
}
