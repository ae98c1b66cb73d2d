import AkinBasics

extension Classifier {
    /// All that have a name in commands and recipes.
    private static let rules: [any ClassificationRule.Type] = [
        NearestNeighbours.self, NearestClass.self, AverageClassDistance.self, ClassMean.self, Ridge.self,
        Discriminant.self, SupportVectors.self, RandomForest.self, LearnedSimilarity.self,
    ]

    /// The names that commands and recipes use.
    public static let names = rules.map { $0.name }

    /// The classifier of a name; `k` and `weighting` are for `nearest-neighbours`, `kernel` is for `support-vectors`, and
    /// they have no meaning elsewhere.
    public init(
        named name: String, k: Int = 5, weighting: Weighting = .uniform,
        kernel: SupportVectors.Kernel = .radial
    ) throws(ClassificationError) {
        try self.init(
            named: name, settings: ClassifierSettings(k: k, weighting: weighting, kernel: kernel))
    }

    /// The classifier of a name, with what it heeds of `settings`.
    public init(named name: String, settings: ClassifierSettings) throws(ClassificationError) {
        guard let rule = Self.rules.first(where: { $0.name == name }) else {
            throw .unknownClassifier(
                name, nearest: nearest(to: name, in: Self.names), known: Self.names)
        }
        self.init(try rule.init(settings))
    }

    /// How ties are decided, in a sentence for help texts.
    public static let tieRule = """
        Items as near as the last neighbour that votes share its vote. Equal votes are called tied, and go to the \
        class whose voters' distances have the smaller sum, then to the class of the nearest voter, \
        then to the label that sorts first; equal class distances to the class of the nearest \
        item, then to the label that sorts first.
        """
}
