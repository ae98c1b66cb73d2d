import AkinClassification
import AkinVectorSearch
import Testing

@Suite struct ClassifierTests {
    @Test func namesAreRead() throws {
        #expect(try Classifier(named: "nearest-neighbours") == .nearestNeighbours(k: 5))
        #expect(
            try Classifier(named: "nearest-neighbours", k: 3, weighting: .distance)
                == .nearestNeighbours(k: 3, weighting: .distance))
        #expect(try Classifier(named: "average-class-distance", k: 3) == .averageClassDistance)
        #expect(try Classifier(named: "ridge") == .ridge)
        #expect(try Classifier(named: "support-vectors", kernel: .linear) == .supportVectors(kernel: .linear))
        for name in Classifier.names { #expect(try Classifier(named: name).name == name) }
    }

    @Test(arguments: [
        ("nearest-neighbors", "nearest-neighbours"), ("nearest-neighbour", "nearest-neighbours"),
        ("Average-Class-Distance", "average-class-distance"), ("average-distance", "average-class-distance"),
    ])
    func aMisspeltNameSuggestsTheNearest(name: String, nearest: String) {
        #expect(
            throws: ClassificationError.unknownClassifier(name, nearest: nearest, known: Classifier.names)
        ) {
            try Classifier(named: name)
        }
    }

    @Test(arguments: [
        "", "x", "random forest of a hundred trees and more", String(repeating: "a", count: 100_000),
    ])
    func aNameThatIsNearNothingSuggestsNothing(name: String) {
        #expect(throws: ClassificationError.unknownClassifier(name, nearest: nil, known: Classifier.names)) {
            try Classifier(named: name)
        }
    }

    @Test(arguments: [0, -1, Int.min])
    func thereMustBeANeighbour(k: Int) {
        #expect(throws: ClassificationError.neighboursNotPositive(k)) {
            try Classifier(named: "nearest-neighbours", k: k)
        }
    }

    @Test func errorsSayWhatToDo() {
        #expect(
            "\(ClassificationError.unknownClassifier("knn", nearest: nil, known: Classifier.names))"
                == "there is no classifier 'knn'; use 'nearest-neighbours' or 'nearest-class' or 'average-class-distance' "
                + "or 'class-mean' or 'ridge' or 'discriminant' or 'support-vectors'"
        )
        #expect(
            "\(ClassificationError.unknownClassifier("nearest", nearest: "nearest-neighbours", known: Classifier.names))"
                == "there is no classifier 'nearest'; did you mean 'nearest-neighbours'?")
        #expect(
            "\(ClassificationError.wrongDimension(expected: 64, found: 32))"
                == "the queries have 32 dimensions, the index has 64; embed them with the index's backbone")
    }

    @Test func moreNeighboursThanItemsAreNoted() {
        #expect(Classifier.nearestNeighbours(k: 5).note(items: 5) == nil)
        #expect(
            Classifier.nearestNeighbours(k: 50).note(items: 39)
                == "k is 50, but there are only 39 items to compare with: all of them vote")
        #expect(Classifier.averageClassDistance.note(items: 1) == nil)
    }

    @Test func weightsNeedDistancesThatAreNeverNegative() throws {
        let weighted = Classifier.nearestNeighbours(k: 3, weighting: .distance)
        #expect(throws: ClassificationError.weightingNeedsDistances(metric: "learned-l1")) {
            try weighted.check(metric: .learnedL1)
        }
        #expect(throws: ClassificationError.weightingNeedsDistances(metric: "inner-product")) {
            try weighted.check(metric: .innerProduct)
        }
        for metric in Metric.Kind.allCases where !metric.mayBeNegative { try weighted.check(metric: metric) }
        try Classifier.nearestNeighbours(k: 3).check(metric: .innerProduct)
    }
}
