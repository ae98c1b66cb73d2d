import AkinClassification
import AkinItems
import AkinTensors
import AkinVectorSearch
import Foundation
import Testing

@Suite struct NearestClassTests {
    /// Its definition, in plain words; only the classes of so many nearest items are looked at.
    private func expected(
        _ distances: ArraySlice<Float>, _ labels: [String], _ metric: Metric.Kind, looked: Int = .max
    )
        -> [(label: String, score: Double)]
    {
        var nearest: [String: (distance: Double, items: Int)] = [:]
        for (label, distance) in zip(labels, distances) {
            let known = nearest[label] ?? (.infinity, 0)
            nearest[label] = (min(known.distance, Double(distance)), known.items + 1)
        }
        let power: Double? = [.cosine: 1, .squaredL2: 1, .l2: 2, .l1: 2][metric]
        let near = Set(
            zip(distances, labels).sorted { $0.0 < $1.0 }.prefix(looked).map(\.1))
        let corrected = nearest.filter { near.contains($0.key) }.mapValues { distance, items in
            distance * (power.map { pow(Double(min(items, 100)), 0.075 / $0) } ?? 1)
        }
        let best = corrected.values.min()!
        let scores = corrected.mapValues { distance -> Double in
            guard let power else { return exp(best - distance) }
            return distance == best ? 1 : pow(best / distance, 10 * power)
        }.filter { $0.value >= 0.01 - 1e-9 }
        let total = scores.values.reduce(0, +)
        return scores.map { ($0.key, $0.value / total) }
            .sorted { ($1.1, $0.0) < ($0.1, $1.0) }
    }

    @Test(arguments: Metric.Kind.allCases.filter { $0 != .learnedL1 })
    func isWhatItsDefinitionSays(kind: Metric.Kind) throws {
        let metric = try #require(Metric(kind))
        for seed in 1...5 as ClosedRange<UInt64> {
            let examples = FittedRules.examples(
                [30, 12, 5, 2, 1, 1], dimension: 6, seed: seed, metric: metric)
            let labels = examples.labels.classes.map { examples.labels.names[$0] }
            let gallery = try FittedRules.gallery(examples)
            let queries = FittedRules.examples([4, 4, 4], dimension: 6, seed: seed + 50, metric: metric)
                .embeddings
            let distances = metric.distances(from: queries, to: examples.embeddings)
            let answers = try Classifier.nearestClass.answers(to: queries, in: gallery, listing: 3)
            for (row, answer) in answers.predictions.enumerated() {
                let ranking = expected(distances[row], labels, kind, looked: 16)
                #expect(answer.label == ranking[0].label, "\(kind), seed \(seed), row \(row)")
                #expect(answer.neighbours.count == 3)
                for (found, wanted) in zip(answer.ranking, ranking) {
                    #expect(
                        abs(Double(found.score) - wanted.score) < 1e-3, "\(kind), seed \(seed), row \(row)")
                }
                #expect(answer.ranking.count == ranking.count)
            }
            // Left out, each is answered by the others.
            let left = try NearestClass().answers(
                leavingOut: Array(labels.indices), FittedRules.alone(labels.count), of: examples, listing: 1)
            let all = metric.distances(from: examples.embeddings, to: examples.embeddings)
            for (position, answer) in left.enumerated() {
                let others = labels.indices.filter { $0 != position }
                let ranking = expected(
                    others.map { all[position, $0] }[...], others.map { labels[$0] }, kind)
                #expect(try #require(answer.prediction).label == ranking[0].label, "\(kind), \(position)")
            }
        }
    }

    /// Three times as near among a hundred says less than among two.
    @Test func manyItemsDoNotHelpAClass() throws {
        var rows: [[Float]] = (0..<100).map { [1.0, Float($0) * 0.001 + 0.01] }
        rows += [[1, -0.0103], [0, 1]]
        let labels = [String](repeating: "many", count: 100) + ["few", "few"]
        let examples = Examples(
            labels: ItemLabels(labels),
            embeddings: Matrix(rows: 102, columns: 2, values: rows.flatMap { $0 }), metric: .l2)
        let gallery = try FittedRules.gallery(examples)
        let query = Matrix(rows: 1, columns: 2, values: [1, 0])
        let nearest = try Classifier.nearestNeighbours(k: 1).answers(to: query, in: gallery).predictions[0]
        let answer = try Classifier.nearestClass.answers(to: query, in: gallery).predictions[0]
        #expect(nearest.label == "many" && answer.label == "few")
        #expect(answer.neighbours[0].item.label == "many")
    }

    /// Whatever the items are, scores are numbers that come to 1.
    @Test func whateverTheItemsAre() throws {
        let sets: [(labels: [String], rows: [[Float]])] = [
            (["a"], [[1, 2]]), (["a", "b"], [[0, 0], [0, 0]]),
            (["a", "a", "b"], [[0, 0], [0, 0], [1, 0]]),
            (["a", "a", "b", "b"], [[1e18, 0], [2e18, 0], [0, 1e18], [0, 3e18]]),
            (["a", "a", "b", "b"], [[1e-30, 0], [2e-30, 0], [0, 1e-30], [0, 3e-30]]),
            ((0..<40).map { "\($0)" }, (0..<40).map { [Float($0), 1] }),
        ]
        for (labels, rows) in sets {
            for metric in [Metric.l2, .squaredL2, .l1, .cosine, .innerProduct] {
                let examples = Examples(
                    labels: ItemLabels(labels),
                    embeddings: Matrix(rows: rows.count, columns: 2, values: rows.flatMap { $0 }),
                    metric: metric)
                let asked = Matrix(
                    rows: rows.count + 2, columns: 2, values: examples.embeddings.values + [0, 0, -3e17, 5])
                let answers = try Classifier.nearestClass.answers(
                    to: asked, in: FittedRules.gallery(examples))
                for answer in answers.predictions {
                    let sum = answer.ranking.reduce(0) { $0 + $1.score }
                    #expect(abs(sum - 1) < 1e-5, "\(metric), \(labels.prefix(4)), \(rows.prefix(4)): \(sum)")
                    #expect(answer.ranking.allSatisfy { $0.score <= answer.confidence && $0.score > 0 })
                }
            }
        }
    }
}
