import Akin
import AkinBasics
import Foundation

extension QueryReply {
    /// A line for people, the answer first; folded where it is longer than the terminal is wide.
    var line: String {
        switch self {
        case .answer(let answer):
            Self.line(
                answer.name, share: answer.share, answer.input,
                remarks: (answer.verdict == .unknown ? ["\(printable(answer.label))?"] : []) + answer.remarks)
        case .failure(let failure): Self.line("not read", share: "", failure.input, remarks: [])
        }
    }

    private static func line(_ name: String, share: String, _ input: String, remarks: [String]) -> String {
        let end = remarks.isEmpty ? "" : "  (\(remarks.joined(separator: "; ")))"
        let name = name.padding(20)
        let share = String(repeating: " ", count: max(0, 5 - share.count)) + share
        let line = "\(name) \(share)  \(printable(input))\(end)"
        guard let width = terminalWidth, line.count > width else { return line }
        let head = "\(name) \(share)".trimmingCharacters(in: .whitespaces)
        return "\(head)\n    \(printable(input))\(end)"
    }

    /// All there is to say: the answer, and the neighbours.
    var details: String {
        guard case .answer(let answer) = self else { return line }
        let rows = answer.neighbours.map { [threeDigits($0.distance), $0.label, $0.source.path] }
        let guess =
            answer.verdict == .unknown
            ? "if of a class: \(printable(answer.label)), \(answer.hundredths)" : answer.share
        let remarks = ([guess] + answer.remarks).joined(separator: "; ")
        let head = "\(printable(answer.input)): \(answer.name) (\(remarks))"
        return rows.isEmpty ? head : head + "\n" + aligned(rows, indent: "    ")
    }
}

extension QueryReply {
    /// What cannot be read comes first, for somebody has to look at it.
    var sureness: Float { answer?.sureness ?? -2 }
}

extension QueryAnswer {
    /// How sure it is that it names the right class: of what is none of them, not at all.
    fileprivate var sureness: Float { verdict == .unknown ? confidence - 1 : confidence }

    /// As what it is answered.
    fileprivate var name: String {
        switch verdict {
        case .known: printable(label)
        case .unknown: "unknown"
        case .ambiguous: either
        }
    }

    /// How sure that is; of an unknown one nobody knows.
    fileprivate var share: String { verdict == .unknown ? "" : hundredths }

    fileprivate var hundredths: String { "\(Int((confidence * 100).rounded())) %" }

    fileprivate var remarks: [String] {
        var remarks: [String] = []
        if let equallyNear { remarks.append("\(equallyNear) items are equally near") }
        if blank == true { remarks.append("a blank picture") }
        return remarks
    }

    /// `abbot or bishop`
    private var either: String {
        let labels = (alternatives ?? []).map(printable)
        return labels.count > 4
            ? "\(labels.prefix(3).joined(separator: ", ")) or one of \(labels.count - 3) more"
            : labels.dropLast().joined(separator: ", ") + " or " + (labels.last ?? "")
    }

    /// Why a person had better look at it.
    fileprivate var doubt: String {
        ([name] + (verdict == .unknown ? [] : [hundredths]) + (blank == true ? ["a blank picture"] : []))
            .joined(separator: ", ")
    }

    /// Whether a person had better look at the picture.
    fileprivate var isDoubtful: Bool { verdict != .known || blank == true || confidence < 0.5 }
}

/// What came of a query, in a few lines at its end.
struct QuerySummary {
    /// What was asked about: a picture.
    let thing: String
    private var labels: [String: Int] = [:]
    private var (unknown, ambiguous, unread, doubtful) = (0, 0, 0, 0)
    /// Those of which least is sure.
    private var first: [QueryAnswer] = []

    /// Of nothing yet.
    init(thing: String) { self.thing = thing }

    /// So many are named.
    private static let shown = 5

    mutating func count(_ reply: QueryReply) {
        guard let answer = reply.answer else {
            unread += 1
            return
        }
        switch answer.verdict {
        case .known: labels[answer.label, default: 0] += 1
        case .unknown: unknown += 1
        case .ambiguous: ambiguous += 1
        }
        guard answer.isDoubtful else { return }
        doubtful += 1
        let place = first.firstIndex { answer.sureness < $0.sureness } ?? first.count
        first.insert(answer, at: place)
        if first.count > Self.shown { first.removeLast() }
    }

    /// Nothing of one picture: its line says it all.
    var text: String {
        let total = labels.values.reduce(0, +) + unknown + ambiguous + unread
        guard total > 1 else { return "" }
        let ranked = labels.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        let shown = ranked.count > 9 ? 8 : ranked.count
        var counts = ranked.prefix(shown).map { "\($0.value) \(printable($0.key))" }
        if ranked.count > shown {
            counts.append(
                "\(ranked.dropFirst(shown).reduce(0) { $0 + $1.value }) of \(ranked.count - shown) more classes"
            )
        }
        for (count, name) in [(ambiguous, "ambiguous"), (unknown, "unknown"), (unread, "not read")]
        where count > 0 {
            counts.append("\(count) \(name)")
        }
        var lines = ["", "\(counted(total, thing)): \(counts.joined(separator: ", "))"]
        if !first.isEmpty {
            lines.append("look at first:")
            lines += first.map {
                "  \(printable($0.input)) (\($0.doubt))"
            }
            if doubtful > first.count { lines.append("  and \(doubtful - first.count) more") }
        }
        return lines.joined(separator: "\n")
    }
}

extension String {
    /// With blanks behind it.
    fileprivate func padding(_ width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
