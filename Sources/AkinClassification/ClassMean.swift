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

    /// The means.
    public var keepsFit: Bool { true }

    /// Holds an embedding for each class: O(classes · dimension).
    public func fitted(to reader: any GalleryReader, in scope: ItemScope) throws -> any FittedRule {
        FittedClassMean(
            classes: try ClassMeans(of: reader, in: scope), scope: scope, metric: reader.metric)
    }

    /// The means.
    public func fitted(from record: [UInt8], by metric: Metric, dimension: Int) -> (any FittedRule)? {
        ClassMeans(record, dimension: dimension).map {
            FittedClassMean(classes: $0, scope: ItemScope(), metric: metric)
        }
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
    let classes: ClassMeans
    let scope: ItemScope
    let metric: Metric

    var record: [UInt8]? { classes.record }

    func predictions(
        for queries: Matrix, in reader: any GalleryReader, listing listed: Int, method: SearchMethod
    ) throws -> [Prediction] {
        let distances = metric.distances(trusted: queries, to: classes.means)
        return try reader.predictions(
            for: queries, in: scope, listing: listed, method: method, names: classes.names,
            counts: classes.counts
        ) { row in distances[row].map(Double.init) }
    }
}

extension Classifier {
    /// The class whose mean embedding lies nearest wins: `ClassMean`.
    public static let classMean = Classifier(ClassMean())
}
