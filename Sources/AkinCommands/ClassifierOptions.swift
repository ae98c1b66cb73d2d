import Akin
import ArgumentParser

extension Classifier.Weighting: ExpressibleByArgument {}
extension SupportVectors.Kernel: ExpressibleByArgument {}

/// How a query is given a class.
struct ClassifierOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "How the class is found: \(Classifier.names.joined(separator: " or ")). (default: as 'akin learn' or 'akin index "
                + "calibrate' has chosen for the index, or \(Classifier.usual.name))", valueName: "name"),
        completion: .list(Classifier.names))
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

    @Option(help: ArgumentHelp("Of the polynomial kernel. (default: 3)", valueName: "n"))
    var degree: Int?

    @Option(
        help: ArgumentHelp("How many trees random-forest grows. (default: 100)", valueName: "n"))
    var trees: Int?

    mutating func validate() throws {
        do {
            _ = try Classifier(named: Classifier.names[0], k: voters)
            _ = try Classifier(written: classifier ?? Classifier.names[0])
            for name in [SupportVectors.name, RandomForest.name] {
                _ = try Classifier(named: name, settings: settings)
            }
        } catch {
            throw ValidationError("\(error)")
        }
    }

    /// How many neighbours vote, of a classifier that counts votes.
    var voters: Int { k ?? ClassifierSettings().k }

    /// What the options say, once they are valid; nil where they say nothing, and the index decides.
    func chosen() throws -> Classifier? {
        let isOfKernel = kernel != nil || degree != nil
        guard classifier != nil || k != nil || weighting != nil || isOfKernel || trees != nil else {
            return nil
        }
        let meant =
            isOfKernel ? SupportVectors.name : trees != nil ? RandomForest.name : NearestNeighbours.name
        return try Classifier(written: classifier ?? meant, settings: settings)
    }

    private var settings: ClassifierSettings {
        let usual = ClassifierSettings()
        // A degree is that of the polynomial kernel.
        let kernel = kernel ?? (degree == nil ? usual.kernel : .polynomial)
        return ClassifierSettings(
            k: voters, weighting: weighting ?? usual.weighting, kernel: kernel,
            degree: degree ?? usual.degree, trees: trees ?? usual.trees)
    }
}
