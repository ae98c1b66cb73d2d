import AkinBasics
import AkinClassification

/// One question of an evaluation: what was asked, what was answered, and how near which items lay.
public struct Outcome: Sendable, Equatable {
    /// An item that lies near the one that was asked about.
    public struct Near: Sendable, Equatable {
        /// Where it comes from.
        public var source: Source
        /// Its class.
        public var label: String
        /// From what was asked about.
        public var distance: Float

        /// An item at that distance.
        public init(source: Source, label: String, distance: Float) {
            (self.source, self.label, self.distance) = (source, label, distance)
        }
    }

    /// Where the item that was asked about comes from.
    public var source: Source
    /// Its real class.
    public var label: String
    /// The class it was given.
    public var predicted: String
    /// What speaks for which class, best first, as `Prediction.ranking`; empty where no scores were kept.
    public var ranking: [ClassScore] = []
    /// The nearest item of whatever class; nil where the class was not found by looking at items.
    public var nearest: Near?
    /// The nearest item of the same class; nil where there is none, or it is not known.
    public var nearestSame: Near?
    /// The nearest item of another class; nil where there is none, or it is not known.
    public var nearestOther: Near?
    /// The number of those that were left out together, this among them, where items were left out.
    public var fold: Int?
    /// The part of the test set that it belongs to, a position in `Outcomes.parts`.
    public var part: Int?
    /// How long the answer took, in seconds, without embedding: its share of the time of those that were asked with it.
    public var seconds: Double?

    /// A question and its answer; the rest is set where it is known.
    public init(source: Source, label: String, predicted: String) {
        (self.source, self.label, self.predicted) = (source, label, predicted)
    }

    /// Whether the real class was given.
    public var isRight: Bool { predicted == label }

    /// Sets which items are nearest; `neighbours` come nearest first.
    mutating func setNearest(of neighbours: [Near]) {
        nearest = neighbours.first
        nearestSame = neighbours.first { $0.label == label }
        nearestOther = neighbours.first { $0.label != label }
    }
}
