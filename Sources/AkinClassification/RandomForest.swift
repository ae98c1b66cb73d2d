import AkinItems
import AkinTensors
import AkinVectorSearch

/// A forest of decision trees (Breiman 2001, "Random forests"; thesis, section 5.4.4): each is grown on as many items as there are, drawn
/// with replacement, until its leaves are of one class; at each node it takes the best division by one of `sqrt(dimension)` components,
/// drawn at random. The class whose share is largest in the mean of the leaves that the query comes to is the answer.
///
/// The best division is that after which the Gini index is smallest, where the items of a class weigh 1 / their number, so that small
/// classes count as much as large ones: as scikit-learn's `class_weight="balanced"`. Embeddings are taken as they are, by the metric
/// `cosine` of unit length.
///
/// The score of a class is that mean share; not calibrated. Equal ones are told apart by the nearest item, then by label.
///
/// To grow a forest anew for each item would take too long: so an evaluation leaves out ten folds, not one item after the other.
public struct RandomForest: ClassificationRule {
    /// `random-forest`
    public static let name = "random-forest"
    /// How many trees there may be.
    public static let treeCounts = 1...10_000

    /// How many trees.
    public let trees: Int
    /// What is drawn is drawn with it.
    public let seed: UInt64

    /// So many trees, one of `treeCounts`.
    public init(trees: Int = 100, seed: UInt64 = 1) {
        self.trees = trees
        self.seed = seed
    }

    /// The trees and the seed.
    public init(_ settings: ClassifierSettings) throws(ClassificationError) {
        guard Self.treeCounts.contains(settings.trees) else {
            throw .unusableTrees(settings.trees, allowed: Self.treeCounts)
        }
        self.init(trees: settings.trees, seed: settings.seed)
    }

    /// Throws if no forest may have so many trees.
    public func check(metric: Metric.Kind) throws(ClassificationError) {
        guard Self.treeCounts.contains(trees) else { throw .unusableTrees(trees, allowed: Self.treeCounts) }
    }

    /// That single items do not decide.
    public var explanation: String {
        "The class is the one that has the largest share in what \(trees) decision trees say; the nearest single items can be of another."
    }

    /// The name with its settings: `random-forest (100 trees)`.
    public var description: String { "\(Self.name) (\(trees == 1 ? "1 tree" : "\(trees) trees"))" }

    /// Ten.
    public var stratifiedFolds: Int? { 10 }

    /// Holds all values as ranks, 12 bytes for each with the value itself, while it grows.
    /// O(trees · items · sqrt(dimension) · depth).
    ///
    /// - Throws: `ClassificationError.lacksMemory` for more than four million classes, and what the gallery throws.
    public func fitted(to reader: any GalleryReader, in scope: ItemScope) throws -> any FittedRule {
        try check(metric: reader.metric.kind)
        let (_, examples) = try Examples.of(reader, in: scope)
        let labels = examples.labels
        guard labels.names.count < TreeGrower.mostClasses else { throw ClassificationError.lacksMemory }
        let (count, classes) = (Double(labels.count), Double(labels.names.count))
        return FittedRandomForest(
            labels: labels, scope: scope,
            forest: Forest(
                examples.embeddings.asTaken(by: examples.metric), labels.classes,
                weights: labels.counts.map { count / (classes * Double($0)) }, trees: trees, seed: seed))
    }
}

private struct FittedRandomForest: FittedRule {
    let labels: ItemLabels
    let scope: ItemScope
    let forest: Forest

    func predictions(
        for queries: Matrix, in reader: any GalleryReader, listing listed: Int, method: SearchMethod
    ) throws -> [Prediction] {
        let probabilities = forest.probabilities(of: queries.asTaken(by: reader.metric))
        return try reader.predictions(
            for: queries, in: scope, listing: listed, method: method, names: labels.names,
            counts: labels.counts, temperature: nil
        ) { row in probabilities[row].map { 1 - $0 } }
    }
}

extension Matrix {
    /// By `cosine` the directions of the rows, else the rows as they are.
    fileprivate func asTaken(by metric: Metric) -> Matrix {
        guard metric == .cosine else { return self }
        var directions = self
        for row in 0..<rows {
            let squared = self[row].reduce(0.0) { $0 + Double($1) * Double($1) }
            // A vector of zeros has no direction.
            guard squared > 0 else { continue }
            let length = squared.squareRoot()
            for i in row * columns..<(row + 1) * columns {
                directions.values[i] = Float(Double(values[i]) / length)
            }
        }
        return directions
    }
}

extension Classifier {
    /// A forest of decision trees: `RandomForest`.
    public static func randomForest(trees: Int = 100, seed: UInt64 = 1) -> Classifier {
        Classifier(RandomForest(trees: trees, seed: seed))
    }
}
