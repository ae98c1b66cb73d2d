import AkinBasics
import AkinEvaluation
import AkinVectorSearch

extension OpenSetReport {
    /// The report for a terminal. Tables are folded to lines of `width` characters.
    public func text(width: Int? = nil) -> String {
        let strangers =
            strangersGiven ? "the strangers are those given" : "the other classes are the strangers"
        var lines = [
            "Open set: \(classifier), metric \(metric.rawValue); \(counted(drawings, "drawing")) (seed \(seed)), each with "
                + "\(fixed(galleryItems, digits: 0)) items of \(fixed(galleryClasses, digits: 0)) classes known; \(strangers)",
            "\(counted(ownQuestions, "question")) about other items of the known classes, \(strangerQuestions) about strangers",
            "",
        ]
        lines += averagesTable([
            ("strangers called known", strangersKnown), ("known classes' items called known", ownKnown),
            ("given the right class", accuracy), ("of those called known", accuracyOfKnown),
        ]).lines(width)
        lines.append("")
        if let promised, let promisedInterval {
            lines.append(
                "promised: \(percent(promised)) of strangers called known (\(percent(promisedInterval.low, to: promisedInterval.high)));"
                    + " so it was in \(promisesKept) of \(counted(promises, "drawing"))")
        } else {
            lines.append("nothing was called unknown: the galleries could not be calibrated for strangers")
        }
        if let ownKnownPromised {
            lines.append("told: \(percent(ownKnownPromised)) of the known classes' items called known")
        }
        lines += [
            "area under the ROC curve \(text(of: auroc)), strangers as near as 95 % of the known \(text(of: falsePositiveRateAt95))",
            "area under the open-set classification curve (OSCR) \(text(of: oscr))",
            "confidence misses what is right by \(percent(calibrationError)) in the mean (ten bins)",
            "",
        ]
        lines += TextTable(
            [("most confident answers", .right), ("right", .right), ("confidence at least", .right)],
            rows: coverage.map {
                [percent($0.coverage), percent($0.accuracy), percent(Double($0.confidence))]
            }
        ).lines(width)
        return lines.joined(separator: "\n") + "\n"
    }

    private func text(of figure: Drawn) -> String { shareText(figure.mean, figure.interval) }
}
