import AkinBasics
import AkinEvaluation
import AkinVectorSearch

extension PairReport {
    /// The report for a terminal; of the classes, those that are told worst.
    public var text: String { text(width: nil) }

    /// As the above, with the table folded to lines of `width` characters.
    public func text(limit: Int = 10, width: Int?) -> String {
        let origin = thresholdGiven ? "as given" : "the best for these very pairs"
        var lines = [
            "Pairs: metric \(metric.rawValue); \(pairs), half of them of one class, balanced by class, drawn (seed \(seed)) "
                + "from \(images) images of \(classes) classes\(leftOutCopies(copies))",
            sentence,
            "told apart at the distance \(distanceText(threshold)), \(origin)",
        ]
        if let crossValidatedAccuracy, let crossValidatedInterval {
            lines.append(
                "by a threshold chosen on other pairs, a tenth at a time: \(shareText(crossValidatedAccuracy, crossValidatedInterval)) "
                    + "right")
        }
        lines += [
            "mean over the classes \(shareText(macroAccuracy, macroInterval))",
            "area under the ROC curve \(fixed(auroc, digits: 4)) (\(fixed(aurocInterval.low, digits: 4)) to "
                + "\(fixed(aurocInterval.high, digits: 4))), equal error rate \(shareText(equalErrorRate, equalErrorInterval))",
        ]
        let worst = byClass.filter { $0.accuracy < 1 }.sorted {
            ($0.accuracy, $0.label) < ($1.accuracy, $1.label)
        }
        guard limit > 0, byClass.count > 1, !worst.isEmpty else {
            return lines.joined(separator: "\n") + "\n"
        }
        var table = TextTable([
            ("class", .left), ("own pairs", .right), ("refused", .right), ("with others", .right),
            ("accepted", .right),
            ("right", .right),
        ])
        for one in worst.prefix(limit) {
            table.append([
                one.label, "\(one.same)", "\(one.refused)", "\(one.different)", "\(one.accepted)",
                percent(one.accuracy),
            ])
        }
        lines += ["", worst.count > limit ? "The \(limit) classes told worst" : "Classes with errors"]
        return (lines + table.lines(width)).joined(separator: "\n") + "\n"
    }
}

/// A share with its interval: `84.6 % (95 % interval 70.3 to 92.8 %)`.
func shareText(_ share: Double, _ interval: Interval) -> String {
    "\(percent(share)) (95 % interval \(percent(interval.low, to: interval.high)))"
}
