import AkinItems
import AkinTensors
import AkinVectorSearch

/// Linear discriminant analysis (Fisher 1936; Rao 1948): the class whose mean is nearest wins, by one covariance that all
/// classes share: of how the items deviate from the means of their classes or, where every class has one item, of how they deviate
/// from the mean of all.
///
/// **Penalised**, as it is unless told otherwise (after Hastie, Buja and Tibshirani 1995, "Penalized Discriminant Analysis"): a penalty
/// is added to all variances, the one that ridge regression of the same items chooses by leaving each out (`Ridge`), and half of
/// the square of a class mean's length counts, less what its few items make of it (`DiscriminantSystem`). Of five pictures a class it
/// is better than ridge by one to two points in the mean of people's folders, and it does not favour classes of many pictures
/// (`Classifiers.md` has the figures). The score of a class is the softmax of the values divided by a temperature, which is such
/// that what the left-out items are becomes most probable. Where values are equal, the class of the nearest single item wins, then
/// the label that sorts first.
///
/// **By Ledoit and Wolf** (2004), `discriminant:ledoit-wolf`: the covariance is shrunk as far towards that of plain distance as they
/// find best, all of the square counts, and all classes are as probable, however many items they have. The score of a class is the
/// softmin of the Mahalanobis distances, not of half their squares: probabilities of that model are near 1 for right and wrong answers
/// alike where there are hundreds of dimensions.
///
/// **Leaving out** an item alone needs no fit: its answer is exactly that of fitting everything to all others, means,
/// covariance and shrinkage, with the penalty and the temperature that are best for the *others* (each of these answered without
/// itself). Several items that are left out together are answered by a fit to the rest.
public struct Discriminant: ClassificationRule {
    /// `discriminant`
    public static let name = "discriminant"

    /// How the covariance is kept from believing too much of few items.
    public enum Shrinkage: String, Sendable, Hashable, Codable {
        /// By a penalty that leaving out each item chooses.
        case penalty
        /// By the formula of Ledoit and Wolf.
        case ledoitWolf = "ledoit-wolf"
    }

    /// By what the covariance is shrunk.
    public let shrinkage: Shrinkage

    /// What is added to every variance; nil where it is chosen, and of one that is shrunk by a formula.
    package let penalty: Double?

    /// By a penalty unless told otherwise.
    public init(shrinkage: Shrinkage = .penalty) { (self.shrinkage, penalty) = (shrinkage, nil) }

    /// By that penalty, above 0.
    package init(penalty: Double) {
        precondition(penalty > 0, "a penalty above 0")
        (shrinkage, self.penalty) = (.penalty, penalty)
    }

    /// The shrinkage.
    public init(_ settings: ClassifierSettings) { self.init(shrinkage: settings.shrinkage) }

    /// The name, and the shrinkage where it is not the usual one: `discriminant (ledoit-wolf)`.
    public var description: String {
        shrinkage == .penalty ? Self.name : "\(Self.name) (\(shrinkage.rawValue))"
    }

    /// The linear functions, of penalised ones.
    public var keepsFit: Bool { shrinkage == .penalty }

    /// That single items do not decide.
    public var explanation: String {
        "The class is the one whose mean embedding lies nearest, by how items vary within their classes; "
            + "the nearest single items can be of another."
    }

    /// Holds the coordinates of all items in double precision. O(items · dimension² + dimension³) for more items than
    /// dimensions, else O(items² · dimension); and for the penalty what `Ridge` takes.
    public func fitted(to reader: any GalleryReader, in scope: ItemScope) throws -> any FittedRule {
        let (_, examples) = try Examples.of(reader, in: scope)
        guard shrinkage == .ledoitWolf else {
            let fit = PenalizedDiscriminant(examples, penalty: penalty)
            return FittedLinearFunctions(
                names: examples.labels.names, counts: examples.labels.counts, functions: fit.functions,
                temperature: fit.temperature, scope: scope, metric: examples.metric)
        }
        let (space, coordinates) = SpannedSpace.of(examples.embeddings, by: examples.metric)
        return FittedDiscriminant(
            labels: examples.labels, scope: scope, space: space,
            system: DiscriminantSystem(
                coordinates, examples.labels.members, dimension: space.dimension))
    }

    /// That of ridge, and the exponentials by which the temperature is found.
    public func costOfFit(items: Int, dimension: Int, classes: Int) -> Double? {
        Ridge().costOfFit(items: items, dimension: dimension, classes: classes).map {
            $0 + LeftOutTemperatures.cost * Double(items) * Double(classes)
        }
    }

    /// The linear functions, of penalised ones.
    public func fitted(from record: [UInt8], by metric: Metric, dimension: Int) -> (any FittedRule)? {
        keepsFit ? FittedLinearFunctions(record, by: metric, dimension: dimension) : nil
    }

    /// By the formula where an item is left out alone; by Ledoit and Wolf O(items · dimension · (classes + the largest class'
    /// items)) more than a fit.
    public func answers(
        leavingOut positions: [Int], _ folds: Folds, of examples: Examples, listing: Int
    ) throws -> [LeftOutAnswer] {
        try examples.answers(leavingOut: positions, folds, by: self, listing: listing) { rest in
            guard shrinkage == .ledoitWolf else {
                return PenalizedDiscriminant(rest, penalty: penalty).leftOut
            }
            let (space, coordinates) = SpannedSpace.of(rest.embeddings, by: rest.metric)
            let members = rest.labels.members
            let system = DiscriminantSystem(coordinates, members, dimension: space.dimension)
            var found = LeftOutDistances(examples: rest.labels.count, classes: members.count)
            for (example, distances) in system.leftOut().enumerated() {
                let distances =
                    distances
                    ?? Self.refitted(without: example, coordinates, rest.labels, dimension: space.dimension)
                for (own, distance) in distances.enumerated() { found.distances[example, own] = distance }
            }
            return found
        }
    }

    /// The distances of an example from the class means of a fit to all others.
    private static func refitted(
        without example: Int, _ coordinates: DoubleMatrix, _ labels: ItemLabels, dimension: Int
    ) -> [Double] {
        let others = (0..<labels.count).filter { $0 != example }
        let rest = ItemLabels(others.map { labels.names[labels.classes[$0]] })
        let system = DiscriminantSystem(coordinates.rows(at: others), rest.members, dimension: dimension)
        let distances = system.distances(of: coordinates.rows(at: [example]), beyond: [0])
        var found = [Double](repeating: .infinity, count: labels.names.count)
        for (name, distance) in zip(rest.names, distances[0]) {
            if let own = labels.names.firstIndex(of: name) { found[own] = distance }
        }
        return found
    }
}

private struct FittedDiscriminant: FittedRule {
    let labels: ItemLabels
    let scope: ItemScope
    let space: SpannedSpace
    let system: DiscriminantSystem

    func predictions(
        for queries: Matrix, in reader: any GalleryReader, listing listed: Int, method: SearchMethod
    ) throws -> [Prediction] {
        let (coordinates, beyond) = space.coordinates(of: queries)
        let distances = system.distances(of: coordinates, beyond: beyond)
        return try reader.predictions(
            for: queries, in: scope, listing: listed, method: method, names: labels.names,
            counts: labels.counts
        ) { row in Array(distances[row]) }
    }
}

extension Classifier {
    /// Class means and one covariance to which a penalty is added: `Discriminant`.
    public static let discriminant = Classifier(Discriminant())
}
