extension Recipe {
    /// What `akin run` evaluates.
    public struct Evaluation: Sendable, Hashable {
        /// How answers are judged.
        public enum Procedure: String, Sendable, CaseIterable {
            /// The test set, classified by the index.
            case test
            /// Every item, classified by all others.
            case leaveOneOut = "leave-one-out"
            /// Whether two pictures of the test set are of one class: by the distance of their embeddings.
            case pairs
            /// N-way K-shot episodes drawn from the test set.
            case episodes
        }
        /// The key `protocol`.
        public var procedure: Procedure?
        /// Names of classifiers.
        public var classifiers: [String]
        /// Neighbours that vote.
        public var k: Int
        /// A fresh backbone for every item left out.
        public var retrain: Bool
        /// Episodes: their classes.
        public var ways: Int
        /// Episodes: known pictures of each class.
        public var shots: Int
        /// How many episodes.
        public var episodes: Int
        /// Whether an episode's classes share what stands before the `/` in their labels, as in an alphabet.
        public var withinGroup: Bool
        /// How many pairs are drawn, half of them of one class.
        public var pairs: Int
        /// Pairs and episodes: also of the pictures trained on, which shows what is learned by heart.
        public var training: Bool

        /// No evaluation, unless a procedure is said.
        public init(
            procedure: Procedure? = nil, classifiers: [String] = ["nearest-neighbours"], k: Int = 5,
            retrain: Bool = false, ways: Int = 20, shots: Int = 1, episodes: Int = 400,
            withinGroup: Bool = false, pairs: Int = 10_000, training: Bool = false
        ) {
            self.procedure = procedure
            self.classifiers = classifiers
            self.k = k
            self.retrain = retrain
            self.ways = ways
            self.shots = shots
            self.episodes = episodes
            self.withinGroup = withinGroup
            self.pairs = pairs
            self.training = training
        }
    }
}
