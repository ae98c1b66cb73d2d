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

    /// Nil where they cannot be trained on.
    ///
    /// - Parameters:
    ///   - division: Of the first pictures, on which it is tried.
    init?(_ pictures: LearningPictures, total: Int, _ recipe: Recipe, _ division: Folds) {
        let count = (0..<division.count).reduce(0) { $0 + division.positions(in: $1).count }
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

    /// How many pictures the trainings see together that are without a part.
    var workOfParts: Int { (division.count - 1) * images.count * recipe.training.epochs }
    /// How many the last one sees.
    private var workOfLast: Int { total * recipe.training.epochs }
    private var work: Int { workOfParts + workOfLast }

    /// For each of `classifiers` what it says of each picture by a backbone that was trained without it.
    ///
    /// - Parameter goesOn: Told how many pictures have been trained on, of so many, and asked after each step: a training that would
    ///   not be over at `deadline` is ended as well.
    func answers(until deadline: ContinuousClock.Instant, goesOn: (WorkProgress) -> Bool) throws
        -> [LeftOutAnswers]
    {
        let began = ContinuousClock.now
        // The first step also gets the memory, and says little of the others.
        var first: (time: ContinuousClock.Instant, done: Int)?
        var seen = 0
        var given = Self.classifiers.map { _ in [String?](repeating: nil, count: images.count) }
        for fold in 0..<division.count {
            let asked = division.positions(in: fold)
            let examples = try examples(trainedOn: others(than: asked)) { images in
                let done = WorkProgress(done: min(seen + images, work), total: work)
                guard goesOn(done) else { throw Interruption.cancelled }
                let now = ContinuousClock.now
                guard let first else { return first = (now, done.done) }
                let seconds = (now - first.time) / .seconds(1)
                let needed = seconds / Double(max(1, done.done - first.done)) * Double(work - done.done)
                if seconds > 1, now + .seconds(needed) > deadline {
                    throw Interruption.tooSlow(seconds: (now - began) / .seconds(1) + needed)
                }
            }
            seen += (images.count - asked.count) * recipe.training.epochs
            for (place, classifier) in Self.classifiers.enumerated() {
                let answers = try classifier.rule.answers(
                    leavingOut: asked, division, of: examples, listing: 1)
                for (item, answer) in zip(asked, answers) { given[place][item] = answer.prediction?.label }
            }
        }
        return given.map { LeftOutAnswers(given: $0, labels) }
    }

    /// For each picture whether it was answered rightly by a backbone that was trained without all of its class: 1 or 0. So many
    /// classes are left out at a time that three trainings do. Nil where too few would be left, where there is no time for it besides the
    /// last training, and where it was ended.
    ///
    /// - Parameter seconds: What it takes to train on a picture once.
    func rightAsNew(
        by classifier: Classifier, perPicture seconds: Double, until deadline: ContinuousClock.Instant,
        goesOn: () -> Bool
    ) throws -> [Double]? {
        let began = ContinuousClock.now
        let deadline = deadline - .seconds(seconds * Double(workOfLast))
        let needed = seconds * Double(2 * images.count * recipe.training.epochs)
        guard labels.names.count >= 6, began + .seconds(needed) < deadline else { return nil }
        var given = [String?](repeating: nil, count: images.count)
        for part in 0..<3 {
            let asked = labels.classes.indices.filter { labels.classes[$0] % 3 == part }
            let examples: Examples
            do {
                examples = try self.examples(trainedOn: others(than: asked)) { images in
                    guard goesOn() else { throw Interruption.cancelled }
                    let now = ContinuousClock.now
                    guard now < deadline else {
                        throw Interruption.tooSlow(seconds: (now - began) / .seconds(1))
                    }
                }
            } catch is TrainingError { return nil } catch is Interruption { return nil }
            let answers = try classifier.rule.answers(leavingOut: asked, division, of: examples, listing: 1)
            for (item, answer) in zip(asked, answers) { given[item] = answer.prediction?.label }
        }
        return LeftOutAnswers(given: given, labels).right
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
            trusted: try Embedder(checkpoint).embeddings(of: images.allInputs, count: images.count),
            metric: Metric(recipe.index.metric) ?? .cosine)
    }
}
