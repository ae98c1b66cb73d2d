import AkinClassification
import AkinItems
import AkinTensors
import AkinVectorSearch
import CAkinSVM
import Foundation
import Testing

@Suite struct FittedRuleTests {
    /// A score for each class, all of them numbers that come to 1, the chosen class first.
    private func expectSound(_ prediction: Prediction, classes: Int, _ comment: String) {
        #expect(prediction.ranking.count == min(classes, Prediction.rankedClasses), "\(comment)")
        for score in prediction.ranking {
            #expect(score.score >= 0 && score.score <= 1 && !score.distance.isNaN, "\(comment)")
            #expect(score.items > 0, "\(comment)")
        }
        if classes <= Prediction.rankedClasses {
            let sum = prediction.ranking.reduce(0) { $0 + $1.score }
            #expect(abs(sum - 1) < 1e-5, "\(comment): \(sum)")
        }
        #expect(prediction.ranking.allSatisfy { $0.score <= prediction.confidence }, "\(comment)")
    }

    @Test func aClassOfOnePictureIsNamed() throws {
        for dimension in [3, 80] {
            var examples = FittedRules.examples([12, 9, 1], dimension: dimension, seed: 11)
            let single = try #require(examples.labels.classes.firstIndex(of: 2))
            var embeddings = examples.embeddings
            for column in 0..<dimension { embeddings[single, column] += 2 }
            examples = Examples(labels: examples.labels, trusted: embeddings, metric: .l2)
            let query = embeddings.rows(at: [single])
            let gallery = try FittedRules.gallery(examples)
            for rule in FittedRules.all {
                let answer = try Classifier(rule).answers(to: query, in: gallery).predictions[0]
                #expect(answer.label == "class 2", "\(rule), \(dimension) dimensions")
            }
        }
    }

