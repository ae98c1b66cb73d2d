import AkinBasics
import AkinClassification
import AkinItems
import AkinNetworks
import AkinVectorSearch

extension HeldOutImages {
    /// How a gallery answers all of them; the answers are there for whoever shows more of them than the outcomes tell.
    ///
    /// The nearest items of the same and of another class are known where they are among the neighbours listed.
    ///
    /// - Parameter listed: How many neighbours each answer lists; at least those that voted.
    /// - Throws: `EvaluationError`, `ClassificationError` and the gallery's own errors.
    public func outcomes(
        in gallery: some Gallery, classifier: Classifier, listing listed: Int = 5
    ) throws -> (outcomes: Outcomes, answers: [Answer]) {
        guard !labels.isEmpty else { throw EvaluationError.nothingToEvaluate }
        let known = try gallery.read { try $0.labelCounts() }
        let began = ContinuousClock.now
        let answers = try classifier.answers(to: embeddings, in: gallery, listing: listed)
        let seconds = (ContinuousClock.now - began) / .seconds(1) / Double(labels.count)
        var list = questions(answers.predictions.map(\.label))
        for (i, answer) in answers.predictions.enumerated() {
            list[i].ranking = answer.ranking
            list[i].setNearest(
                of: answer.neighbours.map {
                    Outcome.Near(source: $0.item.source, label: $0.item.label, distance: $0.distance)
                })
            list[i].seconds = seconds
        }
        var outcomes = Outcomes(
            list, procedure: .heldOut, classifier: classifier.description, metric: gallery.metric.kind)
        outcomes.knownLabels = Set(known.keys)
        outcomes.parts = parts.map(\.name)
        outcomes.note = answers.note
        return (outcomes, answers.predictions)
    }

    /// How the classification head answers all of them that the backbone was trained with.
    public func outcomes(byHeadOf checkpoint: Checkpoint) throws(EvaluationError) -> Outcomes {
        try checkFinite()
        guard !labels.isEmpty else { throw .nothingToEvaluate }
        let head: ClassificationHead
        do { head = try ClassificationHead(of: checkpoint) } catch { throw .head(error) }
        var outcomes = Outcomes(
            questions(head.labels(of: embeddings)), procedure: .heldOut, classifier: "head")
        outcomes.knownLabels = Set(checkpoint.details.labels)
        outcomes.parts = parts.map(\.name)
        return outcomes
    }

    /// What was asked and which class was given, with the part of each.
    private func questions(_ predicted: [String]) -> [Outcome] {
        var list = labels.indices.map {
            Outcome(source: sources[$0], label: labels[$0], predicted: predicted[$0])
        }
        for (part, positions) in parts.map(\.positions).enumerated() {
            for position in positions { list[position].part = part }
        }
        return list
    }
}
