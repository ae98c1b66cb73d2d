import AkinClassification
import AkinTensors
import AkinVectorSearch
import Foundation
import Testing

/// The penalised discriminant beside its definition, in matrices as they are written.
@Suite struct DiscriminantTests {
    /// `[queries, classes]`
    private func values(of queries: Matrix, _ examples: Examples, penalty: Double) -> [[Double]] {
        let labels = examples.labels
        let columns = examples.embeddings.columns
        func row(_ matrix: Matrix, _ position: Int) -> [Double] { matrix[position].map(Double.init) }
        func mean(_ rows: [[Double]]) -> [Double] {
            (0..<columns).map { column in rows.reduce(0) { $0 + $1[column] } / Double(rows.count) }
        }
        let rows = (0..<labels.count).map { row(examples.embeddings, $0) }
        let means = labels.names.indices.map { own in
            mean(rows.indices.filter { labels.classes[$0] == own }.map { rows[$0] })
        }
        let centre = mean(means)
        let areSingle = labels.count == labels.names.count
        let deviations = rows.indices.map { position in
            zip(rows[position], areSingle ? mean(rows) : means[labels.classes[position]]).map { $0 - $1 }
        }
        let free = Double(max(1, labels.count - (areSingle ? 1 : labels.names.count)))
        var covariance = DoubleMatrix(rows: columns, columns: columns)
        for i in 0..<columns {
            for j in 0..<columns {
                covariance[i, j] =
                    deviations.reduce(0) { $0 + $1[i] * $1[j] } / free + (i == j ? penalty : 0)
            }
        }
        let inverse = covariance.inverse()
        func product(_ a: [Double], _ b: [Double]) -> Double {
            a.indices.reduce(0) { sum, row in
                sum + a[row] * inverse.withRow(row) { zip($0, b).reduce(0) { $0 + $1.0 * $1.1 } }
            }
        }
        let noise = deviations.reduce(0) { $0 + product($1, $1) } / free
        return (0..<queries.rows).map { query in
            let query = zip(row(queries, query), centre).map { $0 - $1 }
            return means.indices.map { own in
                let mean = zip(means[own], centre).map { $0 - $1 }
                return product(query, mean)
                    - (product(mean, mean) - noise / Double(labels.counts[own])) / 4
            }
        }
    }

    @Test(arguments: [[9, 4, 1, 2], [5, 5, 5], [2, 1], [1, 1, 1], [6]], [2, 7, 40])
    func isItsDefinition(counts: [Int], dimension: Int) throws {
        let examples = FittedRules.examples(counts, dimension: dimension, seed: 4)
        let queries = FittedRules.examples([3, 3], dimension: dimension, seed: 5).embeddings
        let gallery = try FittedRules.gallery(examples)
        for penalty in [0.02, 3] {
            let answers = try Classifier(Discriminant(penalty: penalty)).answers(to: queries, in: gallery)
            let expected = values(of: queries, examples, penalty: penalty)
            for (answer, values) in zip(answers.predictions, expected) {
                for score in answer.ranking {
                    let own = try #require(examples.labels.names.firstIndex(of: score.label))
                    #expect(
                        abs(1 - Double(score.distance) - values[own]) < 1e-4 * max(1, abs(values[own])),
                        "\(counts) in \(dimension)")
                }
            }
        }
    }

    /// Classes of two are named as often as those of forty, which by all of the square of their means' lengths they are not.
    @Test func smallClassesAreNotHidden() throws {
        func shareOfSmall(_ rule: Discriminant) throws -> (named: Double, right: Double) {
            var (named, right, asked, small) = (0, 0, 0, 0)
            for seed in UInt64(1)...10 {
                let all = FittedRules.examples([80, 80, 42, 42], dimension: 8, seed: seed, metric: .l2)
                var seen = [0, 0, 0, 0]
                let isKnown = all.labels.classes.map { own in
                    seen[own] += 1
                    return seen[own] <= (own < 2 ? 40 : 2)
                }
                let known = isKnown.indices.filter { isKnown[$0] }
                let queries = isKnown.indices.filter { !isKnown[$0] }
                let gallery = try FittedRules.gallery(
                    Examples(
                        labels: ItemLabels(known.map { all.labels.names[all.labels.classes[$0]] }),
                        trusted: all.embeddings.rows(at: known), metric: .l2))
                let answers = try Classifier(rule).answers(
                    to: all.embeddings.rows(at: queries), in: gallery)
                for (query, answer) in zip(queries, answers.predictions) {
                    asked += 1
                    named += ["class 2", "class 3"].contains(answer.label) ? 1 : 0
                    guard all.labels.classes[query] > 1 else { continue }
                    small += 1
                    right += answer.label == all.labels.names[all.labels.classes[query]] ? 1 : 0
                }
            }
            return (Double(named) / Double(asked), Double(right) / Double(small))
        }
        let penalised = try shareOfSmall(Discriminant())
        let plain = try shareOfSmall(Discriminant(shrinkage: .ledoitWolf))
        // Half of those that are asked are of the small classes.
        #expect(abs(penalised.named - 0.5) < abs(plain.named - 0.5), "\(penalised), \(plain)")
        #expect(penalised.right > plain.right, "\(penalised), \(plain)")
    }

    /// Where all left-out items are right, what lies between two classes is still of either.
    @Test func whatLiesBetweenIsNotSure() throws {
        var examples = FittedRules.examples([8, 8, 8, 8, 8, 8], dimension: 20, seed: 9)
        var embeddings = examples.embeddings
        for row in 0..<48 { embeddings[row, examples.labels.classes[row]] += 3 }
        examples = Examples(labels: examples.labels, trusted: embeddings, metric: .l2)
        let left = try Discriminant().answers(
            leavingOut: Array(0..<48), FittedRules.alone(48), of: examples, listing: 1)
        #expect(
            left.enumerated().allSatisfy {
                $0.element.prediction?.label == examples.labels.names[examples.labels.classes[$0.offset]]
            })
        let means = [0, 1].map { own in
            (0..<20).map { column in
                (0..<48).filter { examples.labels.classes[$0] == own }.reduce(0) {
                    $0 + embeddings[$1, column]
                } / 8
            }
        }
        let between = zip(means[0], means[1]).map { 0.52 * $0 + 0.48 * $1 }
        let answer = try Classifier(Discriminant()).answers(
            to: Matrix(rows: 1, columns: 20, trusted: between), in: FittedRules.gallery(examples)
        ).predictions[0]
        #expect(Set(answer.ranking.prefix(2).map(\.label)) == ["class 0", "class 1"])
        #expect(answer.confidence < 0.95 && answer.ranking[1].score > 0.02, "\(answer.ranking.prefix(2))")
    }

    /// Scores are probabilities that hold: of left-out items about as many are right as their scores promise.
    @Test func scoresAreProbable() throws {
        let examples = FittedRules.examples([12, 12, 12, 12, 12, 12], dimension: 6, seed: 3)
        let left = try Discriminant().answers(
            leavingOut: Array(0..<72), FittedRules.alone(72), of: examples, listing: 1)
        var (promised, right) = (0.0, 0.0)
        for (position, answer) in left.enumerated() {
            let prediction = try #require(answer.prediction)
            promised += Double(prediction.confidence)
            right += prediction.label == examples.labels.names[examples.labels.classes[position]] ? 1 : 0
        }
        #expect(abs(promised - right) / 72 < 0.1, "\(promised) promised, \(right) right")
    }
}
