import AkinBasics
import AkinTensors
import AkinTraining
import Foundation

/// The course of a training run as one picture: loss, accuracies, distances and learning rate over the epochs.
public struct TrainingCurves: Sendable {
    /// The whole document; needs nothing beside itself.
    public let svg: String

    private static let (width, height) = (1000.0, 760.0)

    /// Draws the records of a run, by ascending epoch, any number of them. The epoch with the best one-shot accuracy
    /// on the validation classes (of equal ones that with the best verification, then the first) is marked, where that
    /// was measured: it is that of the checkpoint.
    public init(records: [EpochRecord], title: String = "Training") {
        let best = records.filter { $0.oneShot?.isFinite == true }.max {
            ($0.oneShot!, $0.verification ?? 0) < ($1.oneShot!, $1.verification ?? 0)
        }
        let epochs = Axis.whole(records.first?.epoch ?? 0, records.last?.epoch ?? 1)
        let panels = [
            Self.loss(records), Self.accuracy(records), Self.distances(records), Self.learningRate(records),
        ]
        let width = 464.0
        let rows = panels.flatMap { $0.legend(width: width) }.map { $0.row + 1 }.max() ?? 1
        let drawn = panels.enumerated().map { i, panel in
            panel.svg(
                in: .init(
                    x: 24 + 488 * Double(i % 2), y: 84 + 338 * Double(i / 2), width: width, height: 322),
                epochs: epochs, mark: best.map { Double($0.epoch) }, legendRows: rows)
        }
        svg = CurvePanel.document(
            title: title, summary: Self.summary(records, best: best), width: Self.width, height: Self.height,
            panels: drawn)
    }

    /// Writes the picture: all of it or, if that fails, nothing.
    public func write(to file: OutputFile) throws(WriteError) { try file.write(svg.utf8) }

    /// Whether a document is that of these records, by whatever title.
    package static func isDrawn(_ document: String, of records: [EpochRecord]) -> Bool {
        let parts = document.split(separator: "<title>", maxSplits: 1)
        guard parts.count == 2, let end = parts[1].firstRange(of: "</title>") else { return false }
        // No title has a character of those that mean nothing.
        let untitled = TrainingCurves(records: records, title: "\u{E000}").svg
        return untitled.replacing("\u{E000}", with: parts[1][..<end.lowerBound]) == document
    }

    private static func summary(_ records: [EpochRecord], best: EpochRecord?) -> String {
        guard let last = records.last else { return "no epoch is done yet" }
        let seconds = records.reduce(0) { $0 + Double($1.seconds) }
        let images = records.reduce(0) { $0 + Double($1.seconds) * Double($1.imagesPerSecond) }
        var parts = [
            "\(counted(last.epoch, "epoch")) in \(duration(seconds))",
            "\(fixed(images / max(seconds, 1e-9), digits: 0)) images/s",
        ]
        if let best {
            parts.append("dashed: best epoch \(best.epoch), one-shot \(percent(Double(best.oneShot!)))")
        }
        return parts.joined(separator: "; ")
    }

    // Colours of Okabe and Ito, which people tell apart however they see colours.
    private static let (blue, orange, green, purple) = ("#0072b2", "#d55e00", "#009e73", "#a6558a")
    private static let (sky, amber, black) = ("#56b4e9", "#e69f00", "#1b1b1b")

    private static func loss(_ records: [EpochRecord]) -> CurvePanel {
        var series = [line("total", blue, records, valueText) { $0.loss }]
        // The whole is said once where it has one part.
        let parts = [
            line("embedding", orange, records, valueText) { $0.embedding },
            line("cross-entropy", green, records, valueText) { $0.crossEntropy },
            line("L1, L2", purple, records, valueText) { $0.penalty },
        ].filter { $0.points.contains { $0.y != 0 } }
        if parts.count > 1 { series += parts }
        series += heldOut(records, valueText) { $0.loss }
        let values = series.flatMap { $0.points.map(\.y) }.filter { $0 > 0 }
        let totals = series[0].points.map(\.y)
        let (low, high) = (values.min() ?? 0, values.max() ?? 1)
        // Where it falls through orders of magnitude, or a part is much larger, only a logarithmic axis shows the end
        // of it.
        if let least = totals.min(), least > 0, high > 10 * least {
            return CurvePanel(
                title: "Loss", series: series.filter { !$0.points.isEmpty },
                y: .logarithmic(max(low, high * 1e-6), high))
        }
        return CurvePanel(
            title: "Loss", series: series.filter { !$0.points.isEmpty },
            y: .linear(min(totals.min() ?? 0, 0), high))
    }

