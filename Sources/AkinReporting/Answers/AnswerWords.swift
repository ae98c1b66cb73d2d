import AkinBasics
import AkinClassification

/// An answer in words: the same on a terminal and on a page.
package struct AnswerWords: Sendable {
    /// Its class, and the classes that it may be where it is ambiguous.
    package private(set) var labels: [String]
    /// Whether it belongs to a class of the index.
    package let verdict: Verdict
    /// 0...1.
    package let confidence: Float
    private let equallyNear: Int?
    private let isBlank: Bool

    /// - Parameters:
    ///   - alternatives: Where the verdict is ambiguous, the classes that it may be, `label` first.
    ///   - equallyNear: How many items are as near as the last that votes, where that is worth a word.
    package init(
        _ label: String, _ verdict: Verdict, alternatives: [String] = [], confidence: Float,
        equallyNear: Int? = nil, isBlank: Bool = false
    ) {
        labels = verdict == .ambiguous && !alternatives.isEmpty ? alternatives : [label]
        (self.verdict, self.confidence) = (verdict, confidence)
        (self.equallyNear, self.isBlank) = (equallyNear, isBlank)
    }

    /// Of an answer that nobody has looked at.
    package init(_ answer: Answer) {
        self.init(
            answer.label, answer.verdict, alternatives: answer.alternatives, confidence: answer.confidence,
            equallyNear: answer.prediction.equallyNear)
    }

    /// With labels that have room in a line.
    var shortened: AnswerWords {
        var short = self
        short.labels = labels.map(Self.shortened)
        return short
    }

    /// So many characters of a label have room in a line.
    private static let longestLabel = 80

    static func shortened(_ label: String) -> String {
        // Looks at no more of it than it has to.
        label.index(label.startIndex, offsetBy: longestLabel + 1, limitedBy: label.endIndex) == nil
            ? label : "\(label.prefix(longestLabel)) …"
    }
}

extension AnswerWords {
    /// As what it is answered.
    package var name: String {
        switch verdict {
        case .known: printable(labels[0])
        case .unknown: "unknown"
        case .ambiguous: either
        }
    }

    /// `abbot or bishop`
    private var either: String {
        let labels = labels.map(printable)
        return labels.count > 4
            ? "\(labels.prefix(3).joined(separator: ", ")) or one of \(labels.count - 3) more"
            : labels.dropLast().joined(separator: ", ") + " or " + (labels.last ?? "")
    }

    /// How sure that is; of an unknown one nobody knows.
    package var share: String { verdict == .unknown ? "" : hundredths }

    /// The confidence.
    package var hundredths: String {
        confidence.isFinite ? "\(Int((confidence * 100).rounded())) %" : "\(confidence)"
    }

    /// Of what is unknown, the class that it would be if it had to be one.
    package var guess: String? { verdict == .unknown ? "\(printable(labels[0]))?" : nil }

    /// What else there is to say.
    package var remarks: [String] {
        var remarks: [String] = []
        if let equallyNear { remarks.append("\(equallyNear) items are equally near") }
        if isBlank { remarks.append("a blank picture") }
        return remarks
    }

    /// How sure it is that it names the right class: of what is none of them, not at all.
    package var sureness: Float { verdict == .unknown ? confidence - 1 : confidence }

    /// Whether a person had better look at the picture.
    package var isDoubtful: Bool { verdict != .known || isBlank || confidence < 0.5 }

    /// Why.
    var doubt: String {
        ([name] + (verdict == .unknown ? [] : [hundredths]) + (isBlank ? ["a blank picture"] : []))
            .joined(separator: ", ")
    }
}
