import AkinClassification
import AkinItems
import AkinTensors
import AkinVectorSearch
import Foundation
import Testing

@Suite struct NearestClassTests {
    /// Its definition, in plain words; of so many nearest items each has its own distance, the others that of the last.
    private func expected(
        _ query: [Float], _ rows: [[Float]], _ labels: [String], _ metric: Metric, looked: Int = .max
    ) -> [(label: String, score: Double)] {
        func direction(_ row: [Float]) -> [Double] {
            let length = metric == .cosine ? row.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot() : 1
            return row.map { Double($0) / length }
        }
        let distances = rows.map { Double(metric.distance(trusted: query, to: $0)) }
        let last = distances.sorted().prefix(looked).last!
        let power: Double? = [.cosine: 1, .squaredL2: 1, .l2: 2, .l1: 2][metric.kind]
        let corrected = Dictionary(grouping: labels.indices) { labels[$0] }.mapValues { own -> Double in
            let nearest = min(own.map { distances[$0] }.min()!, last)
            guard let power, own.count > 1 else { return nearest }
            var mean = [Double](repeating: 0, count: query.count)
            for row in own {
                for (i, value) in direction(rows[row]).enumerated() { mean[i] += value / Double(own.count) }
            }
            let differences = zip(direction(query), mean).map { $0 - $1 }
            let squared = differences.reduce(0) { $0 + $1 * $1 }
            let toMean: [Metric.Kind: Double] = [
                .cosine: squared / 2, .squaredL2: squared, .l2: squared.squareRoot(),
                .l1: differences.reduce(0) { $0 + abs($1) },
            ]
            return pow(nearest * pow(toMean[metric.kind]!, 2), 1 / 3.0)
                * pow(Double(min(own.count, 100)), 0.06 / power)
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
            let rows = labels.indices.map { Array(examples.embeddings[$0]) }
            let answers = try Classifier.nearestClass.answers(to: queries, in: gallery, listing: 3)
            for (row, answer) in answers.predictions.enumerated() {
                var ranking = expected(Array(queries[row]), rows, labels, metric, looked: 16)
                // By such a metric only the classes of the nearest items are looked at.
                if metric.kind.mayBeNegative {
                    let near = Set(
                        labels.indices.sorted {
                            metric.distance(trusted: queries[row], to: rows[$0])
                                < metric.distance(trusted: queries[row], to: rows[$1])
                        }.prefix(16).map { labels[$0] })
                    ranking.removeAll { !near.contains($0.label) }
                    let total = ranking.reduce(0) { $0 + $1.score }
                    for i in ranking.indices { ranking[i].score /= total }
                }
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
            for (position, answer) in left.enumerated() {
                let others = labels.indices.filter { $0 != position }
                let ranking = expected(
                    rows[position], others.map { rows[$0] }, others.map { labels[$0] }, metric)
                #expect(try #require(answer.prediction).label == ranking[0].label, "\(kind), \(position)")
            }
        }
    }

    /// An item that has strayed far from its class says less than one among its own, though it lies nearer.
    @Test func theMeanCounts() throws {
        let rows: [[Float]] = [[0.9, 0], [-9, 0], [1, 0.1], [1, -0.1], [1, 0]]
        let examples = Examples(
            labels: ItemLabels(["wide", "wide", "tight", "tight", "tight"]),
            trusted: Matrix(rows: 5, columns: 2, trusted: rows.flatMap { $0 }), metric: .l2)
        let gallery = try FittedRules.gallery(examples)
        let query = Matrix(rows: 1, columns: 2, trusted: [0, 0])
        let nearest = try Classifier.nearestNeighbours(k: 1).answers(to: query, in: gallery).predictions[0]
        let answer = try Classifier.nearestClass.answers(to: query, in: gallery).predictions[0]
        #expect(nearest.label == "wide" && answer.label == "tight")
        // What strays can still be found by itself.
        let same = try Classifier.nearestClass.answers(
            to: Matrix(rows: 1, columns: 2, trusted: [0.9, 0]), in: gallery
        ).predictions[0]
        #expect(same.label == "wide" && same.confidence == 1)
    }

    /// Of classes whose means lie as far, a little nearer among a hundred says less than among two.
    @Test func manyItemsDoNotHelpAClass() throws {
        var rows: [[Float]] = (0..<100).map { [1.0, Float($0) * 0.001 + 0.01] }
        rows += [[1, -0.0103], [1, -0.1087]]
        let labels = [String](repeating: "many", count: 100) + ["few", "few"]
        let examples = Examples(
            labels: ItemLabels(labels),
            trusted: Matrix(rows: 102, columns: 2, trusted: rows.flatMap { $0 }), metric: .l2)
        let gallery = try FittedRules.gallery(examples)
        let query = Matrix(rows: 1, columns: 2, trusted: [1, 0])
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
                    trusted: Matrix(rows: rows.count, columns: 2, trusted: rows.flatMap { $0 }),
                    metric: metric)
                let asked = Matrix(
                    rows: rows.count + 2, columns: 2, trusted: examples.embeddings.values + [0, 0, -3e17, 5])
                let answers = try Classifier.nearestClass.answers(
                    to: asked, in: FittedRules.gallery(examples))
                for answer in answers.predictions {
                    let sum = answer.ranking.reduce(0) { $0 + $1.score }
                    // Of more classes only the best are listed.
                    let listed = Set(labels).count <= Prediction.rankedClasses ? 1 : sum
                    #expect(
                        sum < 1 + 1e-5 && abs(sum - listed) < 1e-5,
                        "\(metric), \(labels.prefix(4)), \(rows.prefix(4)): \(sum)")
                    #expect(answer.ranking.allSatisfy { $0.score <= answer.confidence && $0.score > 0 })
                }
            }
        }
    }
}
