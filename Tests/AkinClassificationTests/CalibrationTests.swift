import AkinClassification
import AkinItems
import AkinTensors
import AkinVectorSearch
import Foundation
import Testing

@Suite struct CalibrationTests {
    /// Classes about centres, as many items of each; `spread` is that within a class.
    private func examples(
        classes: Int, items: Int, spread: Float, dimension: Int = 12, seed: UInt64, centres: UInt64 = 7
    ) -> Examples {
        var places = SeededGenerator(seed: centres)
        var noise = SeededGenerator(seed: seed)
        var (labels, values) = ([String](), [Float]())
        for own in 0..<classes {
            let centre = (0..<dimension).map { _ in places.normals().0 }
            for _ in 0..<items {
                labels.append("class \(own)")
                values += centre.map { $0 + spread * noise.normals().0 }
            }
        }
        return Examples(
            labels: ItemLabels(labels),
            trusted: Matrix(rows: labels.count, columns: dimension, trusted: values), metric: .l2)
    }

    private func calibration(
        _ examples: Examples, _ classifier: Classifier = .ridge, strangersKnown: Double = 0.05
    ) throws -> Calibration {
        let items = try FittedRules.gallery(examples).read { try LeftOutItems(of: $0, limit: 2000, seed: 1) }
        return try items.calibration(
            of: classifier, by: items.answers(by: classifier), strangersKnown: strangersKnown)
    }

    private func answers(
        _ examples: Examples, _ calibration: Calibration, to queries: Matrix, heedsEquals: Bool = false
    ) throws -> [Answer] {
        try Inquiry(
            calibration.classifier, in: FittedRules.gallery(examples), calibration: calibration,
            heedsEquals: heedsEquals
        ).answers(to: queries).predictions
    }

    /// Of classes that are not there about as many pictures are called known as was promised, whatever the classifier; of its
    /// own most.
    @Test(arguments: [0.02, 0.05, 0.2]) func strangersAreUnknown(share: Double) throws {
        for classifier in [Classifier.ridge, .nearestClass, .classMean] {
            var (rates, known) = ([Double](), [Double]())
            for draw in 1...12 as ClosedRange<UInt64> {
                // The last twelve of the classes are not in the gallery.
                let whole = examples(classes: 24, items: 8, spread: 0.35, seed: draw, centres: draw)
                let own = Array(0..<12 * 5).map { $0 / 5 * 8 + $0 % 5 }
                let gallery = Examples(
                    labels: ItemLabels(own.map { "class \($0 / 8)" }),
                    trusted: whole.embeddings.rows(at: own),
                    metric: .l2)
                let found = try calibration(gallery, classifier, strangersKnown: share)
                let border = try #require(found.border)
                #expect(border.strangersKnown <= share && border.interval.low <= border.strangersKnown)
                #expect(border.interval.high >= border.strangersKnown && border.interval.high < 1)
                let strangers = whole.embeddings.rows(at: 12 * 8..<24 * 8)
                let others = whole.embeddings.rows(at: (0..<12 * 3).map { $0 / 3 * 8 + 5 + $0 % 3 })
                func calledKnown(_ queries: Matrix) throws -> Double {
                    let given = try answers(gallery, found, to: queries)
                    return Double(given.count { $0.verdict != .unknown }) / Double(queries.rows)
                }
                rates.append(try calledKnown(strangers))
                known.append(try calledKnown(others))
                #expect(abs(known.last! - (border.ownKnown ?? 9)) < 0.3)
            }
            let rate = rates.reduce(0, +) / 12
            #expect(rate < share + 0.06, "\(classifier): \(rate) of \(share)")
            #expect(known.reduce(0, +) / 12 > 0.9, "\(classifier): \(known)")
        }
    }

    /// What is said with a probability of 0.7 to 0.9 is right about that often.
    @Test func probabilitiesHold() throws {
        for classifier in [Classifier.ridge, .nearestClass, .classMean, .nearestNeighbours(k: 5)] {
            var (said, right, unsure) = (0.0, 0.0, 0)
            for draw in 1...10 as ClosedRange<UInt64> {
                let gallery = examples(classes: 8, items: 6, spread: 1.1, seed: draw)
                let found = try calibration(gallery, classifier)
                let asked = examples(classes: 8, items: 25, spread: 1.1, seed: draw + 100)
                let given = try answers(gallery, found, to: asked.embeddings)
                for (position, answer) in given.enumerated() {
                    said += Double(answer.confidence)
                    right += answer.label == "class \(position / 25)" ? 1 : 0
                    unsure += (0.3...0.9).contains(answer.confidence) ? 1 : 0
                    #expect((0...1).contains(answer.confidence) && answer.margin >= 0)
                    #expect(answer.ranking.reduce(0) { $0 + $1.score } < 1.0001)
                }
            }
            #expect(abs(said - right) / 2000 < 0.06, "\(classifier): \(said), \(right)")
            #expect(unsure > 300, "\(classifier): nothing was asked that is hard")
        }
    }

