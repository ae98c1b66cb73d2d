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
        #expect(
            try Classifier(named: "random-forest", settings: ClassifierSettings(trees: 25))
                == .randomForest(trees: 25))
        #expect(
            try Classifier(
                named: "support-vectors", settings: ClassifierSettings(kernel: .polynomial, degree: 2))
                == .supportVectors(kernel: .polynomial, degree: 2))
        // Other kernels have no degree.
        #expect(
            try Classifier(named: "support-vectors", settings: ClassifierSettings(degree: 2))
                == .supportVectors())
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
        "", "x", "an oracle of a hundred voices and more", String(repeating: "a", count: 100_000),
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

    @Test(arguments: [0, -1, 11])
    func aKernelHasADegree(degree: Int) {
        #expect(throws: ClassificationError.unusableDegree(degree, allowed: 1...10)) {
            try Classifier(named: "support-vectors", settings: ClassifierSettings(degree: degree))
        }
    }

    @Test(arguments: [0, -1, 10_001])
    func aForestHasTrees(trees: Int) {
        #expect(throws: ClassificationError.unusableTrees(trees, allowed: 1...10_000)) {
            try Classifier(named: "random-forest", settings: ClassifierSettings(trees: trees))
        }
    }

    @Test func settingsStandBehindTheName() throws {
        #expect(try Classifier(written: "ridge") == .ridge)
        let k = ClassifierSettings(k: 7)
        #expect(try Classifier(written: "nearest-neighbours", settings: k) == .nearestNeighbours(k: 7))
        #expect(try Classifier(written: "nearest-neighbours:15", settings: k) == .nearestNeighbours(k: 15))
        #expect(try Classifier(written: "random-forest:50") == .randomForest(trees: 50))
        #expect(try Classifier(written: "support-vectors:linear") == .supportVectors(kernel: .linear))
        #expect(
            try Classifier(written: "support-vectors:polynomial-2")
                == .supportVectors(kernel: .polynomial, degree: 2))
        for (name, settings) in [
            ("ridge", ["", "1"]), ("nearest-neighbours", ["", "all", "1.5", "3-4"]),
            ("random-forest", ["many"]),
            ("support-vectors", ["", "3", "linear-3", "polynomial-", "polynomial-x", "-2"]),
        ] {
            for setting in settings {
                #expect(throws: ClassificationError.unusableSetting(setting, classifier: name)) {
                    try Classifier(written: "\(name):\(setting)")
                }
            }
        }
        #expect(throws: ClassificationError.neighboursNotPositive(0)) {
            try Classifier(written: "nearest-neighbours:0")
        }
        #expect(throws: ClassificationError.unusableTrees(0, allowed: 1...10_000)) {
            try Classifier(written: "random-forest:0")
        }
        #expect(throws: ClassificationError.unusableDegree(11, allowed: 1...10)) {
            try Classifier(written: "support-vectors:polynomial-11")
        }
        #expect(
            throws: ClassificationError.unknownClassifier(
                "rigde", nearest: "ridge", known: Classifier.names)
        ) { try Classifier(written: "rigde:3") }
    }

    @Test func settingsAreSaid() {
        #expect("\(Classifier.randomForest())" == "random-forest (100 trees)")
        #expect("\(Classifier.randomForest(trees: 1))" == "random-forest (1 tree)")
        #expect("\(Classifier.supportVectors(kernel: .polynomial))" == "support-vectors (polynomial)")
        #expect(
            "\(Classifier.supportVectors(kernel: .polynomial, degree: 2))"
                == "support-vectors (polynomial, degree 2)")
    }

    @Test func errorsSayWhatToDo() {
        #expect(
            "\(ClassificationError.unknownClassifier("knn", nearest: nil, known: Classifier.names))"
                == "there is no classifier 'knn'; use 'nearest-neighbours' or 'nearest-class' or 'average-class-distance' "
                + "or 'class-mean' or 'ridge' or 'discriminant' or 'support-vectors' or 'random-forest' or 'learned-similarity'"
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
