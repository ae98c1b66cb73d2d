import AkinBasics
import AkinTraining

/// The course of a learning-rate range test as one picture: the loss over the rates.
public struct RateCurve: Sendable {
    /// The whole document; needs nothing beside itself.
    public let svg: String

    // Colours of Okabe and Ito, which people tell apart however they see colours.
    private static let (blue, sky) = ("#0072b2", "#9ccbe6")
    private static let (width, height) = (760.0, 460.0)

    /// Draws a test of one step at least; its suggestion is marked.
    public init(_ test: RateTest, title: String) {
        let points = test.points
        func line(_ value: (RateTest.Point) -> Float) -> [(x: Double, y: Double)] {
            points.map { (x: Double($0.rate), y: Double(value($0))) }
        }
        // What explodes would leave no room for the rest.
        let beginning = Double(points.first?.smoothed ?? 0)
        let all = line(\.loss).map(\.y) + line(\.smoothed).map(\.y)
        let (low, high) = (all.min() ?? 0, min(all.max() ?? 1, 2 * beginning))
        let panel = CurvePanel(
            title: "Loss",
            series: [
                .init(name: "of a batch", colour: Self.sky, points: line(\.loss), last: ""),
                .init(name: "smoothed", colour: Self.blue, points: line(\.smoothed), last: ""),
            ], y: .linear(min(low, high), high), across: "learning rate")
        let frame = CurvePanel.Frame(x: 24, y: 84, width: Self.width - 48, height: Self.height - 100)
        svg = CurvePanel.document(
            title: title, summary: Self.summary(test), width: Self.width, height: Self.height,
            panels: [
                panel.svg(
                    in: frame,
                    epochs: .logarithmic(Double(points.first?.rate ?? 0), Double(points.last?.rate ?? 0)),
                    mark: test.suggestion.map(Double.init), legendRows: 1)
            ])
    }

    private static func summary(_ test: RateTest) -> String {
        guard let suggestion = test.suggestion else { return "the loss falls at no rate" }
        var parts = ["dashed: \(suggestion), where the loss falls fastest"]
        if let harmful = test.harmful { parts.append("higher than in the beginning from \(harmful) on") }
        return parts.joined(separator: "; ")
    }

    /// Writes the picture: all of it or, if that fails, nothing.
    public func write(to file: OutputFile) throws(WriteError) { try file.write(svg.utf8) }
}
