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
    /// Nearest first.
    public let neighbours: [Near]

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

    init(_ source: Source, _ answer: Answer) {
        self.source = source
        label = answer.label
        verdict = answer.verdict
        confidence = answer.confidence
        neighbours = answer.neighbours.map {
            Near(id: $0.item.id, label: $0.item.label, distance: $0.distance, source: $0.item.source)
        }
    }
}
