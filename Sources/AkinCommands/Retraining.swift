import Akin

extension Recipe {
    func metric() throws(CommandError) -> Metric {
        guard let metric = Metric(rawValue: index.metric) else {
            throw .unknownMetric(recipe: path, metric: index.metric)
        }
        return metric
    }

    func classifiers() throws(ClassificationError) -> [Classifier] {
        var classifiers: [Classifier] = []
        for name in evaluation.classifiers {
            classifiers.append(try Classifier(named: name, k: evaluation.k))
        }
        return classifiers
    }
}

/// Leave-one-out with retraining, with a progress line.
func leaveOneOut(
    _ recipe: Recipe, _ images: PreparedImages, classifier: Classifier, byGroup: Bool = false
) throws -> LeaveOneOutReport {
    let evaluation = try LeaveOneOut(
        sources: images.sources, labels: (0..<images.count).map(images.label(at:)),
        groups: byGroup ? images.groups : nil, classifier: classifier, metric: try recipe.metric())
    if let note = classifier.note(items: images.count - 1) { printError("akin: note: \(note)") }
    Interruption.catchSignals()
    let line = ProgressLine("retraining", unit: "folds")
    defer { line.finish() }
    do {
        return try evaluation.report(
            retraining: recipe, images: images, isCancelled: { Interruption.isRequested },
            progress: { line.update($0.foldsDone, of: $0.folds, note: "\(count($0.errors, "error")) so far") }
        )
    } catch is CancellationError {
        throw CommandError.evaluationInterrupted
    }
}
