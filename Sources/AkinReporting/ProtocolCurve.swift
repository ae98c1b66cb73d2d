import AkinBasics
import AkinEvaluation
import AkinVectorSearch

/// A curve of an evaluation as one picture: the ROC curve of pairs, or the accuracy of episodes over their ways.
public struct ProtocolCurve: Sendable {
    /// The whole document; needs nothing beside itself.
    public let svg: String

    // Colours of Okabe and Ito, which people tell apart however they see colours.
    private static let (blue, grey) = ("#0072b2", "#8a8a8a")
    private static let (width, height) = (560.0, 520.0)

    /// What share of the pairs of one class is accepted where so large a share of the others is.
    public init(_ report: PairReport) {
        let points =
            [(x: 0.0, y: 0.0)] + report.roc.map { (x: $0.falsePositiveRate, y: $0.truePositiveRate) }
        let panel = CurvePanel(
            title: "Pairs of one class that are accepted",
            series: [
                .init(name: "area", colour: Self.blue, points: points, last: fixed(report.auroc, digits: 4)),
                .init(name: "a guess", colour: Self.grey, points: [(0, 0), (1, 1)], last: ""),
            ], y: .linear(0, 1), isShare: true, across: "share of the other pairs that are accepted")
        self.init(
            panel, across: .linear(0, 1), title: "Same or different",
            summary: "\(report.pairs) pairs, metric \(report.metric.rawValue); equal error rate "
                + percent(report.equalErrorRate))
    }

    /// How many are right as there are more classes to tell apart, beside a guess; of one report at least.
    package init(_ reports: [EpisodeReport]) {
        let sorted = reports.sorted { $0.ways < $1.ways }
        func series(_ name: String, _ colour: String, _ value: (EpisodeReport) -> Double) -> CurvePanel.Series
        {
            .init(
                name: name, colour: colour, points: sorted.map { (x: Double($0.ways), y: value($0)) },
                last: sorted.last.map { percent(value($0)) } ?? "")
        }
        let panel = CurvePanel(
            title: "Right answers",
            series: [series("right", Self.blue, \.accuracy), series("a guess", Self.grey, \.chance)],
            y: .linear(0, 1), isShare: true, across: "classes of an episode (ways)")
        let first = sorted[0]
        self.init(
            panel, across: .whole(0, sorted[sorted.count - 1].ways), title: "Episodes",
            summary:
                "\(first.shots)-shot, \(first.episodes) episodes of each, metric \(first.metric.rawValue)")
    }

    private init(_ panel: CurvePanel, across: Axis, title: String, summary: String) {
        let frame = CurvePanel.Frame(x: 24, y: 84, width: Self.width - 48, height: Self.height - 100)
        svg = CurvePanel.document(
            title: title, summary: summary, width: Self.width, height: Self.height,
            panels: [panel.svg(in: frame, epochs: across, mark: nil, legendRows: 1)])
    }

    /// Writes the picture: all of it or, if that fails, nothing.
    public func write(to file: OutputFile) throws(WriteError) { try file.write(svg.utf8) }
}
