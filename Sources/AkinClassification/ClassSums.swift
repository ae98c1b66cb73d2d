import AkinItems
import AkinTensors
import AkinVectorSearch

/// The sums of the embeddings of each class, of which means are made. By `cosine` they are sums of directions.
struct ClassSums: Sendable {
    /// The classes, sorted.
    let names: [String]
    private let metric: Metric
    private let sums: [ClassSum]

    /// Of the items in `scope`, of which there must be one at least.
    init(of reader: any GalleryReader, in scope: ItemScope) throws {
        var sums: [String: ClassSum] = [:]
        try reader.forEachItem { item, vector in
            guard scope.admits(item) else { return }
            sums[item.label, default: ClassSum(reader.dimension)].add(vector, by: reader.metric)
        }
        guard !sums.isEmpty else { throw ClassificationError.nothingAdmitted }
        let names = sums.keys.sorted()
        (self.names, metric, self.sums) = (names, reader.metric, names.compactMap { sums[$0] })
    }

    /// Of labelled embeddings.
    init(of examples: Examples) {
        var sums = examples.labels.names.map { _ in ClassSum(examples.embeddings.columns) }
        for (position, own) in examples.labels.classes.enumerated() {
            examples.embeddings.withRow(position) { sums[own].add($0, by: examples.metric) }
        }
        (names, metric, self.sums) = (examples.labels.names, examples.metric, sums)
    }

    /// How many items each class has.
    var counts: [Int] { sums.map(\.count) }

    /// `[classes, dimension]`
    var means: Matrix {
        Matrix(rows: sums.count, columns: sums.first?.dimension ?? 0, trusted: sums.flatMap(\.mean))
    }

    /// The classes of the examples at `left`, each with how many items it has without these, and their mean.
    fileprivate func without(_ left: [Int], of examples: Examples) -> [Int: (items: Int, mean: [Float])] {
        var changed: [Int: ClassSum] = [:]
        for position in left {
            let own = examples.labels.classes[position]
            examples.embeddings.withRow(position) {
                changed[own, default: sums[own]].add($0, by: metric, weight: -1)
            }
        }
        return changed.mapValues { ($0.count, $0.mean) }
    }
}

extension Examples {
    /// An answer for each of `positions`, by how far it is from the mean of each class without what is left out with it.
    ///
    /// - Parameters:
    ///   - points: What lies so far from the means: the embeddings, or their directions.
    ///   - metric: By what it does.
    ///   - predict: Gets the distances to the classes' means, and to all examples; no number for those that take no part.
    func answers(
        leavingOut positions: [Int], _ folds: Folds, of points: Matrix, toMeansBy metric: Metric,
        predict: (_ classes: [ClassDistance], _ distances: UnsafeBufferPointer<Float>) -> Prediction?
    ) -> [LeftOutAnswer] {
        let sums = ClassSums(of: self)
        let (counts, means) = (sums.counts, sums.means)
        var answers: [LeftOutAnswer] = []
        answers.reserveCapacity(positions.count)
        let rows = Metric.queriesAtOnce(references: labels.count)
        for first in stride(from: 0, to: positions.count, by: rows) {
            let block = Array(positions[first..<min(first + rows, positions.count)])
            let toMeans = metric.distances(trusted: points.rows(at: block), to: means)
            answers += self.answers(leavingOut: block, folds) { row, distances in
                var classes = zip(toMeans[row], counts).map {
                    ClassDistance(distance: Double($0), items: $1)
                }
                for (own, rest) in sums.without(folds.leftOut(with: block[row]), of: self) {
                    guard rest.items > 0 else {
                        classes[own] = ClassDistance(distance: .infinity, items: 0)
                        continue
                    }
                    classes[own] = ClassDistance(
                        distance: Double(metric.distance(trusted: points[block[row]], to: rest.mean)),
                        items: rest.items)
                }
                return predict(classes, distances)
            }
        }
        return answers
    }
}

/// The means of the classes, ready to be compared with.
struct ClassMeans: Sendable {
    /// The classes.
    let names: [String]
    /// How many items each has.
    let counts: [Int]
    /// `[names, dimension]`
    let means: Matrix

    /// Of the items in `scope`, of which there must be one at least.
    init(of reader: any GalleryReader, in scope: ItemScope) throws {
        let sums = try ClassSums(of: reader, in: scope)
        (names, counts, means) = (sums.names, sums.counts, sums.means)
    }

    /// As `record` has kept them; nil where that is anything else.
    init?(_ record: [UInt8], dimension: Int) {
        guard let (record, numbers) = FitRecord.read(record, columns: dimension) else { return nil }
        (names, counts) = (record.names, record.counts)
        means = Matrix(rows: names.count, columns: record.columns, trusted: numbers.map(Float.init))
    }

    /// To be kept.
    var record: [UInt8]? {
        FitRecord(names: names, counts: counts, columns: means.columns).written(
            means.values.lazy.map(Double.init))
    }
}

/// The embeddings of a class while they are summed up.
private struct ClassSum: Sendable {
    var count = 0
    private var sums: [Double]

    init(_ dimension: Int) { sums = Array(repeating: 0, count: dimension) }

    var dimension: Int { sums.count }

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
