import Akin
import Foundation
import TestSupport
import Testing

@Suite struct FewShotReportTests {
    /// Two alphabets of three characters, the images of each near each other; in the second all are alike.
    static let labels = (0..<6).flatMap { c in
        Array(repeating: "\(c < 3 ? "first" : "second")/\(c)", count: 4)
    }
    static let embeddings: Matrix = {
        let first: [Float] = [0, 0.1, 0.2, 0.3, 10, 10.1, 10.2, 10.3, 20, 20.1, 20.2, 20.3]
        return Matrix(rows: 24, columns: 1, trusted: first + Array(repeating: 100, count: 12))
    }()

    @Test func episodesOfGroups() throws {
        let report = try EpisodeReport(
            labels: Self.labels, embeddings: Self.embeddings,
            settings: .init(ways: 4, count: 60, withinGroup: true, seed: 8))
        #expect(report.episodes == 60 && report.smallerEpisodes == 60 && report.items == 180)
        #expect(report.images == 24 && report.classes == 6 && abs(report.chance - 1.0 / 3) < 1e-12)
        let groups = try #require(report.groups)
        #expect(groups.map(\.name) == ["first", "second"])
        #expect(groups.map(\.items).reduce(0, +) == 180 && groups.allSatisfy { $0.items > 50 })
        // Of three that are alike, the first is named each time.
        #expect(groups[0].errors == 0 && groups[1].errors * 3 == groups[1].items * 2)
        #expect(report.errors == groups[1].errors)
        #expect(report.accuracy == Double(180 - report.errors) / 180)
        #expect(report.interval.low < report.accuracy && report.accuracy < report.interval.high)

        let free = try EpisodeReport(
            labels: Self.labels, embeddings: Self.embeddings, settings: .init(ways: 2, count: 10, seed: 8))
        #expect(free.groups == nil && free.smallerEpisodes == 0 && free.chance == 0.5)
        let data = try JSONEncoder().encode(report)
        let json = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(
            Set(json.keys) == [
                "accuracy", "interval", "chance", "episodes", "ways", "shots", "items", "errors",
                "smaller_episodes", "images", "classes", "within_group", "groups", "metric", "seed",
            ])
        #expect(try JSONDecoder().decode(EpisodeReport.self, from: data) == report)
        #expect(
            report.text.contains("4-way 1-shot within a group, metric l2; 60 drawn (seed 8) from 24 images"))
        #expect(report.text.contains("60 episodes have fewer than 4 classes"))
        #expect(report.text.contains("\nfirst "))
    }

    /// A checkpoint whose embeddings are the four pixels of a picture, with tensors beside the backbone.
    static func checkpoint(labels: [String] = [], head: [Safetensors.Tensor] = []) throws -> Checkpoint {
        let preprocessing = Preprocessing(trusted: 2, width: 2)
        let network = try Network(
            [.flatten, .dense(units: 4, activation: .linear)], input: Shape(preprocessing))
        for k in 0..<4 { network.values.base[5 * k] = 1 }
        let plain = Checkpoint(
            network, preprocessing: preprocessing,
            details: .init(name: "plain", seed: 0, epochs: 0, data: "none", labels: labels))
        var file = try Safetensors(bytes: plain.bytes)
        file.tensors += head
        return try Checkpoint(bytes: file.bytes)
    }

    /// Pictures of four pixels as files.
    static func write(_ pictures: [(name: String, pixels: [UInt8])], to folder: TemporaryFolder) throws {
        for (name, pixels) in pictures {
            try folder.write(name, Image(width: 2, height: 2, channels: 1, trusted: pixels).encodedAsPNG())
        }
    }

    @Test func theHeadAnswersByItself() throws {
        let folder = try TemporaryFolder()
        try Self.write(
            [
                ("a/1.png", [255, 0, 0, 0]), ("a/2.png", [200, 100, 0, 0]), ("b/1.png", [0, 255, 0, 0]),
                ("b/2.png", [255, 0, 0, 255]), ("new/1.png", [0, 0, 255, 0]),
            ], to: folder)
        let dataset = try Dataset(folder: folder.path)
        // The score of a is the first pixel less a half, of b the second, of c -1.
        let head = [
            Safetensors.Tensor(
                name: "head.weight", shape: [4, 3], values: [1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]),
            Safetensors.Tensor(name: "head.bias", shape: [3], values: [-0.5, 0, -1]),
        ]
        let checkpoint = try Self.checkpoint(labels: ["a", "b", "c"], head: head)
        let images = HeldOutImages(dataset, for: checkpoint)
        let report = HoldOutReport(try images.outcomes(byHeadOf: checkpoint))
        // 0.78 - 0.5 is less than 0.39, and of nothing the most is b's 0.
        #expect(
            report.mistakes.map { [$0.label, $0.predicted] } == [["a", "b"], ["b", "a"], ["new", "b"]])
        #expect(report.mistakes.allSatisfy { $0.nearest == nil && $0.distance == nil })
        #expect(report.absent == ["new"] && report.items == 5 && report.errors == 3)
        let text = report.text()
        #expect(text.contains("image      real class  predicted class\n") && !text.contains("closest"))
        let html = Sheet(mistakesOf: report, picture: { _ in nil }).html
        #expect(html.contains("taken for") && !html.contains("closest"))
        let json = String(decoding: try JSONEncoder().encode(report), as: UTF8.self)
        #expect(!json.contains("nearest") && !json.contains("distance"))

        #expect(throws: EvaluationError.head(.missing(checkpoint: "plain", tensor: "head.weight"))) {
            try images.outcomes(byHeadOf: Self.checkpoint(labels: ["a", "b", "c"]))
        }
        #expect(
            throws: EvaluationError.head(
                .wrongShape(checkpoint: "plain", tensor: "head.weight", expected: [4, 2], found: [4, 3]))
        ) { try images.outcomes(byHeadOf: Self.checkpoint(labels: ["a", "b"], head: head)) }
    }

    @Test func aLearnedSimilarityComesWithTheCheckpoint() throws {
        let similarity = [
            Safetensors.Tensor(name: "similarity.weight", shape: [4, 1], values: [-1, -2, 0, 1]),
            Safetensors.Tensor(name: "similarity.bias", shape: [1], values: [0.5]),
        ]
        let checkpoint = try Self.checkpoint(head: similarity)
        #expect(
            try checkpoint.metric(.learnedL1) == .learnedL1(.init(weights: [1, 2, 0, -1], offset: -0.5)))
        #expect(try checkpoint.metric(.cosine) == .cosine)
        #expect(throws: HeadError.missing(checkpoint: "plain", tensor: "similarity.weight")) {
            try Self.checkpoint().metric(.learnedL1)
        }
        for weights: [Float] in [[1, 2, 3], [.greatestFiniteMagnitude, 0, 0, 0]] {
            let wrong = [
                Safetensors.Tensor(name: "similarity.weight", shape: [weights.count, 1], values: weights),
                Safetensors.Tensor(name: "similarity.bias", shape: [1], values: [0]),
            ]
            #expect(throws: HeadError.self) { try Self.checkpoint(head: wrong).metric(.learnedL1) }
        }
    }

    /// Two runs of three classes; the second has a test item nearest to a wrong one.
    static func writeRuns(to folder: TemporaryFolder) throws {
        let classes: [[UInt8]] = [[250, 0, 0, 0], [0, 250, 0, 0], [0, 0, 250, 0]]
        for (run, order) in [[2, 0, 1], [1, 0, 2]].enumerated() {
            let name = "run0\(run + 1)"
            var answers = ""
            for i in 0..<3 {
                try write([("\(name)/training/class0\(i + 1).png", classes[i])], to: folder)
                var pixels = classes[order[i]]
                pixels[3] = 60
                if run == 1, i == 2 { pixels = classes[0] }
                try write([("\(name)/test/item0\(i + 1).png", pixels)], to: folder)
                answers += "\(name)/test/item0\(i + 1).png \(name)/training/class0\(order[i] + 1).png\n"
            }
            try folder.write("\(name)/class_labels.txt", answers)
        }
    }

    @Test func oneShotRuns() throws {
        let folder = try TemporaryFolder()
        try Self.writeRuns(to: folder)
        let checkpoint = try Self.checkpoint()
        let runs = try OneShotRuns(folder: folder.path)
        var calls: [Int] = []
        let images = HeldOutImages(of: runs, for: checkpoint) { done, total in
            #expect(total == 12)
            calls.append(done)
        }
        #expect(calls.last == 12)
        for metric in [Metric.l2, .learnedL1(LearnedL1(weights: [1, 1, 1, 0], offset: 0))] {
            let report = try RunsReport(try images.outcomes(of: runs, metric: metric))
            #expect(
                report.runs.map { [$0.name, "\($0.items)", "\($0.errors)"] } == [
                    ["run01", "3", "0"], ["run02", "3", "1"],
                ])
            #expect(report.items == 6 && report.errors == 1 && report.interval == Interval(5, trusted: 6))
            let mistake = try #require(report.mistakes.first)
            #expect(mistake.source.path == folder.path + "/run02/test/item03.png")
            #expect(mistake.label == "class03" && mistake.predicted == "class01")
            #expect(mistake.nearest?.path == folder.path + "/run02/training/class01.png")
            #expect(report.metric == metric.kind)
            #expect(report.text().contains("5 of 6 right: 83.3 %") && report.text().contains("\nrun02  3 "))
        }

        // Without the image of class01 its items cannot be right; an item that is gone is not asked for.
        try folder.write("run01/training/class01.png", "no picture")
        try folder.write("run02/test/item03.png", "no picture")
        let damaged = HeldOutImages(of: runs, for: checkpoint)
        #expect(damaged.skipped.count == 2)
        let report = try RunsReport(try damaged.outcomes(of: runs))
        #expect(report.runs.map(\.items) == [3, 2] && report.runs.map(\.errors) == [1, 0])
        #expect(report.mistakes[0].label == "class01")
    }

    @Test func embeddingsWithoutNumbersAreRefused() throws {
        let folder = try TemporaryFolder()
        try Self.write([("a/1.png", [0, 0, 0, 0]), ("a/2.png", [9, 9, 9, 9])], to: folder)
        let network = try Network(
            [.flatten, .dense(units: 1, activation: .linear)], input: Shape(height: 2, width: 2, channels: 1))
        for k in 0..<4 { network.values.base[k] = 3e38 }
        let checkpoint = Checkpoint(
            network, preprocessing: .init(trusted: 2, width: 2, scaling: .unit),
            details: .init(name: "x", seed: 0, epochs: 0, data: "", labels: []))
        try Self.write([("a/2.png", [255, 255, 255, 255])], to: folder)
        let images = HeldOutImages(try Dataset(folder: folder.path), for: checkpoint)
        #expect(throws: EvaluationError.notANumber(source: Source(folder.path + "/a/2.png"))) {
            try images.pairOutcomes()
        }
    }
}