    private static func accuracy(_ records: [EpochRecord]) -> CurvePanel {
        var series = [
            line("pairs right", blue, records, percentText) { $0.pairAccuracy },
            line("classes right", black, records, percentText) { $0.classAccuracy },
            line("one-shot", orange, records, percentText) { $0.oneShot },
            line("verification", green, records, percentText) { $0.verification },
            line("teaching", purple, records, percentText) { $0.active },
        ].filter { $0.points.contains { $0.y != 0 } }
        // With a head, what it says of the pictures is what people look for; else whether pairs are told.
        let hasHead = records.contains { $0.heldOut?.classAccuracy != nil }
        series += heldOut(records, percentText) { hasHead ? $0.classAccuracy : $0.pairAccuracy }
        let values = series.flatMap { $0.points.map(\.y) }
        let axis = Axis.linear(values.min() ?? 0, values.max() ?? 1)
        return CurvePanel(
            title: "Accuracy, and share of pairs that still teach", series: series,
            y: Axis(
                low: max(axis.low, 0), high: min(axis.high, 1), isLogarithmic: false,
                ticks: axis.ticks.filter { -1e-9...1 + 1e-9 ~= $0 }), isShare: true)
    }

    /// The curves of held-out pictures, where they were measured.
    private static func heldOut(
        _ records: [EpochRecord], _ text: (Float) -> String, _ value: (HeldOutRecord) -> Float?
    ) -> [CurvePanel.Series] {
        [
            line("held out", amber, records, text) { $0.heldOut.flatMap(value) },
            line("new classes", sky, records, text) { $0.newClasses.flatMap(value) },
        ].filter { !$0.points.isEmpty }
    }

    private static func distances(_ records: [EpochRecord]) -> CurvePanel {
        let series = [
            line("same class", blue, records, valueText) { $0.positiveDistance },
            line("different classes", orange, records, valueText) { $0.negativeDistance },
        ].filter { $0.points.contains { $0.y != 0 } }
        return CurvePanel(
            title: "Mean distance of pairs", series: series,
            y: .linear(0, series.flatMap { $0.points.map(\.y) }.max() ?? 1))
    }

    private static func learningRate(_ records: [EpochRecord]) -> CurvePanel {
        var series = line("last", blue, records, valueText) { $0.learningRate }
        series.points.removeAll { $0.y <= 0 }
        let high = series.points.map(\.y).max() ?? 1
        // A cosine ends at nothing: six powers of ten are enough to see it.
        let low = max(series.points.map(\.y).min() ?? 1, high * 1e-6)
        return CurvePanel(
            title: "Learning rate", series: series.points.isEmpty ? [] : [series], y: .logarithmic(low, high))
    }

    /// What is not a number is left out.
    private static func line(
        _ name: String, _ colour: String, _ records: [EpochRecord], _ text: (Float) -> String,
        _ value: (EpochRecord) -> Float?
    ) -> CurvePanel.Series {
        let points = records.compactMap { record in
            value(record).flatMap { $0.isFinite ? (x: Double(record.epoch), y: Double($0)) : nil }
        }
        return CurvePanel.Series(
            name: name, colour: colour, points: points, last: points.last.map { text(Float($0.y)) } ?? "")
    }

    /// With three significant digits.
    private static func valueText(_ value: Float) -> String {
        let size = Double(abs(value))
        guard size > 0 else { return "0" }
        let power = Int(floor(log10(size)))
        guard -5 <= power, power < 6 else { return Axis.scientific(Double(value), digits: 1) }
        return fixed(Double(value), digits: max(0, 2 - power))
    }

    private static func percentText(_ share: Float) -> String { percent(Double(share)) }
}
