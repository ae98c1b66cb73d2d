import AkinItems
import AkinTensors
import AkinVectorSearch

/// Linear discriminant analysis (Fisher 1936; Rao 1948): the class whose mean is nearest wins, by the Mahalanobis distance
/// of one covariance that all classes share. That is of how the items deviate from the means of their classes, shrunk as far
/// as Ledoit and Wolf (2004) find best: the fewer items, the nearer it is to that of plain distance. Where every class has
/// one item, it is of how the items deviate from the mean of all (`DiscriminantSystem` has the formulas).
///
/// All classes are as probable, however many items they have. The score of a class is the softmin of the distances, not of
/// half their squares, as for other rules: probabilities of that model are near 1 for right and wrong answers alike where
/// there are hundreds of dimensions. Not calibrated. Where distances are equal, the class of the nearest single item wins, then the
/// label that sorts first.
///
/// **Leaving out** an item alone needs no fit: its answer is exactly that of fitting everything to all others, means,
/// covariance and shrinkage. Several items that are left out together are answered by a fit to the rest.
public struct Discriminant: ClassificationRule {
    /// `discriminant`
    public static let name = "discriminant"

    /// There is nothing to set.
    public init() {}

    /// There is nothing to set.
    public init(_ settings: ClassifierSettings) {}

    /// That single items do not decide.
    public var explanation: String {
        "The class is the one whose mean embedding lies nearest, by how items vary within their classes; "
            + "the nearest single items can be of another."
    }

    /// Holds the coordinates of all items in double precision. O(items · dimension² + dimension³) for more items than
    /// dimensions, else O(items² · dimension).
    public func fitted(to reader: any GalleryReader, in scope: ItemScope) throws -> any FittedRule {
        let (_, examples) = try Examples.of(reader, in: scope)
        let (space, coordinates) = SpannedSpace.of(examples.embeddings, by: examples.metric)
        return FittedDiscriminant(
            labels: examples.labels, scope: scope, space: space,
            system: DiscriminantSystem(
                coordinates, examples.labels.members, dimension: space.dimension))
    }

    /// By the formula where an item is left out alone: O(items · dimension · (classes + the largest class' items)) more
    /// than a fit.
    public func answers(
        leavingOut positions: [Int], _ folds: Folds, of examples: Examples, listing: Int
    ) throws -> [LeftOutAnswer] {
        try examples.answers(leavingOut: positions, folds, by: self, listing: listing) { rest in
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
    /// Class means and one shrunk covariance: `Discriminant`.
    public static let discriminant = Classifier(Discriminant())
}
