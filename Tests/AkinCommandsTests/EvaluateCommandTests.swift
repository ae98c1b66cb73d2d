import AkinImages
import AkinNetworks
import Foundation
import TestSupport
import Testing

/// `akin evaluate episodes`, `runs` and `pairs`, as a user runs them.
@Suite struct EvaluateCommandTests {
    private let workshop: Workshop
    private var folder: String { workshop.folder.path }

    init() throws {
        workshop = try Workshop()
        for label in ["abbot", "bishop", "cook", "dean"] { try workshop.draw(label, 0..<5) }
    }

    private func write(_ name: String, like label: String, _ number: Int) throws {
        try workshop.folder.write(name, Workshop.picture(of: label, number).encodedAsPNG())
    }

    private func interval(_ report: [String: Any]) throws -> ClosedRange<Double> {
        let interval = try #require(report["interval"] as? [Double])
        try #require(interval.count == 2)
        return interval[0]...interval[1]
    }

    @Test func episodes() throws {
        let arguments = [
            "evaluate", "episodes", workshop.backbone, workshop.pictures, "--ways", "3", "--shots", "2",
            "--episodes", "50",
        ]
        let outcome = try AkinProgram.run(arguments + ["--json"])
        #expect(outcome.code == 0 && outcome.errors == "", "\(outcome.errors)")
        let report = try outcome.json()
        #expect(report["items"] as? Int == 150 && report["ways"] as? Int == 3 && report["shots"] as? Int == 2)
        #expect(report["episodes"] as? Int == 50 && report["metric"] as? String == "l2")
        let accuracy = try #require(report["accuracy"] as? Double)
        #expect(try accuracy > 0.9 && interval(report).contains(accuracy))

        // The same with an index, and with its metric.
        try workshop.makeIndex()
        let indexed = try AkinProgram.run(
            ["evaluate", "episodes", workshop.index] + arguments.dropFirst(3) + ["--json"])
        #expect(indexed.output == outcome.output, "\(indexed.errors)")
        let cosine = try AkinProgram.run(arguments + ["--metric", "cosine", "--json"]).json()
        #expect(cosine["metric"] as? String == "cosine")
        let text = try AkinProgram.run(arguments + ["--seed", "7"]).output
        #expect(
            text.hasPrefix(
                "Episodes: 3-way 2-shot, metric l2; 50 drawn (seed 7) from 20 images of 4 classes\n"))
    }

    @Test func episodesWithinAlphabets() throws {
        for (i, label) in ["abbot", "bishop", "cook", "dean"].enumerated() {
            for drawer in 1...4 {
                try write(
                    "omniglot/\(i < 2 ? "Greek" : "Tagalog")/character0\(i + 1)/000\(i)_0\(drawer).png",
                    like: label, drawer)
            }
        }
        let arguments = ["evaluate", "episodes", workshop.backbone, folder + "/omniglot", "--episodes", "40"]
        let report = try AkinProgram.run(arguments + ["--within-group", "--json"]).json()
        let groups = try #require(report["groups"] as? [[String: Any]])
        #expect(groups.map { $0["name"] as? String } == ["Greek", "Tagalog"])
        #expect(report["items"] as? Int == 80 && report["classes"] as? Int == 4)
        #expect(report["smaller_episodes"] as? Int == 40 && report["within_group"] as? Bool == true)
        #expect(try AkinProgram.run(arguments + ["--json"]).json()["items"] as? Int == 160)
        try AkinProgram.run("evaluate", "episodes", workshop.backbone, workshop.pictures, "--within-group")
            .expectFailure("episodes of classes of one group are asked for, and no label has a group")
    }

    @Test func pairs() throws {
        let arguments = ["evaluate", "pairs", workshop.backbone, workshop.pictures]
        let outcome = try AkinProgram.run(arguments + ["--json"])
        #expect(outcome.code == 0, "\(outcome.errors)")
        let report = try outcome.json()
        // Four classes of five have forty pairs of one class.
        #expect(report["pairs"] as? Int == 80)
        let accuracy = try #require(report["accuracy"] as? Double)
        #expect(try accuracy > 0.9 && interval(report).contains(accuracy))
        #expect(try #require(report["auroc"] as? Double) > 0.9)
        let text = try AkinProgram.run(arguments + ["--pairs", "10", "--threshold", "0.5"]).output
        #expect(text.contains("10, half of them of one class"))
        #expect(text.contains("told apart at the distance 0.5000, as given\n"))
    }

    @Test func runs() throws {
        for run in ["run01", "run02"] {
            var answers = ""
            for (i, label) in ["abbot", "bishop", "cook"].enumerated() {
                try write("runs/\(run)/training/class0\(i + 1).png", like: label, 40)
                try write("runs/\(run)/test/item0\(3 - i).png", like: label, 50)
                answers += "\(run)/test/item0\(3 - i).png \(run)/training/class0\(i + 1).png\n"
            }
            try workshop.folder.write("runs/\(run)/class_labels.txt", answers)
        }
        let arguments = ["evaluate", "runs", workshop.backbone, folder + "/runs"]
        let report = try AkinProgram.run(arguments + ["--json"]).json()
        #expect(report["items"] as? Int == 6 && report["errors"] as? Int == 0)
        #expect(try interval(report).contains(1) && report["accuracy"] as? Double == 1)
        let runs = try #require(report["runs"] as? [[String: Any]])
        #expect(runs.map { $0["name"] as? String } == ["run01", "run02"])
        #expect(try AkinProgram.run(arguments).output.contains("6 of 6 right: 100.0 %"))

        try workshop.folder.write("runs/run01/test/item01.png", "no picture")
        let damaged = try AkinProgram.run(arguments + ["--json"])
        #expect(damaged.code == 0 && damaged.errors.hasPrefix("akin: skipped 1 image:\n"))
        #expect(try damaged.json()["items"] as? Int == 5)
        #expect(try AkinProgram.run(arguments + ["--strict"]).code == 1)
        #expect(
            try AkinProgram.run("evaluate", "runs", workshop.backbone, workshop.pictures).errors.hasPrefix(
                "akin: error: "))
    }

    @Test func aLearnedSimilarity() throws {
        let pictures = workshop.pictures
        try AkinProgram.run("evaluate", "pairs", workshop.backbone, pictures, "--metric", "learned-l1")
            .expectFailure("the checkpoint 'small' has no similarity.weight: it was not trained with it")
        var file = try Safetensors(bytes: try Workshop.checkpoint().bytes)
        file.tensors += [
            .init(name: "similarity.weight", shape: [8, 1], values: Array(repeating: -1, count: 8)),
            .init(name: "similarity.bias", shape: [1], values: [2]),
        ]
        let checkpoint = try workshop.folder.write("koch.safetensors", file.bytes)
        let report = try AkinProgram.run(
            "evaluate", "pairs", checkpoint, pictures, "--metric", "learned-l1", "--json"
        ).json()
        #expect(report["metric"] as? String == "learned-l1")
        #expect(try #require(report["accuracy"] as? Double) > 0.9)
        // Below 0 are the pairs that the sigmoid takes for one class.
        let given = try AkinProgram.run(
            "evaluate", "pairs", checkpoint, pictures, "--metric", "learned-l1", "--threshold", "-1.5",
            "--json"
        ).json()
        #expect(given["threshold"] as? Double == -1.5)
    }

    @Test func wrongUsage() throws {
        let (backbone, pictures) = (workshop.backbone, workshop.pictures)
        try AkinProgram.run("evaluate", "episodes", backbone, pictures, "--ways", "1").expectWrongUsage(
            "--ways is 1")
        try AkinProgram.run("evaluate", "episodes", backbone, pictures, "--metric", "l3").expectWrongUsage(
            "l3")
        try AkinProgram.run("evaluate", "pairs", backbone, pictures, "--pairs", "1").expectWrongUsage(
            "--pairs is 1")
        try AkinProgram.run("evaluate", "episodes", backbone).expectWrongUsage("<folder>")
        try AkinProgram.run("evaluate", "pairs", backbone + "x", pictures).expectFailure(
            "the checkpoint \(backbone)x")
        try AkinProgram.run("evaluate", "pairs", pictures, pictures).expectFailure(
            "'\(pictures)' is no index")
        try AkinProgram.run("evaluate", "pairs", backbone, folder + "/nowhere").expectFailure(
            "\(folder)/nowhere")
        try AkinProgram.run("evaluate", "episodes", backbone, pictures, "--shots", "5").expectFailure(
            "an episode needs 2 classes with at least 6 images each, found 0")
    }
}
