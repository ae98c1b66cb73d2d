import Akin
import Foundation
import Testing

@Suite struct LeaveOneOutTests {
    /// Points on a line.
    func matrix(_ values: [Float]) -> Matrix { Matrix(rows: values.count, columns: 1, trusted: values) }

    @Test func byHand() throws {
        // c lies between two a's and is alone; the last b is nearer to an a.
        let labels = ["a", "a", "c", "a", "b", "b", "b"]
        let sources = labels.indices.map { Source("/pictures/\($0).png") }
        let test = try LeaveOneOut(
            sources: sources, labels: labels, classifier: .nearestNeighbours(k: 1), metric: .l2)
        let report = try LeaveOneOutReport(try test.outcomes(of: matrix([0, 1, 1.75, 3, 10, 10.5, 5])))
        #expect(report.items == 7)
        // Wrong are c; a at 1, nearest to c (0.75 against 1); a at 3, nearest to c (1.25); b at 5, nearest
        // to a at 3.
        #expect(report.errors == 4)
        #expect(report.accuracy == 3.0 / 7)
        #expect(report.interval == Interval(3, trusted: 7))
        #expect(
            report.classes == [
                ClassResult(label: "a", items: 3, errors: 2), ClassResult(label: "b", items: 3, errors: 1),
                ClassResult(label: "c", items: 1, errors: 1),
            ])
        #expect(report.singletons == ["c"])
        #expect(abs(try #require(report.macroAccuracy) - 0.5) < 1e-12)
        #expect(
            report.mistakes.map {
                [$0.source.path, $0.label, $0.predicted, $0.nearest?.path, $0.nearestLabel]
            } == [
                ["/pictures/1.png", "a", "c", "/pictures/2.png", "c"],
                ["/pictures/2.png", "c", "a", "/pictures/1.png", "a"],
                ["/pictures/3.png", "a", "c", "/pictures/2.png", "c"],
                ["/pictures/6.png", "b", "a", "/pictures/3.png", "a"],
            ])
        for (mistake, distance) in zip(report.mistakes, [0.75, 0.75, 1.25, 2] as [Float]) {
            #expect(abs(try #require(mistake.distance) - distance) < 1e-3)
        }
        #expect(!report.byGroup && !report.retrained)
    }

    @Test func aGroupIsLeftOutAsAWhole() throws {
        // Pages 1 and 2 hold one class each, close together.
        let labels = ["a", "a", "b", "b", "a", "b"]
        let embeddings = matrix([0, 0.5, 10, 10.5, 20, 21])
        func report(_ groups: [String?]?) throws -> LeaveOneOutReport {
            try LeaveOneOutReport(
                try LeaveOneOut(
                    sources: labels.map { Source($0) }, labels: labels, groups: groups,
                    classifier: .nearestNeighbours(k: 1), metric: .l2
                ).outcomes(of: embeddings))
        }
        #expect(try report(nil).mistakes.map { $0.distance?.rounded() } == [1, 1])
        #expect(try report(["1", "1", "2", "2", "3", "3"]).errors == 5)
        // A class of which every item lies on one page.
        let byClass = try report(["1", "1", "2", "2", "1", "2"])
        #expect(byClass.errors == 6)
        #expect(byClass.singletons == ["a", "b"])
        #expect(byClass.macroAccuracy == nil)
        #expect(byClass.byGroup)
        // Items without a group stand alone.
        let test = try LeaveOneOut(
            sources: labels.map { Source($0) }, labels: labels, groups: [nil, "x", nil, "x", nil, nil],
            classifier: .averageClassDistance,
            metric: .l2)
        #expect(test.folds == [[0], [1, 3], [2], [4], [5]])
    }

    @Test func whatCannotBeTestedIsRefused() throws {
        let classifier = Classifier.nearestNeighbours(k: 1)
        for labels in [[], ["a"]] {
            #expect(throws: EvaluationError.tooFewItems(labels.count)) {
                try LeaveOneOut(
                    sources: labels.map { Source($0) }, labels: labels, classifier: classifier, metric: .l2)
            }
        }
        #expect(throws: EvaluationError.oneGroup("page 1", items: 2)) {
            try LeaveOneOut(
                sources: ["x", "y"], labels: ["a", "b"], groups: ["page 1", "page 1"], classifier: classifier,
                metric: .l2)
        }
        #expect(throws: EvaluationError.classification(.weightingNeedsDistances(metric: "inner-product"))) {
            try LeaveOneOut(
                sources: ["x", "y"], labels: ["a", "b"],
                classifier: .nearestNeighbours(k: 1, weighting: .distance), metric: .innerProduct)
        }
        let test = try LeaveOneOut(
            sources: ["x", "y"], labels: ["a", "a"], classifier: classifier, metric: .l2)
        #expect(throws: EvaluationError.wrongNumberOfEmbeddings(expected: 2, found: 1)) {
            try test.outcomes(of: matrix([1]))
        }
        #expect(throws: EvaluationError.notANumber(source: "x")) {
            try test.outcomes(of: matrix([.nan, .nan]))
        }
    }

    @Test(arguments: 0..<30) func everyItemIsClassifiedByTheOthersAlone(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let count = Int.random(in: 2...40, using: &random)
        let labels = (0..<count).map { _ in "\(Int.random(in: 0..<5, using: &random))" }
        let byGroup = Bool.random(using: &random)
        let groups: [String?] = (0..<count).map { item in
            item == 0 || Bool.random(using: &random) ? nil : "page \(Int.random(in: 0..<4, using: &random))"
        }
        let embeddings = Matrix(
            rows: count, columns: 3, trusted: (0..<count * 3).map { _ in random.uniform() })
        let classifier: Classifier =
            Bool.random(using: &random)
            ? .averageClassDistance : .nearestNeighbours(k: Int.random(in: 1...6, using: &random))
        let test = try LeaveOneOut(
            sources: (0..<count).map { Source("\($0)") }, labels: labels, groups: byGroup ? groups : nil,
            classifier: classifier, metric: .l2)
        let outcomes = try test.outcomes(of: embeddings)
        let report = try LeaveOneOutReport(outcomes)

        // The naive twin: the others are collected into a set of their own.
        var wrong: [String] = []
        for item in 0..<count {
            let others = (0..<count).filter { other in
                other != item && !(byGroup && groups[item] != nil && groups[other] == groups[item])
            }
            let distances = Metric.l2.distances(
                trusted: embeddings.rows(at: [item]), to: embeddings.rows(at: others))
            let prediction = classifier.prediction(
                fromDistances: distances[0], labels: ItemLabels(others.map { labels[$0] }))
            if prediction?.label != labels[item] { wrong.append("\(item)") }
            #expect(outcomes.list[item].predicted == prediction?.label, "seed \(seed)")
            #expect(
                outcomes.list[item].ranking.map(\.label) == prediction?.ranking.map(\.label), "seed \(seed)")
            let nearest = zip(others, distances[0]).sorted { $0.1 < $1.1 }
            let same = nearest.first { labels[$0.0] == labels[item] }
            #expect(outcomes.list[item].nearestSame?.source.path == same.map { "\($0.0)" }, "seed \(seed)")
            let other = nearest.first { labels[$0.0] != labels[item] }
            #expect(outcomes.list[item].nearestOther?.source.path == other.map { "\($0.0)" }, "seed \(seed)")
            #expect(
                outcomes.list[item].nearest?.source.path == nearest.first.map { "\($0.0)" }, "seed \(seed)")
        }
        #expect(report.mistakes.map(\.source.path) == wrong, "seed \(seed)")
        #expect(report.errors == wrong.count, "seed \(seed)")
        #expect(report.classes.reduce(0) { $0 + $1.items } == count, "seed \(seed)")
        #expect(report.classes.reduce(0) { $0 + $1.errors } == wrong.count, "seed \(seed)")
        #expect(
            report.classes.filter { report.singletons.contains($0.label) }.allSatisfy {
                $0.errors == $0.items
            })

        // Retraining that always comes to the same embeddings changes nothing.
        var folds: [[Int]] = []
        var progress: [LeaveOneOutProgress] = []
        let retrained = try test.outcomes(
            retraining: { training, fold in
                #expect(fold == folds.count)
                folds.append(training)
                return embeddings
            }, progress: { progress.append($0) })
        #expect(retrained.mistakes == report.mistakes, "seed \(seed)")
        #expect(retrained.list.map(\.source) == outcomes.list.map(\.source), "seed \(seed)")
        #expect(retrained.list.map(\.fold) == outcomes.list.map(\.fold), "seed \(seed)")
        #expect(retrained.retrained)
        #expect(
            zip(folds, test.folds).allSatisfy { Set($0).isDisjoint(with: $1) && $0.count + $1.count == count }
        )
        #expect(progress.count == test.folds.count)
        #expect(progress.last?.errors == report.errors && progress.last?.items == count)
    }

    @Test func aLearnedMetric() throws {
        var random = SeededGenerator(seed: 31)
        let embeddings = Matrix(rows: 12, columns: 3, trusted: (0..<36).map { _ in random.uniform() })
        let learned = LearnedL1(weights: [1, 2, -0.5], offset: -0.25)
        let distances = Metric.learnedL1(learned).distances(trusted: embeddings, to: embeddings)

        let labels = (0..<12).map { "\($0 % 3)" }
        let test = try LeaveOneOut(
            sources: labels.map { Source($0) }, labels: labels, classifier: .nearestNeighbours(k: 1),
            metric: .learnedL1)
        let report = try LeaveOneOutReport(try test.outcomes(of: embeddings, learned: learned))
        let wrong = (0..<12).count { item in
            let others = (0..<12).filter { $0 != item }
            return labels[others.min { distances[item, $0] < distances[item, $1] }!] != labels[item]
        }
        #expect(report.errors == wrong && report.metric == .learnedL1)
    }

    @Test func anErrorOfTheTrainingComesThrough() throws {
        struct Failure: Error {}
        let test = try LeaveOneOut(
            sources: ["x", "y"], labels: ["a", "a"], classifier: .averageClassDistance, metric: .l2)
        #expect(throws: Failure.self) { try test.outcomes(retraining: { _, _ in throw Failure() }) }
    }

    @Test func scriptsFindTheirFields() throws {
        let test = try LeaveOneOut(
            sources: ["x", "y", "z"], labels: ["a", "a", "b"], classifier: .nearestNeighbours(k: 1),
            metric: .l2)
        let report = try LeaveOneOutReport(try test.outcomes(of: matrix([0, 1, 3])))
        let data = try JSONEncoder().encode(report)
        let json = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(
            Set(json.keys) == [
                "items", "errors", "accuracy", "interval", "macro_accuracy", "classes", "singletons",
                "mistakes",
                "classifier", "metric", "by_group", "retrained",
            ])
        let mistake = try #require((json["mistakes"] as? [[String: Any]])?.first)
        #expect(
            Set(mistake.keys) == ["source", "label", "predicted", "nearest", "nearest_label", "distance"])
        let first = try #require((json["classes"] as? [[String: Any]])?.first)
        #expect(Set(first.keys) == ["label", "items", "errors"])
        #expect((json["interval"] as? [Double])?.count == 2)
        #expect(try JSONDecoder().decode(LeaveOneOutReport.self, from: data) == report)
    }
}
