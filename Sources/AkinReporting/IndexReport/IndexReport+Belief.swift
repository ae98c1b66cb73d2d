import AkinBasics
import AkinClassification
import AkinEvaluation

/// How far answers can be believed.
extension IndexReport {
    var belief: String? {
        guard right != nil else { return nil }
        let charts = [strangerFigure, riskFigure, reliabilityFigure].compactMap { $0 }
        return """
            \(verdicts)
            <div class="charts">
            \(charts.joined(separator: "\n"))
            </div>
            """
    }

    private var verdicts: String {
        guard let calibration else {
            return
                "<p>The index has not been calibrated. So it calls nothing unknown, and the confidence that it tells is no probability; the "
                + "surer of two answers is still the likelier one.</p>"
        }
        let all = answers?.asked.count ?? 0
        let known = (answers?.asked ?? []).filter { $0.verdict == .known }
        var lines = calibration.meaning.map { "<li>\(escaped(asSentence($0)))</li>" }
        if calibration.border != nil {
            let unsure = count(.ambiguous)
            let doubtful = unsure > 0 ? "; \(unsure) ambiguous: of one of several classes" : ""
            let right =
                known.isEmpty ? "" : ", and \(unbroken(percent(known.tally.accuracy))) of these rightly named"
            lines.append(
                "<li>Of the \(counted(all, "item")) asked about here, \(known.count) were called known\(right); \(count(.unknown)) unknown\(doubtful).</li>"
            )
        }
        return "<ul>\n\(lines.joined(separator: "\n"))\n</ul>"
    }

    private func figure(_ title: String, _ chart: ShareChart, _ text: [String]) -> String {
        """
        <figure class="card"><h3>\(title)</h3>
        \(chart.svg)
        \(text.map { "<p>\($0)</p>" }.joined(separator: "\n"))</figure>
        """
    }

    /// The receiver operating characteristic.
    private var strangerFigure: String? {
        guard let curve = strangers else {
            return classes.count > 2
                ? nil
                : "<p>Of pictures that belong to none of the classes nothing can be said: that takes three classes.</p>"
        }
        var marks: [ShareChart.Mark] = [
            .ideal([.zero, .one]),
            .line(curve.points.map { SIMD2($0.strangersKnown, $0.ownKnown) }),
        ]
        var text = [
            "A picture of a class that is not in the index looks stranger than one of its own in <strong>\(Hundred.about(curve.area)) of 100</strong> cases "
                + "<span class=\"quiet\">(AUROC \(fixed(curve.area, digits: 3)); 50 would be chance)</span>.",
            "If 95 of 100 of its own are to be called known, so \(Hundred.about(curve.strangersKnown(whereOwnAre: 0.95))) of 100 strangers will be.",
        ]
        if calibration?.border != nil {
            let now = curve.point(at: 0)
            marks.append(.place(SIMD2(now.strangersKnown, now.ownKnown), "as it is set"))
            text.append(
                "As it is set, here \(unbroken(percent(now.strangersKnown))) of the strangers and \(unbroken(percent(now.ownKnown))) of its own are."
            )
        }
        text.append(
            "<small class=\"quiet\">Strangers are its own items, each asked as if its whole class were not there: \(curve.strangers), "
                + "beside \(curve.own) of its own. The farther the line is from the dashed one, the better.</small>"
        )
        return figure(
            "Strangers and its own",
            ShareChart(
                title: "Share of its own called known against share of strangers called known",
                across: "strangers called known", upwards: "its own called known", marks: marks), text)
    }

    /// The risk-coverage curve.
    private var riskFigure: String? {
        guard let curve = riskCoverage, let last = curve.points.last else { return nil }
        let places: [SIMD2<Double>] = curve.points.map { SIMD2($0.coverage, $0.risk) }
        // The first few answers alone are too few for a share.
        let steady = curve.points.filter { $0.coverage >= 0.1 }
        let highest = max(0.05, steady.map(\.risk).max() ?? 0)
        var text = [
            "Of all answers \(Hundred.about(last.risk)) of 100 are wrong; of the surest half <strong>\(Hundred.about(curve.risk(atCoverage: 0.5)))</strong>."
        ]
        for risk in [0.05, 0.01] where risk < last.risk {
            let share = curve.coverage(atRisk: risk)
            text.append(
                share > 0
                    ? "Whoever wants no more than \(Int(risk * 100)) in 100 wrong can believe the surest \(unbroken(percent(share)))."
                    : "No share of the surest has only \(Int(risk * 100)) in 100 wrong.")
            break
        }
        text.append(
            "<small class=\"quiet\">Answers by their confidence, the surest first. The dashed line is what a confidence would do that tells nothing.</small>"
        )
        return figure(
            "Wrong among the surest",
            ShareChart(
                title: "Share of wrong answers among the surest",
                across: "answers believed, the surest first",
                upwards: "wrong among them", highest: highest,
                marks: [
                    .ideal([SIMD2(0, last.risk), SIMD2(1, last.risk)]),
                    .line([SIMD2(0, curve.points[0].risk)] + places),
                ]), text)
    }

    /// The reliability diagram.
    private var reliabilityFigure: String? {
        guard let reliability else { return nil }
        let largest = Double(reliability.bins.map(\.count).max() ?? 1)
        let values = reliability.bins.map { bin in
            ShareChart.Mark.value(
                SIMD2(bin.confidence, bin.share), low: bin.interval.low, high: bin.interval.high,
                radius: 2.5 + 4.5 * (Double(bin.count) / largest).squareRoot())
        }
        var text: [String] = []
        if let bin = reliability.bins.max(by: { $0.count < $1.count }) {
            text.append(
                "Most answers (\(bin.count)) say \(fixed(bin.low * 100, digits: 0)) to \(unbroken("\(fixed(bin.high * 100, digits: 0)) %")); "
                    + "\(unbroken(percent(bin.share))) of these were right.")
        }
        text.append(
            "What they say and what is true differ by <strong>\(fixed(reliability.error * 100, digits: 1)) points</strong> in the mean "
                + "<span class=\"quiet\">(expected calibration error)</span>.")
        text.append(
            "<small class=\"quiet\">On the dashed line answers are right as often as they say; below it they are too sure. A larger dot is more answers, "
                + "the line through it its 95&nbsp;% interval. These are the items by which the index was calibrated: others may differ a little more.</small>"
        )
        return figure(
            "Are they as sure as they may be?",
            ShareChart(
                title: "Share of right answers against the confidence that they tell", across: "confidence",
                upwards: "right", marks: [.ideal([.zero, .one])] + values), text)
    }
}
