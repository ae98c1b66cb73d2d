import AkinVectorSearch

/// What is minimised, with its constants. The formulas stand with each kind; D is the Euclidean distance of two
/// embeddings.
public struct LossSpecification: Codable, Sendable, Hashable {
    /// Which loss.
    public enum Kind: String, Codable, Sendable, CaseIterable {
        /// Pairs, figure 5.9 (a) of the thesis: D^2 of a positive pair, max(0, margin - D)^2 of a negative one.
        case contrastive
        /// Pairs, figure 5.9 (b): D^2; max(0, margin - D^2).
        case contrastiveSquared = "contrastive-squared"
        /// Pairs, figure 5.9 (c).
        case contrastiveLogarithmic = "contrastive-logarithmic"
        /// Pairs: half of (a) (seed 002).
        case halfContrastive = "half-contrastive"
        /// Pairs: binary cross-entropy of a sigmoid of a learned weighting of |left - right| (Koch et al. 2015).
        case binaryCrossEntropy = "binary-cross-entropy"
        /// Triplets: max(0, D+ - D- + margin) (thesis, section 5.3.1).
        case triplet
        /// Triplets, with one remembered embedding a class (thesis, section 5.3.3): max(0, D+ - D- + margin + memory * S),
        /// with S the distances of the three images to what is remembered of their classes.
        case externalMemory = "external-memory"
        /// The classification head alone: the convolutional baseline (thesis, section 5.1).
        case crossEntropy = "cross-entropy"
        /// Episodes: cross-entropy over negative squared distances to the classes' means (Snell et al. 2017).
        case prototypical
        /// Khosla et al. 2020, L_out.
        case supervisedContrastive = "supervised-contrastive"
        /// Wang et al. 2019.
        case multiSimilarity = "multi-similarity"
        /// Cross-entropy over scaled cosines to one learned direction a class, the true one's less a margin (Wang et
        /// al. 2018, CosFace).
        case normalisedSoftmax = "normalised-softmax"

        /// How embeddings are compared that this loss has trained.
        public var metric: Metric.Kind {
            switch self {
            case .binaryCrossEntropy: .learnedL1
            case .supervisedContrastive, .multiSimilarity, .normalisedSoftmax: .cosine
            default: .l2
            }
        }

        /// What the loss compares.
        public var compares: Compared {
            switch self {
            case .contrastive, .contrastiveSquared, .contrastiveLogarithmic, .halfContrastive,
                .binaryCrossEntropy:
                .pairs
            case .triplet, .externalMemory: .triplets
            case .crossEntropy, .prototypical, .supervisedContrastive, .multiSimilarity, .normalisedSoftmax:
                .batch
            }
        }
    }

    /// What a loss is a sum over.
    public enum Compared: Sendable, Hashable {
        case pairs, triplets
        /// All images of a batch and what relations they have.
        case batch
    }

    /// Which loss.
    public var kind: Kind
    /// How far classes are pushed apart: distance, or cosine for `normalised-softmax`.
    public var margin: Float
    /// What the cross-entropy of a softmax head on the embeddings counts beside it; 0 for no head. `cross-entropy`
    /// is that head alone and takes no notice of it.
    public var classification: Float
    /// `supervised-contrastive`: what cosines are divided by.
    public var temperature: Float
    /// `normalised-softmax`: what cosines are multiplied by.
    public var scale: Float
    /// `multi-similarity`: sharpness for positives.
    public var alpha: Float
    /// `multi-similarity`: sharpness for negatives.
    public var beta: Float
    /// `multi-similarity`: the cosine at which a pair counts (lambda).
    public var base: Float
    /// `external-memory`: what the distances to the remembered points count; nil in other losses, and in checkpoints
    /// from before this was a setting.
    public var memory: Float?
    /// Cross-entropies: how much of the truth is spread evenly over all classes.
    public var labelSmoothing: Float

    /// The papers' constants, unless said: margin 1 (0.35 for `normalised-softmax`, 0.1 for `multi-similarity`'s
    /// mining), temperature 0.1, scale 30, alpha 2, beta 50, base 0.5, memory 0.01.
    public init(
        _ kind: Kind, margin: Float? = nil, classification: Float = 0, temperature: Float = 0.1,
        scale: Float = 30,
        alpha: Float = 2, beta: Float = 50, base: Float = 0.5, memory: Float? = nil, labelSmoothing: Float = 0
    ) {
        self.kind = kind
        self.margin = margin ?? Self.defaultMargin(of: kind)
        self.classification = classification
        self.temperature = temperature
        self.scale = scale
        self.alpha = alpha
        self.beta = beta
        self.base = base
        self.memory = memory ?? (kind == .externalMemory ? Self.usualMemory : nil)
        self.labelSmoothing = labelSmoothing
    }

    /// As recipes have it where they say no more: without a head, but for `contrastive`, beside which the cross-entropy
    /// of one counts 0.125.
    public static func usual(_ kind: Kind) -> LossSpecification {
        LossSpecification(kind, classification: kind == .contrastive ? 0.125 : 0)
    }

    /// The distance at which a pair costs as much if it is of one class as if it is of two, and so where the loss
    /// draws the border; nil for losses that are not of pairs or do not measure them by D, and for
    /// `contrastive-logarithmic`, whose border is at half the number of dimensions, where a sigmoid's embeddings of
    /// more than four dimensions never come.
    public var border: Float? {
        switch kind {
        case .contrastive, .halfContrastive: margin / 2
        case .contrastiveSquared: (margin / 2).squareRoot()
        default: nil
        }
    }

    /// That of the thesis' program.
    static let usualMemory: Float = 0.01

    /// The margin where none is said.
    public static func defaultMargin(of kind: Kind) -> Float {
        switch kind {
        case .normalisedSoftmax: 0.35
        case .multiSimilarity: 0.1
        default: 1
        }
    }
}
