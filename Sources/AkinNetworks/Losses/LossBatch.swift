/// Two images of a batch, by their positions in it.
package struct Pair: Sendable, Hashable, BitwiseCopyable {
    package var left: Int32
    package var right: Int32
    /// Whether they are of different classes: y = 1 in the thesis.
    package var different: Bool

    package init(_ left: Int, _ right: Int, different: Bool) {
        self.left = Int32(left)
        self.right = Int32(right)
        self.different = different
    }
}

/// Three images of a batch, by their positions in it: the positive is of the anchor's class, the negative is not.
package struct Triplet: Sendable, Hashable, BitwiseCopyable {
    package var anchor: Int32
    package var positive: Int32
    package var negative: Int32

    package init(_ anchor: Int, _ positive: Int, _ negative: Int) {
        self.anchor = Int32(anchor)
        self.positive = Int32(positive)
        self.negative = Int32(negative)
    }
}

/// What an image of a batch holds of another one, of a class that may be another.
package struct Mixture: Sendable, Hashable, BitwiseCopyable {
    /// The class of the other image.
    package var label: Int32
    /// How much of the truth is that class, 0 to 1; the rest is the image's own.
    package var share: Float

    package init(label: Int32, share: Float) {
        self.label = label
        self.share = share
    }
}

/// What a loss is told of a batch besides its embeddings. The memory is the sampler's.
package struct LossBatch {
    package var count: Int
    /// The class of each image, `[count]`.
    package var classes: UnsafePointer<Int32>
    /// For a loss that compares pairs.
    package var pairs: UnsafeBufferPointer<Pair>
    /// For a loss that compares triplets.
    package var triplets: UnsafeBufferPointer<Triplet>
    /// In episodes, class after class lies in the batch, and the first `shots` of each are its support; else 0.
    package var shots: Int
    /// Where images are mixed, what of, `[count]`; else empty. Only `cross-entropy` takes notice of it.
    package var mixtures: UnsafeBufferPointer<Mixture>

    package init(
        count: Int, classes: UnsafePointer<Int32>,
        pairs: UnsafeBufferPointer<Pair> = .init(start: nil, count: 0),
        triplets: UnsafeBufferPointer<Triplet> = .init(start: nil, count: 0), shots: Int = 0,
        mixtures: UnsafeBufferPointer<Mixture> = .init(start: nil, count: 0)
    ) {
        self.count = count
        self.classes = classes
        self.pairs = pairs
        self.triplets = triplets
        self.shots = shots
        self.mixtures = mixtures
    }
}

/// What one step's loss was.
package struct StepLoss: Sendable {
    /// All that is minimised, without the layers' L1 and L2.
    package var total: Float = 0
    /// Without the classification head.
    package var embedding: Float = 0
    /// Of the classification head, before its contribution; 0 without one.
    package var crossEntropy: Float = 0
    /// Images that the classification head scores, and those of them whose highest score is their class'; 0 without one.
    package var scored = 0
    package var classified = 0
    /// Pairs or triplets looked at (for losses over a whole batch: all pairs in it), how many of them are right and how
    /// many have a gradient (all, for losses that do not compare images with one another).
    ///
    /// Right is a pair whose distance lies on the right side of the loss's `border` (of 0.5 where it has none; for losses
    /// over a whole batch: of the middle between the batch's mean positive and mean negative distance; for
    /// `binary-cross-entropy`: whose probability lies on the right side of one half), a triplet whose negative is
    /// farther than its positive.
    package var comparisons = 0
    package var correct = 0
    package var active = 0
    /// Sums of Euclidean distances over the positive and negative pairs among them, and their numbers.
    package var positiveDistance: Double = 0
    package var negativeDistance: Double = 0
    package var positives = 0
    package var negatives = 0

    package init() {}
}
