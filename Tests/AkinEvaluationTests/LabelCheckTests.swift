import Akin
import AkinClassification
import AkinEvaluation
import AkinImages
import AkinItems
import AkinTensors
import TestSupport
import Testing

/// Labels that are wrong, what was added and what it changed, and how many pictures would do, of embeddings drawn by the test.
@Suite struct LabelCheckTests {
    /// Heaps of points about places far from each other, one a class.
    private struct Heaps {
        var items: [Item] = []
        var embeddings: Matrix

        init(classes: Int = 5, each: Int = 8, spread: Float = 0.3, seed: UInt64 = 1) {
            var generator = SeededGenerator(seed: seed)
            var values: [Float] = []
            for own in 0..<classes {
                for number in 0..<each {
                    let id = UInt64(items.count + 1)
                    items.append(
                        Item(
                            id: id, label: "class\(own)", source: Source("\(own)/\(number)"),
                            contentHash: ContentHash(high: 0, low: id)))
                    values += (0..<classes).map { ($0 == own ? 1 : 0) + spread * (generator.uniform() - 0.5) }
                }
            }
            embeddings = Matrix(rows: items.count, columns: classes, trusted: values)
        }

        func check(_ classifier: Classifier = .ridge) throws -> LabelCheck {
            let left = LeftOutItems(items, embeddings, .l2, limit: 1000, seed: 1)
            return LabelCheck(left, by: classifier, try left.answers(by: classifier))
        }
    }

    @Test(arguments: [Classifier.ridge, .nearestClass, .classMean]) func wrongLabelsComeFirst(
        classifier: Classifier
    ) throws {
        var heaps = Heaps()
        #expect(try heaps.check(classifier).suspects.isEmpty)
        heaps.items[3].label = "class4"
        heaps.items[20].label = "class0"
        let check = try heaps.check(classifier)
        #expect(Set(check.suspects.prefix(2).map(\.id)) == [4, 21], "\(check.suspects.map(\.id))")
        let first = try #require(check.suspects.first { $0.id == 4 })
        #expect(first.label == "class4" && first.proposed == "class0" && first.probability > 0.5)
        #expect(first.own < first.probability && first.source == "0/3")
        #expect(try #require(first.nearest).path.hasPrefix("0/"))
        #expect(try #require(first.nearestOwn).path.hasPrefix("4/"))
        #expect(check.items == 40 && check.asked == 40 && check.classifier == classifier.description)
    }

    @Test func whatIsAloneIsNoSuspect() throws {
        var heaps = Heaps()
        heaps.items[3].label = "alone"
        let check = try heaps.check()
        #expect(!check.suspects.contains { $0.id == 4 } && check.asked == 39)
    }

    @Test func mixedClassesAreNamed() throws {
        var heaps = Heaps(each: 10)
        // Half of each bears the other's label.
        for i in 0..<10 { heaps.items[i].label = i % 2 == 0 ? "class0" : "class1" }
        for i in 10..<20 { heaps.items[i].label = i % 2 == 0 ? "class0" : "class1" }
        let mixed = try heaps.check(.nearestClass).mixed
        #expect(mixed.first.map { Set($0.labels) } == ["class0", "class1"])
        #expect(mixed.first?.asked == [10, 10] && (mixed.first?.mistaken.reduce(0, +) ?? 0) > 4)
    }

    @Test func aReceiptForWhatIsNew() throws {
        var heaps = Heaps(classes: 4, each: 6)
        // The new class lies where an old one does, and takes some of it away.
        for row in 18..<24 {
            heaps.embeddings[row] = heaps.embeddings[row - 18]
            heaps.embeddings[row, 0] += 0.01
        }
        let receipt = try Receipt(
            heaps.items, heaps.embeddings, .l2, adding: Set(19...24), by: .nearestNeighbours(k: 1))
        #expect(receipt.classes.count == 1 && receipt.older == 18)
        let own = receipt.classes[0]
        #expect(own.label == "class3" && own.isNew && own.items == 6 && own.asked == 6)
        #expect(own.right < 6 && own.nearest.first == "class0")
        #expect(
            !receipt.changed.isEmpty && receipt.changed.allSatisfy { !$0.isRight && $0.label == "class0" })
        #expect(receipt.changed.allSatisfy { $0.before == "class0" && $0.after == "class3" })

