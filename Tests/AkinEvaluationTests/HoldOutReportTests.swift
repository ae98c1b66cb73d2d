import Akin
import TestSupport
import Testing

@Suite struct HoldOutReportTests {
    @Test func byHand() throws {
        let labels = ["a", "a", "a", "b", "b", "new"]
        let given = ["a", "b", "b", "b", "a", "a"]
        var outcomes = Outcomes(
            labels.indices.map { i in
                var outcome = Outcome(source: Source("\(i)"), label: labels[i], predicted: given[i])
                outcome.nearest = .init(
                    source: given[i] == "a" ? "item 1" : "item 2", label: given[i], distance: 0.5)
                return outcome
            }, procedure: .heldOut, classifier: "nearest-neighbours")
        outcomes.knownLabels = ["a", "b", "c"]
        let report = HoldOutReport(outcomes)
        #expect(report.items == 6)
        #expect(report.errors == 4)
        #expect(report.accuracy == 2.0 / 6)
        #expect(report.interval == Interval(2, trusted: 6))
        #expect(report.absent == ["new"])
        #expect(abs((report.macroAccuracy ?? 0) - (1.0 / 3 + 1.0 / 2) / 2) < 1e-12)
        #expect(
            report.classes == [
                ClassResult(label: "a", items: 3, errors: 2), ClassResult(label: "b", items: 2, errors: 1),
                ClassResult(label: "new", items: 1, errors: 1),
            ])
        #expect(
            report.confusions.map { [$0.label, $0.predicted, "\($0.count)"] } == [
                ["a", "b", "2"], ["b", "a", "1"], ["new", "a", "1"],
            ])
        #expect(report.mistakes.map(\.source) == ["1", "2", "4", "5"])
        let first = try #require(report.mistakes.first)
        #expect([first.source, first.nearest] == ["1", "item 2"])
        #expect([first.label, first.predicted, first.nearestLabel] == ["a", "b", "b"])
        #expect(first.distance == 0.5 && report.parts == nil)
    }

    @Test func anEmptyTestSetIsRefused() throws {
        let backbone = PixelBackbone(side: 2)
        let gallery = try MemoryGallery(dimension: 4, backbone: backbone.identity)
        let images = HeldOutImages(Dataset(samples: []), for: backbone)
        #expect(throws: EvaluationError.nothingToEvaluate) {
            try images.outcomes(in: gallery, classifier: .averageClassDistance)
        }
        #expect(throws: EvaluationError.nothingToEvaluate) {
            try images.outcomes(byHeadOf: FewShotReportTests.checkpoint(labels: ["a"]))
        }
    }
}
