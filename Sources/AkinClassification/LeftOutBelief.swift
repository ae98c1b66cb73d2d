import AkinVectorSearch
import Foundation

/// What the other examples make of the class of one that has been left out.
package struct LeftOutBelief: Sendable, Equatable {
    /// How probable it is that it is of the class that it bears, 0...1.
    package let own: Double
    /// The most probable of the other classes, a position in the labels' names.
    package let other: Int
    /// How probable that is, 0...1.
    package let probability: Double
    /// By how much what speaks for that class is more than what speaks for its own, in powers of e; it goes on rising where
    /// `probability` is as good as 1.
    package let lead: Double
}

extension Belief {
    /// What an answer says of its example; nil where no class but its own was ranked.
    fileprivate func belief(in prediction: Prediction, own: String, _ labels: ItemLabels) -> LeftOutBelief? {
        let classes = labels.names.count
        let ranking = prediction.ranking
        guard let best = ranking.firstIndex(where: { $0.label != own }),
            let other = labels.names.firstIndex(of: ranking[best].label)
        else { return nil }
        let probabilities = probabilities(ranking, of: classes)
        let unranked = Double(max(1, classes - ranking.count))
        func rest(_ values: [Double]) -> Double { max(0, 1 - values.reduce(0, +)) / unranked }
        let place = ranking.firstIndex { $0.label == own }
        let scores = ranking.map { Double($0.score) }
        let ownScore = place.map { scores[$0] } ?? rest(scores)
        return LeftOutBelief(
            own: place.map { probabilities[$0] } ?? rest(probabilities), other: other,
            probability: probabilities[best],
            lead: sharpness * (log(max(scores[best], 1e-12)) - log(max(ownScore, 1e-12))))
    }
}

extension LeftOutItems {
    /// What left-out answers say of the labels of the items themselves, with probabilities by the rule of `Calibration`. Nil
    /// where nothing can be said: there is no other item of its class, or none of another one.
    package func beliefs(in answers: [LeftOutAnswer]) -> [LeftOutBelief?] {
        let labels = examples.labels
        let belief = Belief(answers, labels)
        return answers.enumerated().map { place, answer in
            guard let prediction = answer.prediction, answer.nearestSame != nil else { return nil }
            return belief.belief(in: prediction, own: labels.names[labels.classes[place]], labels)
        }
    }
}
