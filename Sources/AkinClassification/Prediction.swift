import AkinVectorSearch

/// A classifier's answer to one query.
public struct Prediction: Sendable, Equatable {
    /// The class that the classifier chose.
    public var label: String
    /// 0...1, the score of the chosen class: for nearest neighbours its share of the vote, for others the
    /// softmin of the class distances (see `ClassScore`).
    ///
    /// Not calibrated: it orders the answers of one index, but 0.9 does not mean that nine of ten such
    /// answers are right. With one neighbour it is always 1.
    public var confidence: Float
    /// The classes, best first: for nearest neighbours those that got a vote, for others all;
    /// at most `Prediction.rankedClasses`.
    public var ranking: [ClassScore]
    /// The nearest items, nearest first, equally near ones by id: as many as there are votes, or as were asked for.
    public var neighbours: [Neighbour]
    /// Of nearest neighbours: how many items are as near as the last that votes and share what votes are left; nil where
    /// each has a vote of its own.
    public var equallyNear: Int?

    /// How many classes a ranking holds at most.
    public static let rankedClasses = 20

    /// Of classes, best first; at least one, or it has neither a label nor any confidence.
    public init(ranking: [ClassScore], neighbours: [Neighbour]) {
        label = ranking.first?.label ?? ""
        confidence = ranking.first?.score ?? 0
        self.ranking = ranking
        self.neighbours = neighbours
    }

    /// The classes that have as high a score as the chosen one, itself first, as far as the ranking goes; empty where it
    /// has the highest alone.
    public var tied: [String] {
        let tied = ranking.prefix { $0.score == confidence }.map(\.label)
        return tied.count > 1 ? tied : []
    }
}

/// What speaks for one class.
public struct ClassScore: Sendable, Equatable {
    /// The class.
    public var label: String
    /// 0...1, of all classes 1 together. Nearest neighbours: the share of the vote. Others: the softmin of the distances,
    /// `exp(-d / t) / sum(exp(-d' / t))` over those `d'` of all classes; `t` is 1 but for ridge, where it is the mean squared
    /// error of a value, and the penalised discriminant, where it makes left-out items most probable. Nearest class: see there.
    public var score: Float
    /// By which classes are ranked. Nearest neighbours: the mean distance from the query to the class' voters, each counted by
    /// its share of a vote. Nearest class: to its nearest item and mean, many items made up for. Average class distance: that to all items
    /// of the class. Class mean: to their mean. Ridge and discriminant: 1 less the class' value; discriminant by Ledoit and
    /// Wolf: the Mahalanobis distance. Support vectors: how many classes win against this one, less a share that tells equal ones
    /// apart.
    public var distance: Float
    /// How many items have to do with that.
    public var items: Int

    /// All of it.
    public init(label: String, score: Float, distance: Float, items: Int) {
        self.label = label
        self.score = score
        self.distance = distance
        self.items = items
    }
}
