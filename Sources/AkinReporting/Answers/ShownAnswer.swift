import AkinBasics
import AkinClassification
import AkinItems

/// What came of one picture or vector that was asked about, for a page.
package struct ShownAnswer: Sendable {
    /// As it was given.
    package var input: String
    /// Where its picture is; nil of what has none.
    package var picture: Source?
    /// Its real class, if known.
    package var label: String?
    /// The answer; nil where it could not be read.
    package var words: AnswerWords?
    /// Why it could not be read.
    package var error: String?
    /// Nearest first.
    package var neighbours: [Near] = []

    /// An item near it.
    package struct Near: Sendable {
        package var label: String
        package var source: Source
        package var distance: Float

        package init(_ label: String, _ source: Source, _ distance: Float) {
            (self.label, self.source, self.distance) = (label, source, distance)
        }
    }

    package init(_ input: String, picture: Source?, _ words: AnswerWords, neighbours: [Near]) {
        (self.input, self.picture, self.words, self.neighbours) = (input, picture, words, neighbours)
    }

    package init(_ input: String, unread error: String) { (self.input, self.error) = (input, error) }

    init(_ source: Source, _ answer: Answer, label: String?) {
        self.init(
            source.path, picture: source, AnswerWords(answer),
            neighbours: answer.neighbours.map { Near($0.item.label, $0.item.source, $0.distance) })
        self.label = label
    }

    /// Whether the answer is the real class, where that is known.
    var isRight: Bool? { label.map { $0 == words?.labels[0] } }

    /// What is said of it, beside its name and how sure that is.
    var remarks: String {
        (([words?.shortened.guess, error].compactMap(\.self)) + (words?.remarks ?? [])).joined(
            separator: "; ")
    }

    /// As what it is answered.
    var name: String { words?.shortened.name ?? "not read" }

    /// All pictures that it shows.
    var pictures: [Source] { (picture.map { [$0] } ?? []) + neighbours.map(\.source) }
}
