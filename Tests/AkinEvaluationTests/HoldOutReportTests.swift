import Akin
import Testing

@Suite struct HoldOutReportTests {
    func prediction(_ label: String, nearest: UInt64) -> Prediction {
        Prediction(
            ranking: [ClassScore(label: label, score: 1, distance: 0.5, items: 1)],
            neighbours: [Neighbour(id: nearest, distance: 0.5)])
    }

    @Test func byHand() throws {
        let labels = ["a", "a", "a", "b", "b", "new"]
        let given = ["a", "b", "b", "b", "a", "a"]
        let report = try HoldOutReport(
            predictions: given.map { prediction($0, nearest: $0 == "a" ? 1 : 2) },
            sources: labels.indices.map { Source("\($0)") }, labels: labels, known: ["a", "b", "c"],
            item: { (Source("item \($0)"), $0 == 1 ? "a" : "b") })
        #expect(report.items == 6)
        #expect(report.errors == 4)
        #expect(report.accuracy == 2.0 / 6)
        #expect(report.interval == Interval(2, of: 6))
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
        #expect(
            report.mistakes.first
                == Mistake(
                    source: "1", label: "a", predicted: "b", nearest: "item 2", nearestLabel: "b",
                    distance: 0.5))
    }

    @Test func anEmptyTestSetIsRefused() {
        #expect(throws: EvaluationError.nothingToEvaluate) {
            try HoldOutReport(predictions: [], sources: [], labels: [], known: ["a"], item: { _ in ("", "") })
        }
    }
}
