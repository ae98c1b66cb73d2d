import AkinBasics
import AkinClassification
import AkinDatasets
import AkinEvaluation
import AkinNetworks
import AkinTraining
import Foundation

extension LearnFolder {
    /// How a backbone fares that is trained on the pictures, beside what was chosen without that.
    struct TrainedTrials {
        /// With each classifier; the first is the chosen one where one is.
        var tried: [Result.Trial] = []
        /// Whether one is clearly better than what was chosen without training.
        var isChosen = false
        var expectation: ExpectedAccuracy?
        /// What the chosen one says of the pictures.
        var answers: [Result.Answer] = []
        /// Why it was not tried to the end.
        var stopped: Result.StoppedBackbone?
    }

    /// Tries it, where it can have a point: not all pictures are known already, and there is time.
    func train(
        on pictures: LearningPictures, _ trials: LearningTrials, _ choice: LearningChoice, total: Int,
        until deadline: ContinuousClock.Instant, _ monitor: Monitor
    ) throws -> TrainedTrials? {
        guard trains, let part = trainable(trials, choice), !monitor.isCancelled else { return nil }
        let labels = pictures.labels(first: trials.tried[0].count)
        let answerable = pictures.answerable(first: labels.count)
        guard answerable.contains(where: { choice.answers.right[$0] < 1 }) else { return nil }
        let training =
            pictures.look.areDrawn
            ? Result.Training(pictures: total, classes: labels.names.count)
            : Result.Training(photographs: total, classes: labels.names.count)
        let (parts, seconds) = Self.parts(
            part, training, labels, total: total, in: (deadline - ContinuousClock.now) / .seconds(1))
        guard let parts else { return TrainedTrials(stopped: tooSlow(part.name, seconds)) }
        return try tried(
            part.name, training, parts, on: pictures, trials, choice, total: total, until: deadline, monitor)
    }

    private func tooSlow(_ name: String, _ seconds: Double) -> Result.StoppedBackbone {
        .init(backbone: "\(name), trained on", reason: .tooSlow(seconds: seconds))
    }

    /// What comes of a training, by as many as there are parts of the pictures.
    private func tried(
        _ name: String, _ training: Result.Training, _ parts: Int,
        on pictures: LearningPictures, _ trials: LearningTrials, _ choice: LearningChoice, total: Int,
        until deadline: ContinuousClock.Instant, _ monitor: Monitor
    ) throws -> TrainedTrials? {
        let labels = pictures.labels(first: trials.tried[0].count)
        let answerable = pictures.answerable(first: labels.count)
        let division = LearningChoice.divisions(of: pictures, labels, parts, 1, seed: seed)[0]
        let examples = trials.examples(choice.parts, labels)
        // On the same parts.
        let untrained = try LeftOutAnswers(of: choice.classifier, examples, [division]).right
        func trained(_ classifier: Classifier) -> Result.Choice {
            Result.Choice(backbone: name, training: training, classifier: classifier)
        }
        let recipe = try Recipe(text: recipe(of: trained(.classMean)), path: "akin learn")
        guard let trainings = LearningTraining(pictures, total: total, recipe, division) else { return nil }
        let began = ContinuousClock.now
        var result = TrainedTrials()
        do {
            let answers = try monitor.during("training on them", endsInOrder: true) { work in
                try trainings.answers(until: deadline) { done in
                    work.update(done)
                    return !monitor.isCancelled
                }
            }
            let right = answers.map(\.right)
            let seconds = (ContinuousClock.now - began) / .seconds(1)
            let selection = ModelSelection(
                errors: ([untrained] + right).map { $0.map { 1 - $0 } },
                complexity: [0] + right.map { _ in 1 }, tolerance: 1)
            let chosen = selection.choice
            result.isChosen = chosen > 0
            result.tried = zip(LearningTraining.classifiers, right).map { classifier, right in
                let accuracy = answerable.reduce(0) { $0 + right[$1] } / Double(answerable.count)
                return Result.Trial(
                    choice: trained(classifier), pictures: answerable.count, accuracy: accuracy,
                    seconds: seconds)
            }
            guard result.isChosen else { return result }
            result.tried.swapAt(0, chosen - 1)
            result.answers = Result.Answer.list(answers[chosen - 1], pictures, count: labels.count)
            let gain = try LearningChoice.gain(
                of: choice.classifier, trials, examples, right: untrained, parts: division.count, seed: seed)
            let asNew = try monitor.during("asking about new classes", endsInOrder: true) { _ in
                try trainings.rightAsNew(
                    by: result.tried[0].choice.classifier,
                    perPicture: seconds / Double(trainings.workOfParts),
                    until: deadline
                ) { !monitor.isCancelled }
            }
            result.expectation = expectation(selection, [untrained] + right, asNew, pictures, gain: gain)
        } catch let error as LearningTraining.Interruption {
            guard case .tooSlow(let seconds) = error else { return result }
            result.stopped = tooSlow(name, seconds)
        } catch is TrainingError {
            // What it has come to can't be compared.
            return nil
        }
        return result
    }

