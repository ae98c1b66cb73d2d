import AkinBasics
import AkinClassification

/// What came of a query, in a few lines: the same on a terminal and on a page.
package struct AnswerSummary: Sendable {
    /// What was asked about: a picture.
    private let thing: String
    private var labels: [String: Int] = [:]
    private var (unknown, ambiguous, unread, doubtful) = (0, 0, 0, 0)
    /// Those of which least is sure.
    private var first: [(input: String, words: AnswerWords)] = []

    /// So many are named.
    private static let shown = 5

    /// Of nothing yet.
    package init(of thing: String) { self.thing = thing }

    /// Takes an answer in.
    package mutating func count(_ words: AnswerWords, of input: String) {
        switch words.verdict {
        case .known: labels[words.labels[0], default: 0] += 1
        case .unknown: unknown += 1
        case .ambiguous: ambiguous += 1
        }
        guard words.isDoubtful else { return }
        doubtful += 1
        let place = first.firstIndex { words.sureness < $0.words.sureness } ?? first.count
        guard place < Self.shown else { return }
        first.insert((input, words), at: place)
        if first.count > Self.shown { first.removeLast() }
    }

    /// Takes one in that cannot be read.
    package mutating func countUnread() { unread += 1 }

    /// How many have been taken in.
    package var total: Int { labels.values.reduce(0, +) + unknown + ambiguous + unread }

    /// Whether most of several are called unknown.
    package var isMostlyUnknown: Bool { unknown >= 5 && 2 * unknown > total }

    /// How many there are of each class. Nothing of one picture: its line says it all.
    package var counts: String? {
        guard total > 1 else { return nil }
        let ranked = labels.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        let shown = ranked.count > 9 ? 8 : ranked.count
        var counts = ranked.prefix(shown).map { "\($0.value) \(printable(AnswerWords.shortened($0.key)))" }
        if ranked.count > shown {
            counts.append(
                "\(ranked.dropFirst(shown).reduce(0) { $0 + $1.value }) of \(ranked.count - shown) more classes"
            )
        }
        for (count, name) in [(ambiguous, "ambiguous"), (unknown, "unknown"), (unread, "not read")]
        where count > 0 {
            counts.append("\(count) \(name)")
        }
        return "\(counted(total, thing)): \(counts.joined(separator: ", "))"
    }

    /// Which had better be looked at, those first of which least is sure, and how many more there are.
    package var doubts: [String] {
        let named = first.map { "\(printable($0.input)) (\($0.words.shortened.doubt))" }
        return doubtful > first.count ? named + ["and \(doubtful - first.count) more"] : named
    }

    /// Stands above `doubts`.
    package static let doubtsTitle = "look at first:"

    /// For a terminal; empty of one picture.
    package var text: String {
        guard let counts else { return "" }
        let doubts = doubts
        let title = doubts.isEmpty ? [] : [Self.doubtsTitle]
        return (["", counts] + title + doubts.map { "  " + $0 }).joined(separator: "\n")
    }
}
