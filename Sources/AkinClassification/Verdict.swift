import AkinItems
import AkinVectorSearch

/// Whether a query belongs to a class of the gallery.
public enum Verdict: String, Sendable, Codable {
    /// To the class that is named, as far as can be told.
    case known
    /// To none of them. The label is that of the class that it would be if it had to be one. Only a calibrated gallery can say that.
    case unknown
    /// To one of several classes that are about as probable.
    case ambiguous
}

extension Answer {
    /// What is made of a prediction.
    package struct Judgement {
        var prediction: Prediction
        var verdict: Verdict
        /// The classes that it may be as well as the one named, that one first; empty where it is not ambiguous.
        var alternatives: [String] = []

        /// - Parameters:
        ///   - nearest: The nearest item.
        ///   - equals: The classes of items that the query is equal to, where those are to be taken whatever the classifier says.
        init(
            _ prediction: Prediction, by classifier: Classifier, nearest: (label: String, distance: Float)?,
            equals: [String],
            calibration: Calibration?
        ) {
            self.prediction = calibration?.rescaled(prediction, by: classifier) ?? prediction
            if !equals.isEmpty {
                self.prediction.put(first: equals)
                verdict = equals.count > 1 ? .ambiguous : .known
                alternatives =
                    equals.count > 1 ? self.prediction.ranking.prefix(equals.count).map(\.label) : []
                return
            }
            if let nearest, let border = calibration?.border,
                border.isBeyond(nearest.distance, from: nearest.label)
            {
                verdict = .unknown
                return
            }
            let least =
                calibration?.classifier == classifier
                ? self.prediction.confidence / 2 : self.prediction.confidence
            let likely = self.prediction.ranking.prefix { $0.score >= least }.map(\.label)
            verdict = likely.count > 1 ? .ambiguous : .known
            alternatives = likely.count > 1 ? likely : []
        }
    }
}

extension Prediction {
    /// Makes it certain that it is one of some classes, each as probable as the others, which keep their order.
    fileprivate mutating func put(first labels: [String]) {
        var chosen = ranking.filter { labels.contains($0.label) }
        for label in labels where !chosen.contains(where: { $0.label == label }) {
            chosen.append(ClassScore(label: label, score: 0, distance: 0, items: 1))
        }
        for i in chosen.indices { chosen[i].score = 1 / Float(chosen.count) }
        var others = ranking.filter { !labels.contains($0.label) }
        for i in others.indices { others[i].score = 0 }
        ranking = Array((chosen + others).prefix(Self.rankedClasses))
        (label, confidence) = (ranking[0].label, ranking[0].score)
    }
}
