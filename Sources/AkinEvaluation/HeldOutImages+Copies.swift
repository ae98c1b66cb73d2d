import AkinBasics
import AkinClassification
import AkinItems
import AkinTensors
import AkinVectorSearch

/// The items of a gallery with their embeddings, as they were when it was looked for copies among them.
struct OwnItems {
    let items: [Item]
    let embeddings: Matrix

    init(_ labelled: (items: [Item], embeddings: Matrix)) { (items, embeddings) = labelled }
}

extension HeldOutImages {
    /// The answers to all of them. Those at `copied` are among the gallery's own items too, `owned`: they are answered by
    /// all that are not of their content.
    func answers(
        of gallery: some Gallery, _ classifier: Classifier, _ listed: Int, copied: [Int], _ owned: OwnItems?
    ) throws -> ([Answer], note: String?) {
        let answered = Set(copied)
        let rest = labels.indices.filter { !answered.contains($0) }
        var answers = [Answer?](repeating: nil, count: labels.count)
        var note: String?
        if !rest.isEmpty {
            let found = try classifier.answers(
                to: embeddings.rows(at: rest), in: gallery, listing: listed)
            for (position, answer) in zip(rest, found.predictions) { answers[position] = answer }
            note = found.note
        }
        if let owned {
            try classifier.check(metric: gallery.metric.kind)
            let found = try leftOutAnswers(to: copied, of: owned, gallery.metric, classifier, listed)
            for (position, answer) in zip(copied, found) { answers[position] = answer }
        }
        return (answers.compactMap(\.self), note)
    }

    /// A picture that is among the gallery's own has the embedding that it has there: so this is leaving items out.
    private func leftOutAnswers(
        to copied: [Int], of owned: OwnItems, _ metric: Metric, _ classifier: Classifier, _ listed: Int
    ) throws -> [Answer] {
        let items = owned.items
        let alike = Dictionary(grouping: items.indices) { items[$0].contentHash }
        let folds = Folds(alike.values.sorted { $0[0] < $1[0] })
        let examples = Examples(
            labels: ItemLabels(items.map(\.label)), trusted: owned.embeddings, metric: metric)
        var answers: [Answer] = []
        let rows = Metric.queriesAtOnce(references: items.count)
        for first in stride(from: 0, to: copied.count, by: rows) {
            let block = copied[first..<min(first + rows, copied.count)]
            let found = try classifier.rule.answers(
                leavingOut: block.compactMap { alike[contents[$0]]?[0] }, folds, of: examples,
                listing: listed)
            for (position, answer) in zip(block, found) {
                guard var prediction = answer.prediction else {
                    throw folds.count == 1
                        ? EvaluationError.allCopies(items: items.count)
                        : EvaluationError.notANumber(source: sources[position])
                }
                let near = prediction.neighbours.map {
                    NearItem(item: items[Int($0.id)], distance: $0.distance)
                }
                for i in near.indices { prediction.neighbours[i].id = near[i].item.id }
                answers.append(Answer(prediction, by: classifier, neighbours: near))
            }
        }
        return answers
    }
}
