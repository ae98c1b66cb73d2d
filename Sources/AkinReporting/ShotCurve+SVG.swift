import AkinBasics
import AkinEvaluation

extension ShotCurve {
    /// The curve as a drawing: accuracy against pictures a class, with the ends of its interval.
    public var svg: String {
        let (width, height) = (560.0, 340.0)
        func line(_ value: (Point) -> Double) -> [(x: Double, y: Double)] {
            points.map { (Double($0.images), value($0)) }
        }
        let last = points.last.map { percent($0.accuracy) } ?? ""
        var panel = CurvePanel(
            title: "Accuracy by pictures a class",
            series: [
                CurvePanel.Series(
                    name: "accuracy", colour: "#2f7fb5", points: line(\.accuracy), last: last),
                CurvePanel.Series(
                    name: "95 % interval, low", colour: "#b9c9d4", points: line(\.interval.low), last: ""),
                CurvePanel.Series(
                    name: "high", colour: "#b9c9d4", points: line(\.interval.high), last: ""),
            ], y: Axis.linear(min(0.5, points.map(\.interval.low).min() ?? 0), 1), isShare: true)
        panel.across = "pictures a class"
        let frame = CurvePanel.Frame(x: 12, y: 8, width: width - 24, height: height - 16)
        let rows = (panel.legend(width: frame.width).map(\.row).max() ?? -1) + 1
        let most = max(2, Double(points.last?.images ?? 2))
        return """
            <svg xmlns="http://www.w3.org/2000/svg" width="\(fixed(width, digits: 0))" height="\(fixed(height, digits: 0))" \
            viewBox="0 0 \(fixed(width, digits: 0)) \(fixed(height, digits: 0))" font-family="system-ui, sans-serif" font-size="12">
            <style>.quiet { fill: #5c5c5c; }</style>
            <rect width="100%" height="100%" fill="#fff"/>
            \(panel.svg(in: frame, epochs: Axis.logarithmic(1, most), mark: nil, legendRows: rows))
            </svg>

            """
    }

    /// Writes the drawing: all of it or, if that fails, nothing.
    public func write(to file: OutputFile) throws(WriteError) { try file.write(svg.utf8) }
}
