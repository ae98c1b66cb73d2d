import AkinBasics
import AkinClassification
import AkinItems

/// The answer to one picture or vector.
public struct QueryAnswer: Encodable, Sendable {
    /// What was asked about: the picture's file, or `file#row`.
    public let source: Source
    /// Its class.
    public let label: String
    /// Whether it belongs to a class of the index.
    public let verdict: Verdict
    /// 0...1; not calibrated, see `Prediction.confidence`.
    public let confidence: Float
    /// The classes that have as high a score, `label` first; nil where it has the highest alone.
    public let tied: [String]?
    /// How many items are as near as the last that votes and share what votes are left; nil where each has one of its own.
    public let equallyNear: Int?
    /// Whether the picture is of one colour, or comes out so, and the answer says nothing of it; nil where it is not.
    public let blank: Bool?
    /// Nearest first.
    public let neighbours: [Near]

    private enum CodingKeys: String, CodingKey {
        case source, label, verdict, confidence, tied, blank, neighbours
        case equallyNear = "equally_near"
    }

    /// An item near it.
    public struct Near: Encodable, Sendable {
        /// The item's number.
        public let id: UInt64
        /// Its class.
        public let label: String
        /// From the query.
        public let distance: Float
        /// Where it comes from.
        public let source: Source
    }

    init(_ source: Source, _ answer: Answer, isBlank: Bool) {
        self.source = source
        label = answer.label
        verdict = answer.verdict
        confidence = answer.confidence
        tied = answer.tied.isEmpty ? nil : answer.tied
        equallyNear = answer.prediction.equallyNear
        blank = isBlank ? true : nil
        neighbours = answer.neighbours.map {
            Near(id: $0.item.id, label: $0.item.label, distance: $0.distance, source: $0.item.source)
        }
    }
}