        // One more of a class that was alone makes it right.
        let grown = try Receipt(
            Array(heaps.items[5..<18]), heaps.embeddings.rows(at: 5..<18), .l2, adding: [18],
            by: .nearestNeighbours(k: 1))
        #expect(grown.classes.map(\.label) == ["class2"] && !grown.classes[0].isNew && grown.older == 12)
        let first = try Receipt(
            heaps.items, heaps.embeddings, .l2, adding: Set(1...24), by: .nearestClass)
        #expect(first.classes.count == 4 && first.older == 0 && first.changed.isEmpty)
    }

    @Test func theCurveRises() throws {
        let heaps = Heaps(classes: 6, each: 16, spread: 2.2)
        func curve(_ draws: Int = 5) throws -> ShotCurve {
            try #require(
                try ShotCurve(
                    heaps.items, heaps.embeddings, .l2, by: .classMean, draws: draws, seed: 3))
        }
        let found = try curve()
        #expect(found.points.map(\.images) == [1, 2, 3, 5, 10, 12])
        #expect(
            found.points.allSatisfy {
                $0.classes == 6 && $0.interval.low <= $0.accuracy && $0.accuracy <= $0.interval.high
            })
        #expect(found.points[0].accuracy < found.points[5].accuracy)
        #expect(found.classes.count == 6 && found.classes.allSatisfy { $0.asked == 20 && $0.items == 16 })
        #expect(found.classes.allSatisfy { ($0.expected ?? 1) >= ($0.accuracy ?? 0) })
        #expect(try curve() == found)
        let easy = Heaps(classes: 3, each: 4)
        let right = try #require(
            try ShotCurve(easy.items, easy.embeddings, .l2, by: .nearestClass, draws: 3, seed: 1))
        #expect(right.points.map(\.images) == [1, 2, 3] && right.classes.allSatisfy { $0.advice == .enough })
        #expect(right.svg.hasPrefix("<svg ") && right.text().contains("3 of 3 classes need no more"))
    }

    @Test func curvesOfFewItems() throws {
        var heaps = Heaps(classes: 3, each: 2)
        heaps.items[5].label = "alone"
        let curve = try #require(
            try ShotCurve(heaps.items, heaps.embeddings, .l2, by: .nearestClass, draws: 2, seed: 1))
        #expect(curve.points.map(\.images) == [1])
        #expect(curve.classes.first { $0.label == "alone" }?.advice == .unknown)
        let single = [0, 2, 4]
        #expect(throws: EvaluationError.nothingToLeaveOut) {
            try ShotCurve(
                single.map { heaps.items[$0] }, heaps.embeddings.rows(at: single), .l2, by: .nearestClass,
                draws: 1, seed: 1)
        }
        #expect(
            try ShotCurve(
                heaps.items, heaps.embeddings, .l2, by: .nearestClass, draws: 1, seed: 1,
                isCancelled: { true }) == nil)
    }

    @Test func nearCopiesAreCounted() throws {
        var heaps = Heaps(each: 6)
        func count() throws -> Int {
            try LeaveOneOut(
                sources: heaps.items.map(\.source), labels: heaps.items.map(\.label),
                classifier: .nearestClass,
                metric: .l2
            ).outcomes(of: heaps.embeddings).nearCopies
        }
        let before = try count()
        heaps.embeddings[7] = heaps.embeddings[6]
        heaps.embeddings[7, 0] += 0.0005
        #expect(try count() == before + 2)
    }
}
