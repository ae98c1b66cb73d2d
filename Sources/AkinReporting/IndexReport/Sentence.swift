import AkinBasics

/// A sentence in which labels stand, for a page and for a terminal.
package struct Sentence: Sendable, Equatable, ExpressibleByStringInterpolation {
    fileprivate enum Part: Sendable, Equatable {
        case text(String)
        case label(String)
    }

    private var parts: [Part]

    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var parts: [Part] = []

        package init(literalCapacity: Int, interpolationCount: Int) {}
        package mutating func appendLiteral(_ literal: String) { parts.append(.text(literal)) }
        package mutating func appendInterpolation(_ text: some CustomStringConvertible) {
            parts.append(.text("\(text)"))
        }
        package mutating func appendInterpolation(label: String) { parts.append(.label(label)) }
        package mutating func appendInterpolation(_ sentence: Sentence) { parts += sentence.parts }
    }

    package init(stringInterpolation: StringInterpolation) { parts = stringInterpolation.parts }
    package init(stringLiteral text: String) { parts = [.text(text)] }
    private init(parts: [Part]) { self.parts = parts }

    /// Of some text.
    package init(_ text: String) { parts = [.text(text)] }

    /// Phrases with commas between them, and `and` before the last.
    package init(listing phrases: [Sentence]) {
        parts = phrases.enumerated().flatMap { place, phrase in
            let separator = place == 0 ? "" : (place == phrases.count - 1 ? " and " : ", ")
            return [Part.text(separator)] + phrase.parts
        }
    }

    /// The first of some labels, and how many more there are.
    package init(labels: [String], most: Int) {
        let phrases = labels.prefix(most).map { label -> Sentence in "\(label: label)" }
        self.init(
            listing: phrases + (labels.count > most ? [Sentence("\(labels.count - most) more")] : []))
    }

    /// For a page.
    var html: String {
        parts.map { part in
            switch part {
            case .text(let text): unbroken(text)
            case .label(let label): "<strong>\(labelText(label))</strong>"
            }
        }.joined()
    }

    /// For a terminal and for scripts: labels in quotation marks, long ones shortened.
    package var text: String {
        parts.map { part in
            switch part {
            case .text(let text): text
            case .label(let label): label.count > 60 ? "'\(label.prefix(59))…'" : "'\(label)'"
            }
        }.joined()
    }
}

/// Shares as people count: of a hundred.
enum Hundred {
    /// `about 87`; what is not all is fewer than 100, what is not none is more than 0.
    static func about(_ share: Double) -> String {
        switch share {
        case ...0: "none"
        case 1...: "all 100"
        case ..<0.005: "fewer than 1"
        case 0.995...: "more than 99"
        default: "about \(Int((share * 100).rounded()))"
        }
    }

    /// `between 83 and 91`
    static func between(_ low: Double, _ high: Double) -> String {
        let (low, high) = (Int((low * 100).rounded(.down)), Int((high * 100).rounded(.up)))
        return low == high ? "\(low)" : "between \(low) and \(high)"
    }
}

/// With a capital at its beginning and a full stop at its end.
func asSentence(_ text: String) -> String {
    "\(text.prefix(1).uppercased())\(text.dropFirst())."
}
