import AkinClassification
import AkinTensors
import AkinVectorSearch
import Foundation
import Testing

/// Small cases by hand.
@Suite struct PredictionTests {
    func answer(
        _ classifier: Classifier, _ items: [(label: String, distance: Float)], listing: Int = 5
    ) throws -> Prediction {
        try #require(
            classifier.prediction(
                fromDistances: items.map(\.distance), labels: ItemLabels(items.map(\.label)), listing: listing
            ))
    }

    @Test func theNearestItemDecidesAlone() throws {
        let prediction = try answer(.nearestNeighbours(k: 1), [("a", 3), ("b", 1), ("a", 2)], listing: 2)
        #expect(prediction.label == "b")
        #expect(prediction.confidence == 1)
        #expect(prediction.ranking == [ClassScore(label: "b", score: 1, distance: 1, items: 1)])
        #expect(prediction.neighbours == [Neighbour(id: 1, distance: 1), Neighbour(id: 2, distance: 2)])
    }

    @Test func mostVotesWin() throws {
        let prediction = try answer(
            .nearestNeighbours(k: 3), [("a", 3), ("b", 1), ("a", 2), ("b", 9), ("b", 9)], listing: 1)
        #expect(prediction.label == "a")
        #expect(prediction.confidence == Float(2.0 / 3))
        #expect(
            prediction.ranking == [
                ClassScore(label: "a", score: Float(2.0 / 3), distance: 2.5, items: 2),
                ClassScore(label: "b", score: Float(1.0 / 3), distance: 1, items: 1),
            ])
        #expect(prediction.neighbours.map(\.id) == [1, 2, 0])
    }

    @Test func equalVotesGoToTheSmallerSum() throws {
        // b has the nearest voter, a the smaller sum.
        let prediction = try answer(.nearestNeighbours(k: 4), [("b", 1), ("a", 2), ("a", 3), ("b", 6)])
        #expect(prediction.label == "a")
        #expect(prediction.confidence == 0.5)
    }

    @Test func equalSumsGoToTheNearestVoter() throws {
        let prediction = try answer(.nearestNeighbours(k: 4), [("a", 2), ("a", 3), ("b", 1), ("b", 4)])
        #expect(prediction.label == "b")
    }

    @Test func whatIsEqualThroughoutGoesToTheFirstLabel() throws {
        let items: [(String, Float)] = [("c", 1), ("b", 2), ("b", 1), ("c", 2)]
        #expect(try answer(.nearestNeighbours(k: 4), items).label == "b")
        #expect(try answer(.averageClassDistance, items).label == "b")
    }

    @Test func noOrderDecidesWhoIsStillAmongTheNearest() throws {
        let prediction = try answer(.nearestNeighbours(k: 1), [("z", 1), ("a", 1)], listing: 1)
        #expect(prediction.label == "a" && prediction.confidence == 0.5)
        #expect(prediction.tied == ["a", "z"] && prediction.equallyNear == 2)
        #expect(prediction.neighbours == [Neighbour(id: 0, distance: 1)])
    }

    /// 6 apples and 20 zebras that are the same picture, in whatever order.
    @Test(arguments: [1, 2, 5, 6, 25, 26, 100], [false, true])
    func equallyNearItemsShareTheVotes(k: Int, zebrasFirst: Bool) throws {
        let labels = (0..<26).map { zebrasFirst ? $0 < 20 : $0 >= 6 }.map { $0 ? "zebra" : "apple" }
        let items: [(String, Float)] = labels.map { ($0, 0) } + [("far", 9)]
        for weighting in Classifier.Weighting.allCases {
            let prediction = try answer(.nearestNeighbours(k: k, weighting: weighting), items)
            guard k < 27 || weighting == .distance else {
                // All vote, the far one too.
                #expect(prediction.confidence == Float(20.0 / 27))
                #expect(prediction.ranking.map(\.items) == [20, 6, 1])
                continue
            }
            #expect(prediction.label == "zebra" && prediction.confidence == Float(20.0 / 26))
            #expect(prediction.ranking.prefix(2).map(\.items) == [20, 6])
            #expect(prediction.equallyNear == (k < 26 ? 26 : nil) && prediction.tied.isEmpty)
            #expect(prediction.neighbours.count == min(max(k, 5), 27))
        }
    }

    @Test func onlyTheLastVotesAreShared() throws {
        // One vote for a; two, shared by four, go half to each: 1 + 1 against 1.
        let items: [(String, Float)] = [("b", 2), ("a", 1), ("b", 2), ("a", 2), ("c", 3), ("a", 2)]
        let prediction = try answer(.nearestNeighbours(k: 3), items, listing: 1)
        #expect(
            prediction.ranking == [
                ClassScore(label: "a", score: Float(2.0 / 3), distance: 1.5, items: 3),
                ClassScore(label: "b", score: Float(1.0 / 3), distance: 2, items: 2),
            ])
        #expect(prediction.equallyNear == 4 && prediction.neighbours.map(\.id) == [1, 0, 2])
    }

    @Test func classesThatTieAreNamed() throws {
        let items: [(String, Float)] = [("b", 1), ("a", 2), ("a", 3), ("b", 6), ("c", 7)]
        #expect(try answer(.nearestNeighbours(k: 4), items).tied == ["a", "b"])
        #expect(try answer(.nearestNeighbours(k: 5), items).tied == ["a", "b"])
        #expect(try answer(.nearestNeighbours(k: 3), items).tied == [])
        #expect(try answer(.averageClassDistance, items).tied == [])
        #expect(try answer(.averageClassDistance, [("a", 1), ("b", 2), ("b", 0)]).tied == ["b", "a"])
        // As many votes, from 2 of 3 and from 2 of 3.
        let shared: [(String, Float)] = [("x", 1), ("y", 1), ("x", 1), ("y", 1), ("z", 1), ("z", 1)]
        #expect(try answer(.nearestNeighbours(k: 4), shared).tied == ["x", "y", "z"])
    }

    /// As a script may give it.
    @Test func moreVotesThanThereAreItemsAreNoMatter() throws {
        let prediction = try answer(
            .nearestNeighbours(k: .max), [("z", 1), ("a", 1), ("z", 2)], listing: .max)
        #expect(prediction.label == "z" && prediction.neighbours.count == 3 && prediction.equallyNear == nil)
    }

    @Test func nearVotesCountMoreWhenWeighted() throws {
        // 1 / 0.5 = 2 against 1 / 2 + 1 / 2 = 1.
        let prediction = try answer(
            .nearestNeighbours(k: 3, weighting: .distance), [("a", 0.5), ("b", 2), ("b", 2)])
        #expect(prediction.label == "a")
        #expect(abs(prediction.confidence - 2 / 3) < 1e-6)
    }

    @Test func onlyExactMatchesVoteWhereThereAreAny() throws {
        let prediction = try answer(
            .nearestNeighbours(k: 5, weighting: .distance),
            [("a", 0), ("b", 1e-9), ("b", 1e-9), ("b", 0), ("a", 0)])
        #expect(prediction.label == "a")
        #expect(abs(prediction.confidence - 2 / 3) < 1e-6)
    }

    @Test func theLowestMeanDistanceWins() throws {
        // The nearest item is of b, but its class lies further on average: 3 against 2.
        let prediction = try answer(
            .averageClassDistance, [("b", 0.5), ("b", 5.5), ("a", 1), ("a", 2), ("a", 3)], listing: 2)
        #expect(prediction.label == "a")
        #expect(prediction.ranking.map(\.label) == ["a", "b"])
        #expect(prediction.ranking.map(\.distance) == [2, 3])
        #expect(prediction.ranking.map(\.items) == [3, 2])
        // exp(-2) / (exp(-2) + exp(-3)) = 1 / (1 + exp(-1)).
        #expect(abs(prediction.confidence - 0.731_058_58) < 1e-6)
        #expect(prediction.neighbours.map(\.id) == [0, 2])
    }

    @Test func equalMeansGoToTheNearestItem() throws {
        #expect(try answer(.averageClassDistance, [("a", 2), ("a", 2), ("b", 1), ("b", 3)]).label == "b")
    }

    @Test func itemsWithoutADistanceTakeNoPart() throws {
        let items: [(String, Float)] = [("a", .nan), ("b", 2), ("a", .nan), ("c", 3)]
        for classifier in [Classifier.nearestNeighbours(k: 4), .averageClassDistance] {
            let prediction = try answer(classifier, items)
            #expect(prediction.label == "b")
            #expect(prediction.neighbours.map(\.id) == [1, 3])
            #expect(prediction.ranking.map(\.label) == ["b", "c"])
        }
    }

    @Test func withoutItemsThereIsNoAnswer() {
        for classifier in [Classifier.nearestNeighbours(k: 4), .averageClassDistance] {
            #expect(classifier.prediction(fromDistances: [], labels: ItemLabels([])) == nil)
            #expect(classifier.prediction(fromDistances: [.nan], labels: ItemLabels(["a"])) == nil)
        }
    }

    @Test func infiniteAndHugeDistancesGiveNumbers() throws {
        for classifier in [
            Classifier.nearestNeighbours(k: 4), .nearestNeighbours(k: 4, weighting: .distance),
            .averageClassDistance,
        ] {
            for distances: [Float] in [
                [.infinity, .infinity, .infinity], [3e38, 3e38, .infinity],
                [.leastNonzeroMagnitude, 3e38, 0],
                [-.infinity, 1, 2],
            ] {
                let prediction = try answer(classifier, Array(zip(["a", "b", "a"], distances)))
                #expect((0...1).contains(prediction.confidence), "\(classifier) \(distances)")
                #expect(
                    abs(prediction.ranking.reduce(0) { $0 + $1.score } - 1) < 1e-5,
                    "\(classifier) \(distances)")
            }
        }
    }
}

