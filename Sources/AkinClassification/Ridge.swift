import AkinItems
import AkinTensors
import AkinVectorSearch

/// Regularised least squares on one-of-n targets: each class gets a linear function that shall be 1 on its own items and 0
/// on all others; the class with the largest value wins. Classes weigh the same, however many items they have, and the
/// intercept is not penalised (`RidgeSystem` says exactly what is minimised).
///
/// The penalty is that of 13 shares of the embeddings' variance, 4⁻⁸ to 4⁴, with the least squared error where each item is
/// answered by a fit without it, which a formula tells exactly; where every class has one item it is 4⁻⁴.
///
/// A class of few items comes out too low: what it is told by lies about items that others have more of. So its value is raised
/// by `g/2 · (1/√items - 1/√items of the largest class)`, where `g` is by how much the value of an item's own class is above the
/// mean of the others, in the mean over the classes, each item answered by a fit without it; with classes of one size nothing
/// changes. Half of it was chosen on folders of strangers' pictures with 1 to 30 a class (`Classifiers.md`).
///
/// The score of a class is `exp(value / e)`, divided by the sum over all classes, where `e` is that error's mean over the
/// classes: what normally distributed errors of that size make probable. Not calibrated. Where values are equal, the class of
/// the nearest single item wins, then the label that sorts first.
///
/// **Leaving out** an item alone needs no fit: its answer is exactly that of fitting everything to all others, the weights of
/// its class and the mean included, with the penalty that has the least error over the *other* items (each of these answered
/// without itself), and raised by what the others say. Several items that are left out together are answered by a fit to the rest, penalty and all.
public struct Ridge: ClassificationRule {
    /// `ridge`
    public static let name = "ridge"

    /// What a unit of the coefficients' squared length counts beside the mean squared error; nil where it is chosen.
    public let penalty: Double?

    /// The penalty, above 0, is chosen unless it is given. With one that is given nothing else is chosen either: no class is raised.
    public init(penalty: Double? = nil) { self.penalty = penalty }

    /// There is nothing to set.
    public init(_ settings: ClassifierSettings) { self.init() }

    /// That single items do not decide.
    public var explanation: String {
        "The class is the one whose linear function of the embedding is largest; the nearest single items can be of another."
    }

    /// Throws if the penalty is not above 0.
    public func check(metric: Metric.Kind) throws(ClassificationError) {
        if let penalty, !(penalty > 0 && penalty.isFinite) { throw .unusableNumber(penalty, what: "penalty") }
    }

    /// The linear functions.
    public var keepsFit: Bool { true }

    /// Holds the coordinates of all items in double precision. O(items · dimension² + dimension³) for more items than
    /// dimensions, else O(items² · dimension), and 13 times O(items · dimension · classes + items · dimension · the largest
    /// class' items or dimensions, whichever are fewer).
    public func fitted(to reader: any GalleryReader, in scope: ItemScope) throws -> any FittedRule {
        try check(metric: reader.metric.kind)
        let (_, examples) = try Examples.of(reader, in: scope)
        let (space, coordinates) = SpannedSpace.of(examples.embeddings, by: examples.metric)
        let system = RidgeSystem(coordinates, examples.labels.members)
        let penalties = RidgePenalties(system, fixed: penalty)
        let best = penalties.best
        return FittedLinearFunctions(
            names: examples.labels.names, counts: examples.labels.counts,
            functions: space.onEmbeddings(
                system.functions(penalty: penalties.penalties[best.position])
                    .raised(by: best.raises(counts: examples.labels.counts))),
            temperature: Self.temperature(best), scope: scope, metric: examples.metric)
    }

    /// The linear functions.
    public func fitted(from record: [UInt8], by metric: Metric, dimension: Int) -> (any FittedRule)? {
        FittedLinearFunctions(record, by: metric, dimension: dimension)
    }

    /// That of the system, and of all penalties with each item left out.
    public func costOfFit(items: Int, dimension: Int, classes: Int) -> Double? {
        let (count, columns) = (Double(items), Double(dimension))
        return count * columns * (min(count, columns) / 10 + 13 * Double(classes))
    }

    /// By the formula where an item is left out alone.
    public func answers(
        leavingOut positions: [Int], _ folds: Folds, of examples: Examples, listing: Int
    ) throws -> [LeftOutAnswer] {
        try examples.answers(leavingOut: positions, folds, by: self, listing: listing) { rest in
            var (values, raises, choices) = leftOutAlone(rest)
            for i in values.values.indices { values.values[i] += raises.values[i] }
            return LeftOutDistances(values: values, temperatures: choices.map(Self.temperature))
        }
    }

    /// Values that have no error would be divided by 0.
    private static func temperature(_ choice: RidgePenalties.Choice) -> Double {
        max(choice.meanSquaredError, 1e-6)
    }
}

extension Classifier {
    /// Regularised least squares on one-of-n targets: `Ridge`.
    public static let ridge = Classifier(Ridge())
}
