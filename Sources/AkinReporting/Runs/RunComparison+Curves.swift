import AkinBasics
import AkinTraining

extension RunComparison {
    // Colours of Okabe and Ito, which people tell apart however they see colours, on light and on dark.
    private static let colours = ["#0072b2", "#d55e00", "#009e73", "#a6558a", "#56b4e9", "#e69f00"]

    /// How the lines of a run are drawn: the second six are dashed, and so on.
    static func look(_ run: Int) -> (colour: String, isDashed: Bool) {
        (colours[run % colours.count], run / colours.count % 2 == 1)
    }

    /// What was recorded of any run, a picture each with a line a run.
    var panels: [CurvePanel] {
        let all = [
            panel("Loss") { $0.loss }, panel("Loss of held-out pictures") { $0.heldOut?.loss },
            panel("Pairs right", isShare: true) { $0.pairAccuracy > 0 ? $0.pairAccuracy : nil },
            panel("Classes right", isShare: true) { $0.classAccuracy },
            panel("Held-out pictures: pairs right", isShare: true) { $0.heldOut?.pairAccuracy },
            panel("Held-out pictures: classes right", isShare: true) { $0.heldOut?.classAccuracy },
            panel("Classes held back: one-shot", isShare: true) { $0.oneShot },
            panel("Classes held back: verification", isShare: true) { $0.verification },
            panel("Learning rate") { $0.learningRate > 0 ? $0.learningRate : nil },
        ]
        return all.filter { !$0.series.isEmpty }
    }

    private func panel(
        _ title: String, isShare: Bool = false, _ value: (EpochRecord) -> Float?
    ) -> CurvePanel {
        let series = runs.enumerated().compactMap { position, run -> CurvePanel.Series? in
            let points = run.history.compactMap { record in
                value(record).flatMap { $0.isFinite ? (x: Double(record.epoch), y: Double($0)) : nil }
            }
            guard let last = points.last else { return nil }
            let look = Self.look(position)
            return CurvePanel.Series(
                name: "\(position + 1):", colour: look.colour, points: points,
                last: isShare ? percent(last.y) : threeDigits(Float(last.y)), isDashed: look.isDashed)
        }
        let values = series.flatMap { $0.points.map(\.y) }
        let (low, high) = (values.min() ?? 0, values.max() ?? 1)
        guard !isShare else {
            let axis = Axis.linear(low, high)
            return CurvePanel(
                title: title, series: series,
                y: Axis(
                    low: max(axis.low, 0), high: min(axis.high, 1), isLogarithmic: false,
                    ticks: axis.ticks.filter { -1e-9...1 + 1e-9 ~= $0 }), isShare: true)
        }
        let y: Axis =
            low > 0 && high > 10 * low
            ? .logarithmic(max(low, high * 1e-6), high) : .linear(min(low, 0), high)
        return CurvePanel(title: title, series: series, y: y)
    }

    /// As drawings that stand in a page.
    func drawn(_ panels: [CurvePanel]) -> String {
        let epochs = runs.flatMap { $0.history.map(\.epoch) }
        let axis = Axis.whole(epochs.min() ?? 0, epochs.max() ?? 1)
        let (width, height) = (464.0, 322.0)
        return panels.map { panel in
            let rows = (panel.legend(width: width).map(\.row).max() ?? 0) + 1
            let frame = CurvePanel.Frame(x: 0, y: 0, width: width, height: height + 18 * Double(rows - 1))
            return """
                <svg viewBox="0 0 \(Int(frame.width)) \(Int(frame.height))" role="img" aria-label="\(escaped(panel.title))" \
                font-family="system-ui, sans-serif" font-size="12">
                \(panel.svg(in: frame, epochs: axis, mark: nil, legendRows: rows))
                </svg>
                """
        }.joined(separator: "\n")
    }
}
