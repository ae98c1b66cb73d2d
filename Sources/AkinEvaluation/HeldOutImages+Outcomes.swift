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
    /// - Parameters:
    ///   - listed: How many neighbours each answer lists; at least those that voted.
    ///   - keepingCopies: Whether a picture that the gallery has too is compared with itself.
    /// - Throws: `EvaluationError`, `ClassificationError` and the gallery's own errors.
    public func outcomes(
        in gallery: some Gallery, classifier: Classifier, listing listed: Int = 5,
        keepingCopies: Bool = false
    ) throws -> (outcomes: Outcomes, answers: [Answer]) {
        guard !labels.isEmpty else { throw EvaluationError.nothingToEvaluate }
        let (known, copied, owned) = try gallery.read { reader in
            let copied = try positions(in: reader)
            let leavesOut = !keepingCopies && !copied.isEmpty
            return (try reader.labelCounts(), copied, leavesOut ? OwnItems(try reader.labelled()) : nil)
        }
        let began = ContinuousClock.now
        let (answers, note) = try answers(
            of: gallery, classifier, listed, copied: keepingCopies ? [] : copied, owned)
        let seconds = (ContinuousClock.now - began) / .seconds(1) / Double(labels.count)
        var list = questions(answers.map(\.label))
        for (i, answer) in answers.enumerated() {
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
        outcomes.copies = keepingCopies ? nil : copied.count
        let kept = keepingCopies && !copied.isEmpty
        let copies =
            "\(copied.count) of \(counted(labels.count, "picture")) "
            + (copied.count == 1
                ? "is in the index too, and was compared with itself"
                : "are in the index too, and were compared with themselves")
        outcomes.note = [note, kept ? copies : nil].compactMap(\.self).joined(separator: "; ")
        if outcomes.note == "" { outcomes.note = nil }
        return (outcomes, answers)
    }

    /// The positions of pictures that a gallery has, wherever from.
    private func positions(in reader: some GalleryReader) throws -> [Int] {
        let own = Set(contents)
        var found: Set<ContentHash> = []
        try reader.forEachContent { _, hash in if own.contains(hash) { found.insert(hash) } }
        return contents.indices.filter { found.contains(contents[$0]) }
    }

    /// How the classification head answers all of them that the backbone was trained with.
    public func outcomes(byHeadOf checkpoint: Checkpoint) throws(EvaluationError) -> Outcomes {
        try checkFinite()
        guard !labels.isEmpty else { throw .nothingToEvaluate }
        let answers: [String]
        do { answers = try ClassificationHead(of: checkpoint).labels(of: embeddings) } catch {
            throw .head(error)
        }
        var outcomes = Outcomes(
            questions(answers), procedure: .heldOut, classifier: "head")
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
