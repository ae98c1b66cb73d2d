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
        var sums: [String: ClassSum] = [:]
        try reader.forEachItem { item, vector in
            guard scope.admits(item) else { return }
            sums[item.label, default: ClassSum(reader.dimension)].add(vector, by: reader.metric)
        }
        guard !sums.isEmpty else { throw ClassificationError.nothingAdmitted }
        let names = sums.keys.sorted()
        let ordered = names.compactMap { sums[$0] }
        return FittedClassMean(
            names: names, counts: ordered.map(\.count), scope: scope, metric: reader.metric,
            means: Matrix(
                rows: names.count, columns: reader.dimension, values: ordered.flatMap(\.mean)))
    }

    /// Takes what is left out from the sum of its class.
    public func answers(
        leavingOut positions: [Int], _ folds: Folds, of examples: Examples, listing: Int
    ) throws -> [LeftOutAnswer] {
        let labels = examples.labels
        var sums = labels.names.map { _ in ClassSum(examples.embeddings.columns) }
        for (position, own) in labels.classes.enumerated() {
            examples.embeddings.withRow(position) { sums[own].add($0, by: examples.metric) }
        }
        let whole = sums
        return examples.answers(leavingOut: positions, folds) { row, distances in
            var sums = whole
            for other in folds.leftOut(with: positions[row]) {
                examples.embeddings.withRow(other) {
                    sums[labels.classes[other]].add($0, by: examples.metric, weight: -1)
                }
            }
            let classes = examples.embeddings.withRow(positions[row]) { query in
                sums.map { sum in
                    let distance =
                        sum.count > 0 ? examples.metric.distance(from: query, to: sum.mean) : .infinity
                    return ClassDistance(distance: Double(distance), items: sum.count)
                }
            }
            return examples.prediction(by: classes, distances: distances, listing: listing)
        }
    }
}

/// The embeddings of a class while they are summed up.
private struct ClassSum {
    var count = 0
    private var sums: [Double]

    init(_ dimension: Int) { sums = Array(repeating: 0, count: dimension) }

    /// `weight` -1 takes an embedding away again.
    mutating func add(_ vector: UnsafeBufferPointer<Float>, by metric: Metric, weight: Double = 1) {
        var scale = weight
        if metric == .cosine {
            let squared = vector.reduce(0.0) { $0 + Double($1) * Double($1) }
            scale = squared > 0 ? weight / squared.squareRoot() : 0
        }
        for (column, value) in vector.enumerated() { sums[column] += scale * Double(value) }
        count += weight > 0 ? 1 : -1
    }

    var mean: [Float] { sums.map { Float($0 / Double(count)) } }
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
