import Akin
import ArgumentParser

extension Classifier.Weighting: ExpressibleByArgument {}
extension SupportVectors.Kernel: ExpressibleByArgument {}

/// How a query is given a class.
struct ClassifierOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "How the class is found: \(Classifier.names.joined(separator: " or ")).", valueName: "name"))
    var classifier = Classifier.names[0]

    @Option(
        name: .customShort("k", allowingJoined: true),
        help: ArgumentHelp("How many neighbours vote, and are shown.", valueName: "n"))
    var neighbours = 5

    @Option(help: "What a neighbour's vote counts: the same, or 1 / distance.")
    var weighting = Classifier.Weighting.uniform

    @Option(help: "In which space support-vectors tells classes apart.")
    var kernel = SupportVectors.Kernel.radial

    mutating func validate() throws {
        do {
            // The number of neighbours shown matters to every classifier.
            _ = try Classifier(named: Classifier.names[0], k: neighbours)
            _ = try Classifier(named: classifier)
        } catch {
            throw ValidationError("\(error)")
        }
    }

    /// What the options say, once they are valid.
    func chosen() throws -> Classifier {
        try Classifier(named: classifier, k: neighbours, weighting: weighting, kernel: kernel)
    }
}