    /// Nothing that a gallery may hold is a trap: one item, one class, all in one place, zeros, the smallest and the largest
    /// numbers, opposite pairs, one dimension.
    @Test func whateverTheItemsAre() throws {
        let sets: [(labels: [String], rows: [[Float]])] = [
            (["a"], [[1, 2]]), (["a", "a", "a"], [[1, 2], [3, 4], [5, 7]]),
            (["a", "b"], [[1, 2], [3, 4]]),
            (["a", "b", "a", "b"], [[1, 2], [1, 2], [1, 2], [1, 2]]),
            (["a", "b", "c"], [[0, 0], [0, 0], [0, 0]]), (["a", "a", "b"], [[0, 0], [0, 0], [1, 0]]),
            (["a", "a", "b", "b"], [[-1, 0, 0], [1, 0, 0], [-1, 5, 0], [1, 5, 0]]),
            (["a", "a", "b", "b"], [[1e-30, 0], [2e-30, 0], [0, 1e-30], [0, 3e-30]]),
            (["a", "a", "b", "b"], [[1e18, 0], [2e18, 0], [0, 1e18], [0, 3e18]]),
            (["a", "a", "b", "c"], [[1], [2], [3], [3]]), (["a", "b", "b"], [[5], [5], [5]]),
            ((0..<40).map { "\($0)" }, (0..<40).map { [Float($0), 1, 0] }),
        ]
        for (labels, rows) in sets {
            for metric in [Metric.l2, .cosine, .innerProduct] {
                let embeddings = Matrix(
                    rows: rows.count, columns: rows[0].count, trusted: rows.flatMap { $0 })
                let examples = Examples(labels: ItemLabels(labels), trusted: embeddings, metric: metric)
                let gallery = try FittedRules.gallery(examples)
                var queries = embeddings.values + [Float](repeating: 0, count: embeddings.columns)
                queries += [Float](repeating: -3e17, count: embeddings.columns)
                let asked = Matrix(rows: rows.count + 2, columns: embeddings.columns, trusted: queries)
                for rule in FittedRules.all {
                    let comment = "\(rule), \(metric), \(labels.prefix(4)), \(rows.prefix(4))"
                    let classes = Set(labels).count
                    for answer in try Classifier(rule).answers(to: asked, in: gallery).predictions {
                        expectSound(answer.prediction, classes: classes, comment)
                    }
                    let left = try rule.answers(
                        leavingOut: Array(labels.indices), FittedRules.alone(labels.count), of: examples,
                        listing: 1)
                    for (position, answer) in left.enumerated() {
                        let rest = Set(labels.enumerated().filter { $0.offset != position }.map(\.element))
                            .count
                        guard rest > 0 else {
                            #expect(answer.prediction == nil)
                            continue
                        }
                        expectSound(try #require(answer.prediction), classes: rest, comment + ", left out")
                    }
                }
            }
        }
    }

    @Test func whatIsNoNumberIsNoAnswer() throws {
        let examples = FittedRules.examples([5, 4, 1], dimension: 4, seed: 12)
        var embeddings = examples.embeddings
        embeddings[3, 1] = .nan
        let broken = Examples(labels: examples.labels, trusted: embeddings, metric: .l2)
        for rule in FittedRules.all {
            let found = try rule.answers(
                leavingOut: Array(0..<10), FittedRules.alone(10), of: broken, listing: 1)
            for (position, answer) in found.enumerated() {
                #expect((answer.prediction == nil) == (position == 3), "\(rule) \(position)")
            }
        }
    }

    @Test func theSameBitsOnOneThread() throws {
        for (counts, dimension) in [([40, 30, 7, 1, 90], 70), ([9, 4, 1, 2], 100)] {
            let examples = FittedRules.examples(counts, dimension: dimension, seed: 13)
            let queries = FittedRules.examples(counts, dimension: dimension, seed: 14).embeddings
            let gallery = try FittedRules.gallery(examples)
            let positions = Array(0..<examples.labels.count)
            for rule in FittedRules.all {
                func answers() throws -> ([Prediction], [LeftOutAnswer]) {
                    (
                        try Classifier(rule).answers(to: queries, in: gallery).predictions.map(\.prediction),
                        try rule.answers(
                            leavingOut: positions,
                            FittedRules.alone(positions.count).stratified(5, examples.labels), of: examples,
                            listing: 1)
                    )
                }
                let (many, manyLeft) = try answers()
                let (one, oneLeft) = try ThreadPool.shared.alone { try answers() }
                #expect(many == one && manyLeft == oneLeft, "\(rule)")
                guard rule.stratifiedFolds == nil else { continue }
                let folds = FittedRules.alone(positions.count)
                let formula = try rule.answers(leavingOut: positions, folds, of: examples, listing: 1)
                let alone = try ThreadPool.shared.alone {
                    try rule.answers(leavingOut: positions, folds, of: examples, listing: 1)
                }
                #expect(formula == alone, "\(rule)")
            }
        }
    }

    @Test func whatIsOutsideTheScopeIsNotThere() throws {
        let examples = FittedRules.examples([8, 7, 6, 5], dimension: 9, seed: 15)
        let all = try FittedRules.gallery(examples)
        let kept = (0..<26).filter { position in
            examples.labels.classes[position] != 1 && position % 3 != 2 && position != 4
        }
        let rest = try FittedRules.gallery(
            Examples(
                labels: ItemLabels(kept.map { examples.labels.names[examples.labels.classes[$0]] }),
                trusted: examples.embeddings.rows(at: kept), metric: .l2))
        let queries = FittedRules.examples([8, 7, 6, 5], dimension: 9, seed: 16).embeddings
        for rule in FittedRules.all {
            let scoped = try Classifier(rule).answers(
                to: queries, in: all, filter: ItemFilter(labels: ["class 0", "class 2", "class 3"]),
                excluding: Exclusion(ids: [5], group: "page 2"))
            let expected = try Classifier(rule).answers(to: queries, in: rest)
            #expect(
                scoped.predictions.map(\.ranking) == expected.predictions.map(\.ranking), "\(rule)")
            #expect(throws: ClassificationError.nothingAdmitted) {
                try Classifier(rule).answers(to: queries, in: all, filter: ItemFilter(labels: ["none"]))
            }
        }
    }

    /// Given the kernels, LIBSVM finds the machine that it finds where it computes them.
    @Test(arguments: [akin_svm_linear, akin_svm_polynomial, akin_svm_radial])
    func kernelsAreThoseOfLIBSVM(kernel: akin_svm_kernel) {
        let examples = FittedRules.examples([30, 50], dimension: 4, seed: 17)
        let order = (0..<80).sorted { (examples.labels.classes[$0], $0) < (examples.labels.classes[$1], $1) }
        let rows = order.map { examples.embeddings[$0].map { 0.5 * Double($0) } }
        let kernels = rows.flatMap { x in
            rows.map { y -> Double in
                let product = zip(x, y).reduce(0) { $0 + $1.0 * $1.1 }
                switch kernel {
                case akin_svm_linear: return product
                case akin_svm_polynomial: return (product + 1) * (product + 1) * (product + 1)
                default: return exp(-zip(x, y).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) })
                }
            }
        }
        func machine(_ kernel: akin_svm_kernel, _ values: [Double], _ columns: Int32) -> [Double] {
            var found = [Double](repeating: 0, count: 81)
            var offset = 0.0
            #expect(akin_svm_train(kernel, 3, 80, 30, columns, values, 3, 2, &found, &offset) == 0)
            found[80] = offset
            return found
        }
        let own = machine(kernel, rows.flatMap { $0 }, 4)
        let given = machine(akin_svm_computed, kernels, 80)
        for (own, given) in zip(own, given) { #expect(abs(own - given) < 0.01 * max(1, abs(own))) }
        #expect(own.contains { $0 != 0 })
    }
}
