import Akin
import AkinBasics
import Foundation

/// Asks an index and prints each answer as soon as there is one.
struct AnswerPrinter {
    let index: EmbeddingIndex
    private let search: SearchOptions
    private let inquiry: Inquiry<EmbeddingIndex>
    let json: Bool
    /// Whether the answers are wanted for a sheet too.
    let keepsRows: Bool
    let progress: ProgressLine
    /// Answers given.
    private(set) var count = 0
    private(set) var rows: [QueryRow] = []

    init(
        index: EmbeddingIndex, classifier: Classifier, search: SearchOptions, listing: Int, json: Bool,
        keepsRows: Bool, unit: String
    ) {
        self.index = index
        self.search = search
        inquiry = Inquiry(
            classifier, in: index, scope: ItemScope(filter: search.filter, excluding: search.exclusion),
            listing: listing, method: search.method)
        self.json = json
        self.keepsRows = keepsRows
        progress = ProgressLine("answering", unit: unit)
    }

    /// Answers some queries, `[sources, dimension]`.
    mutating func answer(_ queries: Matrix, from sources: [Source]) throws {
        let answers: Answers
        do {
            answers = try inquiry.answers(to: queries)
        } catch ClassificationError.nothingAdmitted {
            try search.checkGroups(in: index)
            throw ClassificationError.nothingAdmitted
        }
        if count == 0, let note = answers.note { printError("akin: note: \(note)") }
        progress.finish()
        for (source, prediction) in zip(sources, answers.predictions) {
            let answer = QueryAnswer(source, prediction)
            if json { printJSON(answer) } else { print(answer.text) }
            if keepsRows { rows.append(answer.row) }
        }
        // A script may wait for them.
        try finishOutput()
        count += sources.count
    }

    /// Elsewhere than on a terminal the answers themselves show how far it has come.
    func show(_ done: Int, of total: Int) {
        if isatty(STDOUT_FILENO) == 0 { progress.update(done, of: total) }
    }
}