    /// What is trained, where that suits the pictures.
    private func trainable(_ trials: LearningTrials, _ choice: LearningChoice) -> LearningPart? {
        let parts = trials.parts.filter { $0.backbone is Checkpoint && $0.count > 0 }
        if trainedOn != nil || trials.pictures.look.areDrawn {
            return parts.first { $0.name == (trainedOn ?? "shapes").text }
        }
        let chosen = Set(choice.parts.map { trials.parts[$0].name })
        return parts.first { part in
            chosen.contains(part.name) && PublishedBackbone.all.contains { $0.name == part.name }
        }
    }

    /// In how many parts the pictures are divided, each of which is answered by a training without it: as many as a usual class has
    /// pictures, five at most, and no more than there is time for; nil where there is none. And how many seconds all will take, about.
    private static func parts(
        _ part: LearningPart, _ training: Result.Training, _ labels: ItemLabels, total: Int, in left: Double
    ) -> (parts: Int?, seconds: Double) {
        // Training on a picture takes four to six times as long as embedding it. What is not over in time is ended anyway.
        let perPicture = 6 * part.secondsOfEmbedding * Double(training.epochs)
        func needed(_ parts: Int) -> Double { perPicture * Double((parts - 1) * labels.count + total) }
        let parts = (2...min(LearningChoice.usualParts(labels), 5)).last { needed($0) < 0.8 * left }
        return (parts, needed(parts ?? 2))
    }

    private func expectation(
        _ selection: ModelSelection, _ right: [[Double]], _ rightAsNew: [Double]?,
        _ pictures: LearningPictures, gain: Double
    ) -> ExpectedAccuracy? {
        let count = right[0].count
        let choices = selection.choicesWithoutItems(repeats: 10, seed: seed)
        return ExpectedAccuracy(
            right: (0..<count).map { item in
                choices.reduce(0) { $0 + right[$1[item]][item] } / Double(choices.count)
            }, rightAsNew: rightAsNew, gain: gain, of: pictures.labels(first: count),
            answerable: pictures.answerable(first: count),
            groups: pictures.hasGroups ? pictures.groupNumbers(first: count) : nil)
    }

    /// The backbone, trained on all pictures as its recipe says; nil where that was interrupted, or came to nothing that can be used:
    /// what was chosen before is as good as it was.
    func trained(_ choice: Result.Choice, on dataset: Dataset, _ monitor: Monitor) throws -> Checkpoint? {
        let recipe = try Recipe(text: recipe(of: choice), path: "akin learn")
        let trainer = try Trainer(
            recipe, data: PreparedImages(dataset, preprocessing: recipe.preprocessing))
        do {
            let isFinished = try monitor.during("training", endsInOrder: true) { work in
                try trainer.run { progress in
                    let seen = (progress.epoch - 1) * dataset.count + progress.images
                    work.update(WorkProgress(done: seen, total: progress.epochs * dataset.count))
                    return !monitor.isCancelled
                }
            }
            return isFinished ? trainer.checkpoint : nil
        } catch is TrainingError { return nil }
    }
}
