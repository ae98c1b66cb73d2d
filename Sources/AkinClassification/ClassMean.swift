import AkinItems
import AkinTensors
import AkinVectorSearch

/// The class whose mean embedding lies nearest wins (the prototypes of Snell, Swersky and Zemel 2017, section 2.2), by
/// the gallery's metric. By `cosine` the mean is that of the embeddings' directions.
///
/// Where two means are equally near, the class of the nearest single item wins, then the label that sorts first.
public struct ClassMean: ClassificationRule {
    /// `class-mean`
    public static let name = "class-mean"

    /// There is nothing to set.
    public init() {}

    /// There is nothing to set.
    public init(_ settings: ClassifierSettings) {}

    /// That single items do not decide.
    public var explanation: String {
        "The class is the one whose mean embedding lies nearest; the nearest single items can be of another."
    }

    /// Holds an embedding for each class: O(classes · dimension).
    public func fitted(to reader: any GalleryReader, in scope: ItemScope) throws -> any FittedRule {
        let classes = try ClassSums(of: reader, in: scope)
        return FittedClassMean(
            names: classes.names, counts: classes.counts, scope: scope, metric: reader.metric,
            means: classes.means)
    }

    /// Takes what is left out from the sum of its class.
    public func answers(
        leavingOut positions: [Int], _ folds: Folds, of examples: Examples, listing: Int
    ) throws -> [LeftOutAnswer] {
        examples.answers(
            leavingOut: positions, folds, of: examples.embeddings, toMeansBy: examples.metric
        ) { examples.prediction(by: $0, distances: $1, listing: listing) }
    }
}

private struct FittedClassMean: FittedRule {
    let names: [String]
    let counts: [Int]
    let scope: ItemScope
    let metric: Metric
    /// `[names, dimension]`
    let means: Matrix

    func predictions(
        for queries: Matrix, in reader: any GalleryReader, listing listed: Int, method: SearchMethod
    ) throws -> [Prediction] {
        let distances = metric.distances(from: queries, to: means)
        return try reader.predictions(
            for: queries, in: scope, listing: listed, method: method, names: names, counts: counts
        ) { row in distances[row].map(Double.init) }
    }
}

extension Classifier {
    /// The class whose mean embedding lies nearest wins: `ClassMean`.
    public static let classMean = Classifier(ClassMean())
}
