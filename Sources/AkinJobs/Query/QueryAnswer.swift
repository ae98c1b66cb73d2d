import AkinBasics
import AkinClassification
import AkinDatasets
import AkinItems
import AkinReporting

/// What came of one picture or vector that was asked about.
public enum QueryReply: Encodable, Sendable {
    /// An answer.
    case answer(QueryAnswer)
    /// It cannot be read.
    case failure(QueryFailure)

    /// As what it holds.
    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .answer(let answer): try answer.encode(to: encoder)
        case .failure(let failure): try failure.encode(to: encoder)
        }
    }

    /// Nil where there is none.
    public var answer: QueryAnswer? { if case .answer(let answer) = self { answer } else { nil } }

    /// By which the least sure come first, and before them what cannot be read, for somebody has to look at it.
    package var sureness: Float { answer?.words.sureness ?? -2 }
}

/// Something that was asked about and cannot be read.
public struct QueryFailure: Encodable, Sendable {
    /// As `QueryAnswer.input`.
    public let input: String
    /// As `QueryAnswer.source`.
    public let source: Source
    /// Why not, and what to do.
    public let error: String

    /// For a list of such.
    public var skipped: Skipped { Skipped(source: source, reason: error) }
}

/// The answer to one picture or vector.
public struct QueryAnswer: Encodable, Sendable {
    /// What was asked about, as it was given: a file's path, that of a folder and where in it a picture lies, or `file#row`.
    public let input: String
    /// The same from the root.
    public let source: Source
    /// Its class.
    public let label: String
    /// Whether it belongs to a class of the index.
    public let verdict: Verdict
    /// Whether the index is calibrated for the classifier that answers: where it is not, `confidence` is no probability. Where it is
    /// not calibrated at all, the verdict is never `unknown`.
    public let calibrated: Bool
    /// Where the verdict is ambiguous, the classes that it may be, `label` first; nil where it is not.
    public let alternatives: [String]?
    /// 0...1; in a calibrated index the probability that the label is right if it belongs to one of the classes, else see
    /// `Prediction.confidence`.
    public let confidence: Float
    /// By how much that is above the next class' in the ranking.
    public let margin: Float
    /// The classes that come into question, the most probable first.
    public let ranking: [Ranked]
    /// The classes that have as high a score, `label` first; nil where it has the highest alone.
    public let tied: [String]?
    /// How many items are as near as the last that votes and share what votes are left; nil where each has one of its own.
    public let equallyNear: Int?
    /// Whether the picture is of one colour, or comes out so, and the answer says nothing of it; nil where it is not.
    public let blank: Bool?
    /// Nearest first.
    public let neighbours: [Near]

    private enum CodingKeys: String, CodingKey {
        case input, source, label, verdict, calibrated, alternatives, confidence, margin, ranking, tied,
            blank, neighbours
        case equallyNear = "equally_near"
    }

    /// A class that comes into question.
    public struct Ranked: Encodable, Sendable {
        /// The class.
        public let label: String
        /// 0...1, as the confidence.
        public let probability: Float
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

    init(_ input: String, _ source: Source, _ answer: Answer, isCalibrated: Bool, isBlank: Bool) {
        self.input = input
        self.source = source
        label = answer.label
        verdict = answer.verdict
        calibrated = isCalibrated
        alternatives = answer.alternatives.isEmpty ? nil : answer.alternatives
        (confidence, margin) = (answer.confidence, answer.margin)
        ranking = answer.ranking.map { Ranked(label: $0.label, probability: $0.score) }
        tied = answer.tied.isEmpty ? nil : answer.tied
        equallyNear = answer.prediction.equallyNear
        blank = isBlank ? true : nil
        neighbours = answer.neighbours.map {
            Near(id: $0.item.id, label: $0.item.label, distance: $0.distance, source: $0.item.source)
        }
    }
}

extension QueryAnswer {
    /// What is said of it.
    package var words: AnswerWords {
        AnswerWords(
            label, verdict, alternatives: alternatives ?? [], confidence: confidence,
            equallyNear: equallyNear,
            isBlank: blank == true)
    }
}
