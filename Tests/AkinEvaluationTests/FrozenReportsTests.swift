import Akin
import Foundation
import TestSupport
import Testing

/// The reports' documents and texts byte for byte as they have always been: scripts depend on them. All distances here
/// are exact in floating-point numbers, so that no processor rounds them otherwise.
@Suite struct FrozenReportsTests {
    /// What the program prints of a report, compared with `Tests/Fixtures/reports`. Where the pictures lie in a folder of
    /// their own, its path stands there as `FOLDER`.
    private func compare(_ report: some Encodable, _ text: String, _ name: String, in folder: String = "")
        throws
    {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let json = String(decoding: try encoder.encode(report), as: UTF8.self) + "\n"
        for (found, ending) in [(json, "json"), (text, "txt")] {
            let found = folder.isEmpty ? found : found.replacing(folder, with: "FOLDER")
            let expected = String(decoding: try Fixtures.bytes("reports/\(name).\(ending)"), as: UTF8.self)
            #expect(found == expected, "\(name).\(ending)")
        }
    }

    /// Points on a line; e is alone, and all of d lies on one page.
    private let labels = ["a", "b", "a", "a", "b", "c", "c", "d", "b", "e", "d", "c", "a"]
    private let places: [Float] = [0, 4, 0.5, 3.5, 5, 9, 4.5, 16, 6, 0.75, 17, 10, 1]
    private let pages = ["1", "1", "2", nil, "2", "3", "3", "4", nil, "2", "4", "1", "1"]

    private func leaveOneOut(_ classifier: Classifier, byGroup: Bool) throws -> LeaveOneOut {
        try LeaveOneOut(
            sources: labels.indices.map { Source("/pictures/\($0 % 2)/\($0).png") }, labels: labels,
            groups: byGroup ? pages : nil, classifier: classifier, metric: .l2)
    }

    private var embeddings: Matrix { Matrix(rows: places.count, columns: 1, trusted: places) }

    @Test(arguments: [false, true]) func leaveOneOut(byGroup: Bool) throws {
        let classifiers: [(String, Classifier)] = [
            ("nearest", .nearestNeighbours(k: 1)), ("voting", .nearestNeighbours(k: 3, weighting: .distance)),
            ("average", .averageClassDistance), ("mean", .classMean),
        ]
        for (name, classifier) in classifiers {
            let report = try LeaveOneOutReport(
                try leaveOneOut(classifier, byGroup: byGroup).outcomes(of: embeddings))
            try compare(
                report, report.text(limit: 3), "leave-one-out-\(name)\(byGroup ? "-of-groups" : "")")
        }
    }

    @Test func retraining() throws {
        let outcomes = try leaveOneOut(.averageClassDistance, byGroup: true).outcomes(
            retraining: { _, fold in
                // Each fold's backbone stretches the line a little more.
                Matrix(rows: places.count, columns: 1, trusted: places.map { $0 * Float(fold + 1) })
            })
        let report = try LeaveOneOutReport(outcomes)
        try compare(report, report.text(), "leave-one-out-retrained")
    }

    /// Pictures of four black and white pixels in two folders of an index, and in two that it has not seen.
    private func pictures() throws -> (folder: TemporaryFolder, checkpoint: Checkpoint, index: EmbeddingIndex)
    {
        let folder = try TemporaryFolder()
        try FewShotReportTests.write(
            [
                ("known/a/1.png", [0, 0, 0, 0]), ("known/a/2.png", [255, 0, 0, 0]),
                ("known/b/1.png", [255, 255, 255, 255]), ("known/b/2.png", [0, 0, 255, 255]),
                ("old/a/1.png", [0, 0, 0, 0]), ("old/a/2.png", [255, 255, 255, 0]),
                ("old/b/1.png", [0, 0, 255, 0]),
                ("old/b/2.png", [0, 255, 255, 255]), ("new/b/1.png", [255, 0, 0, 0]),
                ("new/c/1.png", [0, 255, 0, 0]), ("new/c/2.png", [255, 0, 255, 255]),
            ], to: folder)
        try folder.write("new/c/3.png", "no picture")
        let head = [
            Safetensors.Tensor(name: "head.weight", shape: [4, 2], values: [1, 0, 0, 0.5, 0, 0, 0, 1]),
            Safetensors.Tensor(name: "head.bias", shape: [2], values: [0.5, 0]),
        ]
        let checkpoint = try FewShotReportTests.checkpoint(labels: ["a", "b"], head: head)
        let index = try EmbeddingIndex.create(at: folder.path + "/index", backbone: checkpoint)
        try index.add(try Dataset(folder: folder.path + "/known"), embedder: Embedder(checkpoint))
        return (folder, checkpoint, index)
    }

    @Test func heldOut() throws {
        let (folder, checkpoint, index) = try pictures()
        let parts = try ["old", "new"].map { ($0, try Dataset(folder: folder.path + "/" + $0)) }
        let images = HeldOutImages(parts: parts, for: checkpoint)
        #expect(images.skipped.map(\.source.path) == [folder.path + "/new/c/3.png"])
        for (name, classifier) in [
            ("nearest", Classifier.nearestNeighbours(k: 1)), ("average", .averageClassDistance),
        ] {
            let report = HoldOutReport(
                try images.outcomes(in: index, classifier: classifier, keepingCopies: true).outcomes)
            try compare(report, report.text(), "held-out-\(name)", in: folder.path)
        }
        let byHead = HoldOutReport(try images.outcomes(byHeadOf: checkpoint))
        try compare(byHead, byHead.text(), "held-out-head", in: folder.path)
        let whole = HeldOutImages(parts[1].1, for: checkpoint)
        let report = HoldOutReport(
            try whole.outcomes(in: index, classifier: .nearestNeighbours(k: 3), keepingCopies: true)
                .outcomes)
        try compare(report, report.text(limit: 1), "held-out-whole", in: folder.path)
    }

    @Test func runs() throws {
        let folder = try TemporaryFolder()
        try FewShotReportTests.writeRuns(to: folder)
        let checkpoint = try FewShotReportTests.checkpoint()
        let runs = try OneShotRuns(folder: folder.path)
        try folder.write("run01/test/item02.png", "no picture")
        let report = try RunsReport(try HeldOutImages(of: runs, for: checkpoint).outcomes(of: runs))
        try compare(report, report.text(limit: 1), "runs", in: folder.path)
    }

    @Test func episodesAndPairs() throws {
        for (name, within) in [("episodes", false), ("episodes-of-groups", true)] {
            let report = try EpisodeReport(
                labels: FewShotReportTests.labels, embeddings: FewShotReportTests.embeddings,
                settings: .init(ways: 4, count: 60, withinGroup: within, seed: 8))
            try compare(report, report.text, name)
        }
        // As many pairs of one class as of two: all are taken, whatever is drawn first.
        let pairs = Matrix(rows: 9, columns: 1, trusted: [0, 0.5, 1, 3.5, 8, 2, 4, 5, 6])
        for (name, threshold) in [("pairs", nil), ("pairs-by-threshold", 0.75 as Float)] {
            let outcomes = try PairOutcomes(
                labels: Array("aaaaaabbb").map(String.init), embeddings: pairs)
            let report = PairReport(outcomes, threshold: threshold)
            try compare(report, report.text, name)
        }
    }
}
