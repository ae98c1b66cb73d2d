import Akin
import Foundation
import TestSupport
import Testing

@Suite struct ClassifierTableTests {
    private func examples(_ labels: [String], _ places: [Float], metric: Metric = .l2) -> Examples {
        Examples(
            labels: ItemLabels(labels), trusted: Matrix(rows: places.count, columns: 1, trusted: places),
            metric: metric)
    }

    private var known: Examples { examples(["a", "a", "a", "b"], [0, 1, 2, 3]) }

    @Test func byHand() throws {
        let table = try ClassifierTable(
            known: known, questions: examples(["a", "b", "new", "b"], [0.2, 3.5, 9, 2.6]), copies: 2)
        var told: [Int] = []
        let report = try #require(
            try table.report([.nearestNeighbours(k: 1), .nearestNeighbours(k: 4), .randomForest(trees: 25)]) {
                told.append($0)
                return true
            })
        #expect(told == [0, 1, 2, 3])
        #expect(report.items == 4 && report.classes == 2 && report.dimension == 1 && report.metric == .l2)
        #expect(report.questions == 4 && report.copies == 2 && report.absent == ["new"])
        #expect(
            report.classifiers.map(\.classifier) == [
                "nearest-neighbours (k 1, uniform)", "nearest-neighbours (k 4, uniform)",
                "random-forest (25 trees)",
            ])
        #expect(report.classifiers.map(\.errors) == [1, 3, 1])
        for row in report.classifiers {
            #expect(row.items == 4 && row.accuracy == Double(4 - row.errors) / 4)
            #expect(row.interval == Interval(4 - row.errors, trusted: 4))
            #expect(row.fitSeconds >= 0 && row.answerSeconds > 0)
        }
        let again = try JSONDecoder().decode(ClassifierReport.self, from: JSONEncoder().encode(report))
        #expect(again == report)
    }

    /// As an index answers, neighbours listed or not.
    @Test func answersAreThoseOfAGallery() throws {
        var random = SeededGenerator(seed: 3)
        let labels = (0..<90).map { "\($0 % 3)" }
        func drawn() -> Examples {
            let values = labels.indices.flatMap { item in
                (0..<4).map { Float(item % 3 == $0 ? 0.4 : 0) + random.uniform() }
            }
            return Examples(
                labels: ItemLabels(labels), trusted: Matrix(rows: 90, columns: 4, trusted: values),
                metric: .cosine)
        }
        let (known, asked) = (drawn(), drawn())
        let gallery = try MemoryGallery(dimension: 4, metric: .cosine)
        try gallery.write("items") { writer in
            for (item, label) in labels.enumerated() {
                _ = try writer.put(
                    NewItem(label: label, source: Source("\(item)")),
                    contentHash: ContentHash(high: 0, low: UInt64(item)), known.embeddings[item])
            }
        }
        let classifiers: [Classifier] = [
            .nearestNeighbours(k: 3), .nearestClass, .averageClassDistance, .classMean, .ridge, .discriminant,
            .supportVectors(), .randomForest(trees: 20),
        ]
        let report = try #require(
            try ClassifierTable(known: known, questions: asked).report(classifiers))
        for (classifier, row) in zip(classifiers, report.classifiers) {
            let answers = try classifier.answers(to: asked.embeddings, in: gallery).predictions
            #expect(row.errors == zip(answers, labels).count { $0.label != $1 }, "\(classifier)")
        }
    }

    @Test func itCanBeEnded() throws {
        let table = try ClassifierTable(known: known, questions: known)
        #expect(try table.report([.ridge, .classMean]) { $0 < 1 } == nil)
    }

    @Test func whatCannotBeAskedIsRefused() throws {
        #expect(throws: EvaluationError.nothingToEvaluate) {
            try ClassifierTable(known: known, questions: examples([], []))
        }
        #expect(throws: ClassificationError.nothingToCompareWith) {
            try ClassifierTable(known: examples([], []), questions: known)
        }
        #expect(throws: ClassificationError.wrongDimension(expected: 1, found: 2)) {
            try ClassifierTable(
                known: known,
                questions: Examples(
                    labels: ItemLabels(["a"]), trusted: Matrix(zeros: 1, columns: 2), metric: .l2))
        }
        #expect(throws: ClassificationError.notANumber(query: 1)) {
            try ClassifierTable(known: known, questions: examples(["a", "a"], [1, .nan]))
        }
        #expect(throws: ClassificationError.lacksSimilarity(metric: "l2")) {
            try ClassifierTable(known: known, questions: known).report([.ridge, .learnedSimilarity])
        }
    }
}
