import AkinClassification
import AkinTensors
import AkinVectorSearch
import Testing

/// Compared with a plain look at all distances, in sets around the size of the blocks that are passed over.
@Suite struct LeftOutAnswerTests {
    private static let sizes = [1, 2, 3, 63, 64, 65, 127, 128, 200, 700]

    /// Few different places, so that there are many equal distances.
    private func examples(_ count: Int, classes: Int, _ random: inout SeededGenerator) -> Examples {
        let labels = (0..<count).map { _ in "\(Int.random(in: 0..<classes, using: &random))" }
        let values = (0..<2 * count).map { _ in Float(Int.random(in: 0..<9, using: &random)) }
        return Examples(
            labels: ItemLabels(Bool.random(using: &random) ? labels.sorted() : labels),
            trusted: Matrix(rows: count, columns: 2, trusted: values), metric: .squaredL2)
    }

    @Test(arguments: sizes, [1, 2, 5, 40]) func nearestOfTheSameAndOfAnotherClass(count: Int, classes: Int)
        throws
    {
        var random = SeededGenerator(seed: UInt64(count), UInt64(classes))
        var examples = examples(count, classes: classes, &random)
        if count > 3 {
            var embeddings = examples.embeddings
            embeddings[1, 0] = .nan
            embeddings[count - 1, 1] = .infinity
            examples = Examples(labels: examples.labels, trusted: embeddings, metric: .squaredL2)
        }
        let folds = Folds(stride(from: 0, to: count, by: 3).map { Array($0..<min($0 + 3, count)) })
        let asked = (0..<count).shuffled(using: &random)
        let rules: [any ClassificationRule] = [NearestNeighbours(k: 1), AverageClassDistance(), ClassMean()]
        for rule in rules {
            let answers = try rule.answers(leavingOut: asked, folds, of: examples, listing: 1)
            for (position, answer) in zip(asked, answers) {
                func nearest(_ isOfTheSameClass: Bool) -> Neighbour? {
                    let classes = examples.labels.classes
                    return (0..<count).filter {
                        folds.fold(of: $0) != folds.fold(of: position)
                            && (classes[$0] == classes[position]) == isOfTheSameClass
                    }.map { other in
                        let differences = (0..<2).map {
                            examples.embeddings[position, $0] - examples.embeddings[other, $0]
                        }
                        return Neighbour(
                            id: UInt64(other), distance: differences.reduce(0) { $0 + $1 * $1 })
                    }.filter(\.distance.isFinite).min()
                }
                #expect(answer.nearestSame == nearest(true), "\(rule) \(position)")
                #expect(answer.nearestOther == nearest(false), "\(rule) \(position)")
            }
        }
    }

    @Test(arguments: sizes) func theNearestOfAll(count: Int) throws {
        var random = SeededGenerator(seed: UInt64(count))
        let labels = ItemLabels((0..<count).map { _ in "a" })
        for kinds in [2, 10, 100_000] {
            var distances = (0..<count).map { _ in Float(Int.random(in: 0..<kinds, using: &random)) }
            if count > 3 { (distances[0], distances[2], distances[count - 1]) = (.nan, .infinity, .nan) }
            let sorted = distances.enumerated().filter { !$0.element.isNaN }
                .map { Neighbour(id: UInt64($0.offset), distance: $0.element) }.sorted()
            for k in [1, 2, 7, 64, 65] {
                let answer = Classifier.nearestNeighbours(k: k).prediction(
                    fromDistances: distances, labels: labels, listing: 1)
                #expect(answer?.neighbours == Array(sorted.prefix(k)), "k \(k), \(kinds) kinds")
            }
        }
    }
}