/// Many cases against classifiers that are written as the definitions are.
@Suite struct PredictionPropertyTests {
    @Test(arguments: 0..<200) func answersAreThoseOfTheDefinition(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        let count = Int.random(in: 1...150, using: &random)
        let classes = Int.random(in: 1...30, using: &random)
        // Few different distances in half of the cases, so that ties are frequent.
        let levels = Bool.random(using: &random) ? 4 : 1_000_000
        let labels = (0..<count).map { _ in "class \(Int.random(in: 0..<classes, using: &random))" }
        let distances = (0..<count).map { _ in
            Float(Int.random(in: 0..<levels, using: &random)) / Float(levels) * 3
        }
        let k = Int.random(in: 1...(count + 5), using: &random)
        let items = ItemLabels(labels)

        for weighting in Classifier.Weighting.allCases {
            let classifier = Classifier.nearestNeighbours(k: k, weighting: weighting)
            let prediction = classifier.prediction(fromDistances: distances, labels: items, listing: 1)
            #expect(
                prediction?.label == naiveVote(distances, labels, k: k, weighting: weighting), "seed \(seed)")
            check(prediction, seed: seed)
            #expect(prediction?.neighbours.count == min(k, count), "seed \(seed)")
        }
        let prediction = Classifier.averageClassDistance.prediction(
            fromDistances: distances, labels: items, listing: k)
        #expect(prediction?.label == naiveClassDistance(distances, labels), "seed \(seed)")
        check(prediction, seed: seed)
        let sorted = distances.indices.sorted { (distances[$0], $0) < (distances[$1], $1) }
        #expect(prediction?.neighbours.map { Int($0.id) } == Array(sorted.prefix(k)), "seed \(seed)")
    }

    /// Holds for every answer.
    func check(_ prediction: Prediction?, seed: Int) {
        guard let prediction else {
            Issue.record("no answer, seed \(seed)")
            return
        }
        #expect(prediction.label == prediction.ranking.first?.label, "seed \(seed)")
        #expect(prediction.confidence == prediction.ranking.first?.score, "seed \(seed)")
        #expect((0...1).contains(prediction.confidence), "seed \(seed)")
        #expect(prediction.ranking.count <= Prediction.rankedClasses, "seed \(seed)")
        #expect(prediction.ranking.reduce(0) { $0 + $1.score } <= 1 + 1e-5, "seed \(seed)")
        #expect(prediction.neighbours == prediction.neighbours.sorted(), "seed \(seed)")
    }

    func naiveVote(
        _ distances: [Float], _ labels: [String], k: Int, weighting: Classifier.Weighting
    ) -> String? {
        let sorted = distances.indices.sorted { (distances[$0], $0) < (distances[$1], $1) }
        let last = distances[sorted[min(k, sorted.count) - 1]]
        let voters = sorted.filter { distances[$0] <= last }
        // Those as near as the last share what votes the nearer ones leave.
        let nearer = voters.count { distances[$0] < last }
        func share(_ item: Int) -> Double {
            guard voters.count > k else { return 1 }
            return Double(distances[item] < last ? voters.count - nearer : k - nearer)
        }
        let exact = voters.filter { distances[$0] == 0 }
        func weight(_ item: Int) -> Double {
            if weighting == .uniform { return share(item) }
            if !exact.isEmpty { return exact.contains(item) ? share(item) : 0 }
            return share(item) / Double(distances[item])
        }
        func rank(_ label: String) -> (Double, Double, Float, String) {
            let own = voters.filter { labels[$0] == label }
            return (
                -own.reduce(0) { $0 + weight($1) }, own.reduce(0) { $0 + share($1) * Double(distances[$1]) },
                own.map { distances[$0] }.min()!, label
            )
        }
        return Set(voters.map { labels[$0] }).min { rank($0) < rank($1) }
    }

    func naiveClassDistance(_ distances: [Float], _ labels: [String]) -> String? {
        func rank(_ label: String) -> (Double, Float, String) {
            let own = distances.indices.filter { labels[$0] == label }.map { distances[$0] }
            return (own.reduce(0) { $0 + Double($1) } / Double(own.count), own.min()!, label)
        }
        return Set(labels).min { rank($0) < rank($1) }
    }
}
