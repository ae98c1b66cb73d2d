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
        /// Why it was not tried to the end.
        var stopped: Result.StoppedBackbone?
    }

    /// Tries it, where it can have a point: pictures are drawn, not all of them are known already, and there is time.
    func train(
        on pictures: LearningPictures, _ trials: LearningTrials, _ choice: LearningChoice, total: Int,
        until deadline: ContinuousClock.Instant, _ monitor: Monitor
    ) throws -> TrainedTrials? {
        guard let name = trainedOn?.text, pictures.look.areDrawn, !monitor.isCancelled,
            trials.parts.contains(where: { $0.name == name && $0.backbone is Checkpoint })
        else { return nil }
        let count = trials.tried[0].count
        let labels = pictures.labels(first: count)
        let answerable = pictures.answerable(first: count)
        let parts = min(LearningChoice.usualParts(labels), LearningTraining.mostParts)
        let division = LearningChoice.divisions(of: pictures, labels, parts, 1, seed: seed)[0]
        let examples = trials.examples(choice.parts, labels)
        let untrained = try LearningChoice.right(of: choice.classifier, examples, [division])
        guard answerable.contains(where: { untrained[$0] < 1 }) else { return nil }
        let training = Result.Training(pictures: total, classes: labels.names.count)
        func trained(_ classifier: Classifier) -> Result.Choice {
            Result.Choice(backbone: name, training: training, classifier: classifier)
        }
        let recipe = try Recipe(text: recipe(of: trained(.classMean)), path: "akin learn")
        guard let trainings = LearningTraining(pictures, count: count, total: total, recipe: recipe, division)
        else { return nil }
        func secondsLeft() -> Double { (deadline - ContinuousClock.now) / .seconds(1) }
        let began = ContinuousClock.now
        var result = TrainedTrials()
        do {
            let right = try monitor.during("training on them", endsInOrder: true) { work in
                try trainings.right(secondsLeft: secondsLeft) { done in
                    work.update(done)
                    return !monitor.isCancelled
                }
            }
            let seconds = (ContinuousClock.now - began) / .seconds(1)
            let selection = ModelSelection(
                errors: ([untrained] + right).map { right in right.map { 1 - $0 } },
                complexity: [0] + right.indices.map { _ in 1 }, tolerance: 1)
            let chosen = selection.choice
            result.isChosen = chosen > 0
            result.tried = right.indices.map { place in
                let sum = answerable.reduce(0) { $0 + right[place][$1] }
                return Result.Trial(
                    choice: trained(LearningTraining.classifiers[place]), pictures: answerable.count,
                    accuracy: sum / Double(answerable.count), seconds: seconds)
            }
            guard result.isChosen else { return result }
            result.tried.swapAt(0, chosen - 1)
            let new = try monitor.during("asking about new classes", endsInOrder: true) { work in
                try trainings.rightAsNew(
                    by: LearningTraining.classifiers[chosen - 1], secondsLeft: secondsLeft
                ) { !monitor.isCancelled }
            }
            result.expectation = expectation(
                selection, right: [untrained] + right, rightAsNew: new, pictures, count: count,
                gain: try LearningChoice.gain(
                    of: choice.classifier, trials, examples, right: untrained, parts: division.count,
                    seed: seed))
        } catch let error as LearningTraining.Interruption {
            if case .tooSlow(let seconds) = error {
                result.stopped = .init(backbone: "\(name), trained on", reason: .tooSlow(seconds: seconds))
            }
        } catch is TrainingError {
            // What it has come to can't be compared.
            return nil
        }
        return result
    }

    private func expectation(
        _ selection: ModelSelection, right: [[Double]], rightAsNew: [Double]?, _ pictures: LearningPictures,
        count: Int, gain: Double
    ) -> ExpectedAccuracy? {
        let choices = selection.choicesWithoutItems(repeats: 10, seed: seed)
        return ExpectedAccuracy(
            right: (0..<count).map { item in
                choices.reduce(0) { $0 + right[$1[item]][item] } / Double(choices.count)
            }, rightAsNew: rightAsNew, gain: gain, of: pictures.labels(first: count),
            answerable: pictures.answerable(first: count),
            groups: pictures.hasGroups ? pictures.groupNumbers(first: count) : nil)
    }

    /// The backbone, trained on all pictures as its recipe says; nil where that was interrupted.
    func trained(_ choice: Result.Choice, on dataset: Dataset, _ monitor: Monitor) throws -> Checkpoint? {
        let recipe = try Recipe(text: recipe(of: choice), path: "akin learn")
        let trainer = try Trainer(
            recipe, data: PreparedImages(dataset, preprocessing: recipe.preprocessing))
        let isFinished = try monitor.during("training", endsInOrder: true) { work in
            try trainer.run { progress in
                let seen = (progress.epoch - 1) * dataset.count + progress.images
                work.update(WorkProgress(done: seen, total: progress.epochs * dataset.count))
                return !monitor.isCancelled
            }
        }
        return isFinished ? trainer.checkpoint : nil
    }
}