    @Test func verdicts() throws {
        let gallery = examples(classes: 6, items: 5, spread: 0.3, seed: 1)
        let found = try calibration(gallery)
        // Between two classes; far away; an item itself.
        var between = [Float](repeating: 0, count: 12)
        for column in 0..<12 {
            between[column] = (gallery.embeddings[0, column] + gallery.embeddings[5, column]) / 2
        }
        let queries = Matrix(
            rows: 3, columns: 12,
            trusted: between + [Float](repeating: 50, count: 12) + Array(gallery.embeddings[7]))
        let given = try answers(gallery, found, to: queries, heedsEquals: true)
        #expect(given[1].verdict == .unknown && given[1].alternatives == [])
        #expect(given[2].verdict == .known && given[2].label == "class 1" && given[2].confidence == 1)
        if given[0].verdict == .ambiguous {
            #expect(Set(given[0].alternatives).isSuperset(of: ["class 0", "class 1"]))
        } else {
            #expect(given[0].verdict == .unknown)
        }
        // Nothing is said of scores by another classifier; the border is that of the distances.
        let other = try Inquiry(.classMean, in: FittedRules.gallery(gallery), calibration: found)
            .answers(to: queries).predictions
        let plain = try Classifier.classMean.answers(to: queries, in: FittedRules.gallery(gallery))
            .predictions
        #expect(other.map(\.confidence) == plain.map(\.confidence) && other[1].verdict == .unknown)
        #expect(plain.allSatisfy { $0.verdict == .known })
    }

    /// Equal pictures of two classes are of either, however many there are and whatever the classifier says.
    @Test func equalPictures() throws {
        var values: [Float] = []
        for item in 0..<46 { values += item < 26 ? [1, 0, 0] : [0, 1, Float(item)] }
        let labels =
            [String](repeating: "apple", count: 6) + [String](repeating: "zebra", count: 20)
            + (0..<20).map { "other \($0 % 2)" }
        let examples = Examples(
            labels: ItemLabels(labels), trusted: Matrix(rows: 46, columns: 3, trusted: values), metric: .l2)
        let query = Matrix(rows: 1, columns: 3, trusted: [1, 0, 0])
        for rule in [Classifier.nearestClass, .ridge, .classMean, .nearestNeighbours(k: 3)] {
            let answer = try Inquiry(rule, in: FittedRules.gallery(examples), heedsEquals: true)
                .answers(to: query).predictions[0]
            #expect(
                answer.verdict == .ambiguous && Set(answer.alternatives) == ["apple", "zebra"], "\(rule)")
            #expect(answer.confidence == 0.5 && answer.ranking.count >= 2, "\(rule)")
        }
    }

    @Test func whereNothingCanBeUnknown() throws {
        let two = examples(classes: 2, items: 4, spread: 0.3, seed: 1)
        #expect(try calibration(two).silence == .fewClasses && calibration(two).border == nil)
        let labels = ItemLabels(["a", "a", "b", "b", "c", "c"])
        let point = Examples(
            labels: labels, trusted: Matrix(rows: 6, columns: 2, trusted: [Float](repeating: 1, count: 12)),
            metric: .l2)
        #expect(try calibration(point).silence == .onePoint)
        let products = Examples(
            labels: labels, trusted: Matrix(rows: 6, columns: 2, trusted: (0..<12).map { Float($0) }),
            metric: .innerProduct)
        #expect(try calibration(products, .classMean).silence == .metric)
        // One item a class: strangers can be made, and nothing is known of the probabilities.
        let single = examples(classes: 9, items: 1, spread: 0.3, seed: 2)
        let found = try calibration(single)
        #expect(found.border != nil && found.silence == nil && found.items == 9)
        #expect(found.border?.ownKnown == nil && found.meaning.count == 2)
    }

    @Test func isKeptAndRead() throws {
        let found = try calibration(examples(classes: 5, items: 4, spread: 0.5, seed: 3))
        let again = try JSONDecoder().decode(Calibration.self, from: JSONEncoder().encode(found))
        #expect(again == found)
    }

    /// Of many items some of each class are asked about, among all.
    @Test func manyItems() throws {
        let many = examples(classes: 10, items: 60, spread: 0.4, seed: 4)
        let gallery = try FittedRules.gallery(many)
        let (few, all) = try gallery.read {
            (try LeftOutItems(of: $0, limit: 100, seed: 1), try LeftOutItems(of: $0, limit: 600, seed: 1))
        }
        #expect(few.examples.labels.counts == [Int](repeating: 10, count: 10))
        let one = try few.calibration(of: .ridge, by: few.answers(by: .ridge), strangersKnown: 0.05)
        let other = try all.calibration(of: .ridge, by: all.answers(by: .ridge), strangersKnown: 0.05)
        #expect(one.items == 100 && one.total == 600 && other.items == 600)
        let (a, b) = (try #require(one.border), try #require(other.border))
        #expect(abs(try #require(a.ownKnown) - #require(b.ownKnown)) < 0.15)
    }
}
