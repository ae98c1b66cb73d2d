import AkinClassification
import AkinExchange
import AkinImages
import AkinIndexing
import AkinItems
import AkinNetworks
import AkinTensors
import AkinVectorSearch
import TestSupport
import Testing

@Suite struct AnswersTests {
    static let dimension = 8

    /// An index in a folder of its own.
    func makeIndex(in folder: TemporaryFolder, metric: Metric.Kind = .l2) throws -> EmbeddingIndex {
        let layers: [LayerSpecification] = [.flatten, .dense(units: Self.dimension, activation: .sigmoid)]
        let network = try Network(layers, input: Shape(height: 2, width: 2, channels: 1))
        let checkpoint = Checkpoint(
            network, preprocessing: Preprocessing(trusted: 2, width: 2),
            details: .init(name: "small", seed: 1, epochs: 0, data: "none", labels: []),
            head: [
                .init(
                    name: "similarity.weight", shape: [Self.dimension, 1],
                    values: (0..<Self.dimension).map { 1 - 0.5 * Float($0) }),
                .init(name: "similarity.bias", shape: [1], values: [0.5]),
            ])
        return try EmbeddingIndex.create(at: folder.path + "/index", backbone: checkpoint, metric: metric)
    }

    func add(_ labels: [String], _ embeddings: Matrix, to index: EmbeddingIndex) throws {
        let before = try index.count
        try index.add(
            labels.enumerated().map { NewItem(label: $1, source: "/pictures/\(before + $0).png") },
            embeddings: embeddings, backbone: index.backbone)
    }

    func random(_ rows: Int, seed: UInt64) -> Matrix {
        var generator = SeededGenerator(seed: seed)
        return Matrix(
            rows: rows, columns: Self.dimension,
            trusted: (0..<rows * Self.dimension).map { _ in generator.uniform() * 2 - 0.5 })
    }

    @Test(arguments: Metric.Kind.allCases) func answersAreThoseOfTheDistances(metric: Metric.Kind) throws {
        let folder = try TemporaryFolder()
        let index = try makeIndex(in: folder, metric: metric)
        try add((0..<90).map { "class \($0 % 7)" }, random(90, seed: 1), to: index)
        // Ids no longer count from one place to the next.
        try index.remove(ids: Array(index.items().map(\.id).prefix(60)).filter { $0 % 3 == 0 })
        let queries = random(25, seed: 2)
        let (items, embeddings) = try index.labelled()
        let distances = index.metric.distances(trusted: queries, to: embeddings)
        var classifiers: [Classifier] = [
            .nearestNeighbours(k: 1), .nearestNeighbours(k: 9), .nearestNeighbours(k: 1000),
            .averageClassDistance,
        ]
        if !metric.mayBeNegative { classifiers.append(.nearestNeighbours(k: 5, weighting: .distance)) }
        for classifier in classifiers {
            let answers = try classifier.answers(to: queries, in: index, listing: 4)
            #expect(answers.predictions.count == 25)
            for (query, prediction) in answers.predictions.enumerated() {
                let expected = try #require(
                    classifier.prediction(
                        fromDistances: distances[query], labels: ItemLabels(items.map(\.label)), listing: 4))
                #expect(prediction.label == expected.label, "\(metric) \(classifier) query \(query)")
                #expect(abs(prediction.confidence - expected.confidence) < 1e-3)
                #expect(prediction.neighbours.map(\.item) == expected.neighbours.map { items[Int($0.id)] })
            }
        }
    }

    @Test func moreNeighboursThanItemsAreAllUsedAndNoted() throws {
        let folder = try TemporaryFolder()
        let index = try makeIndex(in: folder)
        try add(["a", "b", "b"], random(3, seed: 3), to: index)
        let answers = try Classifier.nearestNeighbours(k: 50).answers(to: random(2, seed: 4), in: index)
        #expect(answers.predictions.map(\.label) == ["b", "b"])
        #expect(answers.predictions.allSatisfy { $0.neighbours.count == 3 })
        #expect(answers.note == "k is 50, but there are only 3 items to compare with: all of them vote")
        #expect(try Classifier.nearestNeighbours(k: 3).answers(to: random(2, seed: 4), in: index).note == nil)
    }

    @Test func aClassAddedIsAnsweredAtOnce() throws {
        let folder = try TemporaryFolder()
        let index = try makeIndex(in: folder)
        try add(["a", "a", "b", "b"], random(4, seed: 5), to: index)
        let query = Matrix(
            rows: 1, columns: Self.dimension, trusted: [Float](repeating: 7, count: Self.dimension))
        for classifier in [Classifier.nearestNeighbours(k: 1), .averageClassDistance] {
            #expect(try classifier.answers(to: query, in: index).predictions[0].label != "new")
        }
        try add(["new"], query, to: index)
        for classifier in [Classifier.nearestNeighbours(k: 1), .averageClassDistance] {
            let prediction = try classifier.answers(to: query, in: index).predictions[0]
            #expect(prediction.label == "new")
            #expect(prediction.neighbours[0].distance == 0)
        }
    }

    @Test func whatCannotBeAnsweredIsRefused() throws {
        let folder = try TemporaryFolder()
        let index = try makeIndex(in: folder, metric: .innerProduct)
        for classifier in [Classifier.nearestNeighbours(k: 1), .averageClassDistance] {
            #expect(throws: ClassificationError.nothingToCompareWith) {
                try classifier.answers(to: random(1, seed: 6), in: index)
            }
        }
        try add(["a"], random(1, seed: 7), to: index)
        var broken = random(3, seed: 8)
        broken[1, 2] = .nan
        for classifier in [Classifier.nearestNeighbours(k: 1), .averageClassDistance] {
            #expect(throws: ClassificationError.wrongDimension(expected: Self.dimension, found: 3)) {
                try classifier.answers(to: Matrix(zeros: 1, columns: 3), in: index)
            }
            #expect(throws: ClassificationError.notANumber(query: 1)) {
                try classifier.answers(to: broken, in: index)
            }
            let none = try classifier.answers(to: Matrix(zeros: 0, columns: Self.dimension), in: index)
            #expect(none.predictions.isEmpty)
        }
        #expect(throws: ClassificationError.weightingNeedsDistances(metric: "inner-product")) {
            try Classifier.nearestNeighbours(k: 1, weighting: .distance).answers(
                to: random(1, seed: 9), in: index)
        }
    }
}
