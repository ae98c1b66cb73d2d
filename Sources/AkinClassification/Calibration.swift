import AkinTensors
import AkinVectorSearch
import Foundation

/// What the items of a gallery, each left out, tell of its answers: how probable it is that one is right, and how near a picture of
/// one of its classes lies, so that what belongs to none of them can be called unknown.
///
/// **The probability** of a class is `(1 - b) s^a / sum(s'^a) + b / classes`, where `s` are the scores of the classifier: `a`, how much
/// they are to be believed, and `b`, how often all are led astray, are those under which what the left-out items really are is most
/// probable, each class counting alike. Few items say little of `a`: as much as four of them would, a guess weighs in (Platt 1999 and Guo
/// et al. 2017, "On calibration of modern neural networks", do it with pictures held back). And `a` is raised by `sqrt(n / (n - 1))` for
/// the picture that a usual class of `n` lacked when one was left out.
///
/// **The nearness** of a picture is the logarithm of the distance to its nearest item, to the power by which it grows as the square of a
/// length, less what is usual for the class of that item: half of by how much the items of the class lie farther than those of others
/// from their nearest of the same class and from their nearest of another one, shrunk by `n / (n + 3)`.
///
/// **Strangers** are the items themselves, with their whole classes left out. The nearness of those to come is taken to be normally
/// distributed as theirs; a threshold at `-T` standard deviations, where `T` is of Student's distribution, is then fallen short of by a
/// share of them that has been promised. Where 98 % of the gallery's own are still nearer, that is the threshold, and what is promised the
/// less. Items of a class count as fewer than so many of different ones, and the deviation of few is
/// drawn to the usual one (with four degrees of freedom to 0.25). The figures were chosen on 19 folders of people's pictures, half of
/// whose classes were strangers: `Verdicts.md`.
public struct Calibration: Sendable, Hashable, Codable {
    /// What the answers were given by.
    public let classifier: Classifier
    /// How many items were asked about.
    public let items: Int
    /// Of how many that the gallery had.
    public let total: Int
    /// Of how many classes.
    public let classes: Int
    /// `a`: the power of a score.
    let sharpness: Double
    /// `b`: the share of answers that scores tell nothing of.
    let confusion: Double
    /// Where the unknown begins; nil where that cannot be told.
    public let border: Border?
    /// Why it cannot.
    public let silence: Silence?
    /// Of the classifiers' rules; nil where it was made before they had one.
    private let revision: Int?

    /// Whether the classifiers are those of which this was found out: a later program's may answer otherwise.
    public var isCurrent: Bool { revision == Classifier.revision }

    /// Where the unknown begins.
    public struct Border: Sendable, Hashable, Codable {
        /// To this power a distance grows as the square of a length.
        let power: Double
        /// A picture is unknown whose nearness is at least this.
        let nearness: Double
        /// What is usual for a class, where it is anything else than 0.
        let usual: [String: Double]
        /// What share of the pictures of other classes is called known, 0...1: what was asked for, or less where its own lie nearer by far.
        public let strangersKnown: Double
        /// What share was asked for; nil where it was made before that was kept.
        public let askedFor: Double?
        /// With 95 % probability that share lies there, of as many other classes as the gallery has.
        public let interval: Range
        /// What share of its own items that are not alone in their class, each left out, is called known, 0...1; nil where all are alone.
        public let ownKnown: Double?

        /// From a share to a higher one.
        public struct Range: Sendable, Hashable, Codable {
            /// 0...1
            public let low: Double
            /// 0...1
            public let high: Double
        }
    }

    /// Why there is no border.
    public enum Silence: String, Sendable, Hashable, Codable {
        /// Three classes are needed, that strangers can be made of one and others be left.
        case fewClasses = "few-classes"
        /// Distances that may be below 0 have no logarithm.
        case metric
        /// All items of different classes lie at one point.
        case onePoint = "one-point"
    }
}

extension Calibration {
    /// What left-out answers tell.
    ///
    /// - Parameters:
    ///   - answers: What the other examples say of each; their labels are `labels`.
    ///   - nearest: For each the items that are nearest, of a gallery with such labels; `asked` are their own classes there.
    ///   - strangersKnown: What share of the pictures of other classes may be called known; above 0, below 1.
    init(
        _ classifier: Classifier, _ answers: [LeftOutAnswer], _ labels: ItemLabels, nearest: [LeftOutAnswer],
        of asked: [Int], _ all: ItemLabels, metric: Metric.Kind, strangersKnown: Double
    ) {
        let belief = Belief(answers, labels)
        self.classifier = classifier
        (items, total, classes) = (answers.count, all.count, all.names.count)
        (sharpness, confusion) = (belief.sharpness, belief.confusion)
        revision = Classifier.revision
        do throws(NoBorder) {
            border = try Border(nearest, asked, all, metric, strangersKnown)
            silence = nil
        } catch {
            (border, silence) = (nil, error.silence)
        }
    }
}

extension Calibration {
    /// A prediction whose scores are probabilities; as it was where it comes from another classifier.
    func rescaled(_ prediction: Prediction, by classifier: Classifier) -> Prediction {
        guard classifier == self.classifier else { return prediction }
        var prediction = prediction
        let probabilities = Belief(sharpness: sharpness, confusion: confusion)
            .probabilities(prediction.ranking, of: max(classes, prediction.ranking.count))
        for (i, probability) in probabilities.enumerated() {
            prediction.ranking[i].score = Float(probability)
        }
        prediction.confidence = prediction.ranking[0].score
        return prediction
    }
}
