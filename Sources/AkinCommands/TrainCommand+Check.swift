import Akin
import AkinBasics
import ArgumentParser

/// What `akin train` does instead of training.
extension TrainCommand {
    /// Says whether the training can be done, and what it takes; fails where it can't.
    func runCheck() throws {
        let (recipe, errors) = options.recipeAndErrors()
        guard let recipe else { throw told(errors) }
        let training = TrainBackbone(
            recipe, pictures: options.data, output: output, replacing: writing.force, resuming: resume)
        let result = try printing.perform(CheckTraining(of: training, known: errors)) { $0.text }
        guard result.problems.isEmpty else { throw told(result.problems) }
        try batch.check(result.skipped)
    }

    /// All but the last of some errors have been told then; there is one at least.
    private func told(_ errors: [any Error]) -> any Error {
        for error in errors.dropLast() {
            printError("akin: error: \(printable(explanation(of: error)))")
        }
        return errors[errors.count - 1]
    }

    /// Looks for a learning rate.
    func lookForRate(of recipe: Recipe, to file: OutputFile) throws {
        let job = FindLearningRate(recipe, pictures: options.data, to: file)
        let result = try printing.perform(job) { $0.text }
        printing.tell(of: file, as: "curve")
        try batch.check(result.skipped)
    }
}

extension FindLearningRate.Result {
    /// For people.
    fileprivate var text: String {
        var facts: [[String]] = []
        if let suggestion = test.suggestion, let lowest = test.lowest {
            facts = [
                ["suggested", "\(suggestion)", "where the loss falls fastest"],
                [
                    "lowest loss", "\(lowest)",
                    test.risesAgain
                        ? "above this it rises again"
                        : "the last rate that was tried; it may fall further above",
                ],
            ]
        }
        if let harmful = test.harmful {
            facts.append([
                "too high", "\(harmful)",
                test.exploded
                    ? "from there on the loss is higher than in the beginning, and explodes"
                    : "from there on the loss is higher than in the beginning",
            ])
        } else if let last = test.points.last {
            facts.append([
                "tried up to", "\(last.rate)", "at no rate the loss is higher than in the beginning",
            ])
        }
        facts.append(["the recipe's", "\(rate)", ""])
        let nothing =
            test.suggestion == nil
            ? "at no rate the loss falls by more than the noise of its batches; the recipe's layers, loss or pictures teach nothing here\n"
            : ""
        return nothing + aligned(facts)
    }
}
