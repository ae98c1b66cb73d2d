/// How far two embeddings lie apart; smaller is nearer.
public enum Metric: Sendable, Hashable {
    /// Euclidean distance, `sqrt(sum((x - y)^2))`.
    case l2
    /// `sum((x - y)^2)`.
    case squaredL2
    /// `sum(|x - y|)`.
    case l1
    /// `1 - <x, y> / (|x| |y|)`, 0...2. A vector of zeros has no direction: it lies 1 from every other, and 0
    /// from another of zeros.
    case cosine
    /// `1 - <x, y>`; any value, below 0 too.
    case innerProduct
    /// `offset + sum(weights * |x - y|)`, with weights that were learned together with the embeddings; any value, below 0
    /// too.
    case learnedL1(LearnedL1)

    /// Which of them, by the names that commands and files use.
    public enum Kind: String, Codable, CaseIterable, Sendable {
        case l2
        case squaredL2 = "squared-l2"
        case l1, cosine
        case innerProduct = "inner-product"
        case learnedL1 = "learned-l1"

        /// Whether distances may be below 0.
        public var mayBeNegative: Bool { self == .innerProduct || self == .learnedL1 }
    }

    /// Which it is.
    public var kind: Kind {
        switch self {
        case .l2: .l2
        case .squaredL2: .squaredL2
        case .l1: .l1
        case .cosine: .cosine
        case .innerProduct: .innerProduct
        case .learnedL1: .learnedL1
        }
    }

    /// The metric of a name; nil for `learnedL1` without what was learned, which has no meaning for the others.
    public init?(_ kind: Kind, learned: LearnedL1? = nil) {
        switch kind {
        case .l2: self = .l2
        case .squaredL2: self = .squaredL2
        case .l1: self = .l1
        case .cosine: self = .cosine
        case .innerProduct: self = .innerProduct
        case .learnedL1:
            guard let learned else { return nil }
            self = .learnedL1(learned)
        }
    }

    /// What was learned; nil for all but `learnedL1`.
    public var learned: LearnedL1? {
        if case .learnedL1(let learned) = self { learned } else { nil }
    }

    /// Whether it follows from the product of two vectors and their norms.
    var isMadeOfProducts: Bool {
        switch self {
        case .l2, .squaredL2, .cosine, .innerProduct: true
        case .l1, .learnedL1: false
        }
    }

    /// Whether vectors can have codes for it, and so a graph: the error of a code bounds that of a distance.
    package var hasCodes: Bool { kind != .learnedL1 }
}

/// What `Metric.learnedL1` was learned to be (Koch et al. 2015, section 3.1, the sign turned round).
public struct LearnedL1: Sendable, Hashable {
    /// For each component how much a difference there counts: for the distance, or, below 0, against it.
    public let weights: [Float]
    /// The distance of equal vectors.
    public let offset: Float

    /// The weights must be finite.
    public init(weights: [Float], offset: Float) {
        self.weights = weights
        self.offset = offset
    }
}
