import Akin
import AkinBasics
import Foundation

extension QueryReply {
    /// A line for people, the answer first; folded where it is longer than the terminal is wide.
    var line: String {
        switch self {
        case .answer(let answer):
            let words = answer.words
            return Self.line(
                words.name, share: words.share, answer.input,
                remarks: [words.guess].compactMap(\.self) + words.remarks)
        case .failure(let failure):
            return Self.line("not read", share: "", failure.input, remarks: [])
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
        let words = answer.words
        let guess =
            words.guess == nil
            ? words.share : "if of a class: \(printable(answer.label)), \(words.hundredths)"
        let remarks = ([guess] + words.remarks).joined(separator: "; ")
        let head = "\(printable(answer.input)): \(words.name) (\(remarks))"
        return rows.isEmpty ? head : head + "\n" + aligned(rows, indent: "    ")
    }
}

extension AnswerSummary {
    /// Takes in what came of one.
    mutating func count(_ reply: QueryReply) {
        switch reply {
        case .answer(let answer): count(answer.words, of: answer.input)
        case .failure: countUnread()
        }
    }
}

extension String {
    /// With blanks behind it.
    fileprivate func padding(_ width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
