/// What commands and recipes say beside a classifier's name; each rule heeds what concerns it.
public struct ClassifierSettings: Sendable, Hashable {
    /// How many neighbours vote.
    public var k: Int
    /// What a neighbour's vote counts.
    public var weighting: Classifier.Weighting

    /// The settings of who says nothing.
    public init(k: Int = 5, weighting: Classifier.Weighting = .uniform) {
        self.k = k
        self.weighting = weighting
    }
}
