import AkinBasics
import AkinClassification
import AkinExchange

extension SpreadsheetTable {
    /// Of what comes of a query.
    init(of replies: [QueryReply]) {
        self.init(columns: [
            "picture", "verdict", "answer", "probability", "second answer", "its probability",
            "nearest picture",
            "its distance", "error",
        ])
        for reply in replies { append(reply) }
    }

    private mutating func append(_ reply: QueryReply) {
        switch reply {
        case .answer(let answer):
            let second = answer.ranking.dropFirst().first
            let nearest = answer.neighbours.first
            append([
                .text(answer.input), .text(answer.verdict.rawValue), .text(answer.label),
                .number(answer.confidence), second.map { .text($0.label) } ?? .empty,
                second.map { .number($0.probability) } ?? .empty,
                nearest.map { .text($0.source.path) } ?? .empty,
                nearest.map { .number($0.distance) } ?? .empty, .empty,
            ])
        case .failure(let failure):
            append([.text(failure.input)] + Array(repeating: .empty, count: 7) + [.text(failure.error)])
        }
    }
}
