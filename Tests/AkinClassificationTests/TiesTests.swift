import AkinBasics
import AkinClassification
import AkinIndexing
import AkinItems
import AkinTensors
import AkinVectorSearch
import TestSupport
import Testing

/// Items as near as the last that votes, wherever they are asked for: in a gallery in memory, an index, one with a graph,
/// left out.
@Suite struct TiesTests {
    private static let dimension = 6

    /// A few places, at each of which lie many items, whose labels are in order.
    private func items(_ count: Int, places: Int, seed: UInt64) -> (labels: [String], embeddings: Matrix) {
        var random = SeededGenerator(seed: seed)
        let points = (0..<places).map { _ in (0..<Self.dimension).map { _ in random.uniform() } }
        var labels: [String] = []
        var values: [Float] = []
        for i in 0..<count {
            labels.append("class \(i * 7 / count)")
            values += points[Int.random(in: 0..<places, using: &random)]
        }
        return (labels, Matrix(rows: count, columns: Self.dimension, trusted: values))
    }

    private func add(_ labels: [String], _ embeddings: Matrix, to gallery: some Gallery) throws {
        try gallery.write("test") { writer in
            for i in labels.indices {
                let item = NewItem(label: labels[i], source: "/\(i).png")
                _ = try writer.put(
                    item, contentHash: ContentHash(high: 0, low: UInt64(i)), embeddings[i])
            }
        }
    }

    /// The answers by all distances, one after the other.
    private func expected(
        _ classifier: Classifier, _ query: ArraySlice<Float>, _ labels: [String], _ embeddings: Matrix,
        _ metric: Metric, without left: Int? = nil
    ) throws -> Prediction {
        let distances = labels.indices.map {
            $0 == left ? .nan : metric.distance(trusted: query, to: embeddings[$0])
        }
        return try #require(
            classifier.prediction(fromDistances: distances, labels: ItemLabels(labels), listing: 3))
    }

    private func expectSame(_ answer: Prediction, _ expected: Prediction, _ comment: String) {
        #expect(answer.label == expected.label && answer.tied == expected.tied, "\(comment)")
        #expect(answer.equallyNear == expected.equallyNear, "\(comment)")
        #expect(answer.ranking.map(\.items) == expected.ranking.map(\.items), "\(comment)")
        #expect(abs(answer.confidence - expected.confidence) < 1e-6, "\(comment)")
    }

    @Test(arguments: [1, 4, 40], [1, 3, 30]) func aGalleryAnswersByAllThatAreEquallyNear(k: Int, places: Int)
        throws
    {
        let (labels, embeddings) = items(700, places: places, seed: UInt64(places))
        let folder = try TemporaryFolder()
        for metric in [Metric.l2, .cosine, .l1] {
            let memory = try MemoryGallery(dimension: Self.dimension, metric: metric)
            let index = try EmbeddingIndex.create(
                at: "\(folder.path)/\(metric.kind.rawValue)", dimension: Self.dimension, metric: metric.kind)
            try add(labels, embeddings, to: memory)
            try add(labels, embeddings, to: index)
            var queries = items(20, places: 20, seed: 99).embeddings
            for row in 0..<10 { queries[row] = embeddings[row * 31] }
            let classifier = Classifier.nearestNeighbours(k: k)
            func check(_ answers: Answers, _ comment: String) throws {
                for (row, answer) in answers.predictions.enumerated() {
                    expectSame(
                        answer.prediction,
                        try expected(classifier, queries[row], labels, embeddings, metric),
                        "\(comment) \(metric) k \(k) query \(row)")
                    #expect(answer.neighbours.count == max(k, 3))
                }
            }
            try check(try classifier.answers(to: queries, in: memory, listing: 3), "memory")
            try check(try classifier.answers(to: queries, in: index, listing: 3), "exact")
            try index.buildGraph()
            try check(try classifier.answers(to: queries, in: index, listing: 3), "graph")
            try check(
                try classifier.answers(to: queries, in: index, listing: 3, method: .exact), "graph, exact")
        }
    }

    /// By the fast path, whose distances come from matrix products, and which sees items at all places in its tiles.
    @Test(arguments: [1, 5], [1, 3, 30]) func leftOutItemsAreAnsweredByAllThatAreEquallyNear(
        k: Int, places: Int
    )
        throws
    {
        let (labels, embeddings) = items(700, places: places, seed: UInt64(places))
        let rule = NearestNeighbours(k: k)
        for metric in [Metric.l2, .squaredL2, .cosine, .innerProduct] {
            let answers = try rule.answers(
                leavingOut: Array(0..<700), Folds((0..<700).map { [$0] }),
                of: Examples(labels: ItemLabels(labels), trusted: embeddings, metric: metric), listing: 1)
            for (i, answer) in answers.enumerated() {
                expectSame(
                    try #require(answer.prediction),
                    try expected(Classifier(rule), embeddings[i], labels, embeddings, metric, without: i),
                    "\(metric) k \(k), \(places) places, item \(i)")
            }
        }
    }

    @Test func whatIsLeftOutTakesNoPart() throws {
        let gallery = try MemoryGallery(dimension: 1)
        try add(
            Array(repeating: "apple", count: 6) + Array(repeating: "zebra", count: 20),
            Matrix(zeros: 26, columns: 1), to: gallery)
        let query = Matrix(zeros: 1, columns: 1)
        func answer(_ filter: ItemFilter = ItemFilter(), _ excluding: Exclusion = Exclusion()) throws
            -> Answer
        {
            try Classifier.nearestNeighbours(k: 5).answers(
                to: query, in: gallery, filter: filter, excluding: excluding
            ).predictions[0]
        }
        #expect(try answer().confidence == Float(20.0 / 26))
        #expect(try answer(ItemFilter(labels: ["apple"])).ranking.map(\.items) == [6])
        let even = try answer(ItemFilter(), Exclusion(ids: Set(13...26)))
        #expect(even.tied == ["apple", "zebra"] && even.label == "apple" && even.confidence == 0.5)
        #expect(even.neighbours.map(\.item.id) == [1, 2, 3, 4, 5])
    }
}
