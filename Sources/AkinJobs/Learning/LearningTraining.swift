import AkinBasics
import AkinClassification
import AkinDatasets
import AkinEmbedding
import AkinEvaluation
import AkinNetworks
import AkinTensors
import AkinTraining
import AkinVectorSearch

/// What comes of a backbone that is trained on the pictures: as many trainings as there are parts of a division, each without
/// one of them.
struct LearningTraining {
    let pictures: LearningPictures
    /// How it is trained.
    let recipe: Recipe
    /// What is left out together.
    let division: Folds
    private let images: PreparedImages
    private let labels: ItemLabels
    /// How many pictures the index is to have, on which the last training will be.
    private let total: Int

    /// The classifiers that are asked. The first is the simplest.
    static let classifiers: [Classifier] = [.classMean, .ridge, .discriminant]
    /// In how many parts the pictures are divided at most.
    static let mostParts = 5

    /// Nil where they cannot be trained on.
    ///
    /// - Parameters:
    ///   - count: On how many of the pictures it is tried.
    ///   - division: Of these.
    init?(_ pictures: LearningPictures, count: Int, total: Int, recipe: Recipe, _ division: Folds) {
        let dataset = Dataset(samples: Array(pictures.samples.prefix(count)))
        images = PreparedImages(dataset, preprocessing: recipe.preprocessing)
        guard images.count == count else { return nil }
        (self.pictures, self.recipe, self.division, self.total) = (pictures, recipe, division, total)
        labels = pictures.labels(first: count)
        for fold in 0..<division.count {
            do { try Trainer.check(recipe, images.only(others(than: division.positions(in: fold)))) } catch {
                return nil
            }
        }
    }

    /// Of a training that was ended.
    enum Interruption: Error {
        /// By whoever waits for it.
        case cancelled
        /// So many seconds would be needed.
        case tooSlow(seconds: Double)
    }

    /// How many pictures all trainings see together: those without a part, and the last one.
    private var work: Int {
        let parts = (0..<division.count).reduce(0) { $0 + images.count - division.positions(in: $1).count }
        return (parts + total) * recipe.training.epochs
    }

    /// For each of `classifiers` and each picture whether it was answered rightly by a backbone that was trained without it: 1 or
    /// 0.
    ///
    /// - Parameter goesOn: Told how many pictures have been trained on, of so many, and asked after each step: a training that would
    ///   take longer than `secondsLeft` is ended as well.
    func right(secondsLeft: () -> Double, goesOn: (WorkProgress) -> Bool) throws -> [[Double]] {
        let began = ContinuousClock.now
        var seen = 0
        var right = Self.classifiers.map { _ in [Double](repeating: 0, count: images.count) }
        for fold in 0..<division.count {
            let asked = division.positions(in: fold)
            let examples = try examples(trainedOn: others(than: asked)) { images in
                let done = WorkProgress(done: min(seen + images, work), total: work)
                guard goesOn(done) else { throw Interruption.cancelled }
                let seconds = (ContinuousClock.now - began) / .seconds(1)
                let needed = seconds * (Double(work) / Double(max(1, done.done)) - 1)
                // The first steps say little of the others.
                if seconds > 1, needed > secondsLeft() {
                    throw Interruption.tooSlow(seconds: seconds + needed)
                }
            }
            seen += (images.count - asked.count) * recipe.training.epochs
            for (place, classifier) in Self.classifiers.enumerated() {
                let answers = try classifier.rule.answers(
                    leavingOut: asked, division, of: examples, listing: 1)
                for (item, answer) in zip(asked, answers)
                where answer.prediction?.label == labels.names[labels.classes[item]] {
                    right[place][item] = 1
                }
            }
        }
        return right
    }

    /// For each picture whether it was answered rightly by a backbone that was trained without all of its class: 1 or 0. So many
    /// classes are left out at a time that three trainings do. Nil where too few would be left, or where that was ended.
    func rightAsNew(
        by classifier: Classifier, secondsLeft: () -> Double, goesOn: () -> Bool
    ) throws -> [Double]? {
        guard labels.names.count >= 6 else { return nil }
        let began = ContinuousClock.now
        var right = [Double](repeating: 0, count: images.count)
        for part in 0..<3 {
            let asked = labels.classes.indices.filter { labels.classes[$0] % 3 == part }
            let examples: Examples
            do {
                examples = try self.examples(trainedOn: others(than: asked)) { images in
                    guard goesOn() else { throw Interruption.cancelled }
                    let left = secondsLeft()
                    let seconds = (ContinuousClock.now - began) / .seconds(1)
                    if seconds > 1, left <= 0 { throw Interruption.tooSlow(seconds: seconds) }
                }
            } catch is TrainingError { return nil } catch is Interruption { return nil }
            let answers = try classifier.rule.answers(leavingOut: asked, division, of: examples, listing: 1)
            for (item, answer) in zip(asked, answers)
            where answer.prediction?.label == labels.names[labels.classes[item]] { right[item] = 1 }
        }
        return right
    }

    private func others(than asked: [Int]) -> [Int] {
        let left = Set(asked)
        return (0..<images.count).filter { !left.contains($0) }
    }

    /// The embeddings of all pictures by a backbone that was trained on some.
    ///
    /// - Parameter each: Told after each step how many pictures have been trained on; what it throws ends the training.
    private func examples(trainedOn positions: [Int], each: (Int) throws -> Void) throws -> Examples {
        let trainer = try Trainer(recipe, data: images.only(positions))
        try trainer.run { progress in
            try each((progress.epoch - 1) * positions.count + progress.images)
            return true
        }
        let checkpoint = trainer.checkpoint
        return Examples(
            labels: labels,
            embeddings: Embedder(checkpoint).embeddings(of: images.allInputs, count: images.count),
            metric: Metric(recipe.index.metric) ?? .cosine)
    }
}
