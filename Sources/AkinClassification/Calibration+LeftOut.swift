import Foundation

extension Calibration {
    /// What becomes of an answer that was given without it: the probabilities of the classes, and the verdict.
    ///
    /// - Parameter nearest: The nearest item, of whatever class.
    package func judged(
        _ prediction: Prediction, by classifier: Classifier, nearest: (label: String, distance: Float)?
    ) -> (prediction: Prediction, verdict: Verdict) {
        let judgement = Answer.Judgement(
            prediction, by: classifier, nearest: nearest, equals: [], calibration: self)
        return (judgement.prediction, judgement.verdict)
    }
}

extension Calibration.Border {
    /// How far beyond the border a picture lies whose nearest item, of that label, is at that distance: at 0 and above it is unknown. In
    /// logarithms of lengths' squares.
    package func strangeness(of distance: Float, from label: String) -> Double {
        distance > 0 ? power * log(Double(distance)) - (usual[label] ?? 0) - nearness : -.infinity
    }
}
