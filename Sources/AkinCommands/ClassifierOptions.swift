import Akin
import ArgumentParser

extension Classifier.Weighting: ExpressibleByArgument {}
extension SupportVectors.Kernel: ExpressibleByArgument {}

/// How a query is given a class.
struct ClassifierOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "How the class is found: \(Classifier.names.joined(separator: " or ")). (default: as 'akin learn' or 'akin index "
                + "calibrate' has chosen for the index, or \(Classifier.usual.name))", valueName: "name"))
    var classifier: String?

    @Option(
        name: .customShort("k", allowingJoined: true),
        help: ArgumentHelp(
            "How many neighbours vote; without --classifier it asks nearest-neighbours. (default: 5)",
            valueName: "n"))
    var k: Int?

    @Option(help: "What a neighbour's vote counts: the same, or 1 / distance. (default: uniform)")
    var weighting: Classifier.Weighting?

    @Option(help: "In which space support-vectors tells classes apart. (default: radial)")
    var kernel: SupportVectors.Kernel?

    mutating func validate() throws {
        do {
            _ = try Classifier(named: Classifier.names[0], k: voters)
            _ = try Classifier(named: classifier ?? Classifier.names[0])
        } catch {
            throw ValidationError("\(error)")
        }
    }

    /// How many neighbours vote, of a classifier that counts votes.
    var voters: Int { k ?? ClassifierSettings().k }

    /// What the options say, once they are valid; nil where they say nothing, and the index decides.
    func chosen() throws -> Classifier? {
        let usual = ClassifierSettings()
        guard classifier != nil || k != nil || weighting != nil || kernel != nil else { return nil }
        return try Classifier(
            named: classifier ?? (kernel == nil ? NearestNeighbours.name : SupportVectors.name), k: voters,
            weighting: weighting ?? usual.weighting, kernel: kernel ?? usual.kernel)
    }
}
