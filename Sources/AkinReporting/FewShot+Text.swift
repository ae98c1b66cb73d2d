import AkinEvaluation
import AkinVectorSearch

extension EpisodeReport {
    /// The report for a terminal: accuracy with its interval, and the groups where episodes kept to one.
    public var text: String { text(width: nil) }

    /// As the above, with the table folded to lines of `width` characters.
    public func text(width: Int?) -> String {
        var lines = [
            "Episodes: \(ways)-way \(shots)-shot\(withinGroup ? " within a group" : ""), metric \(metric.rawValue); "
                + "\(episodes) drawn (seed \(seed)) from \(images) images of \(classes) classes\(leftOut(copies))",
            sentence + "; a guess \(percent(chance))",
        ]
        if smallerEpisodes > 0 {
            lines.append(
                "\(smallerEpisodes) episodes have fewer than \(ways) classes: there are no more to draw")
        }
        if let groups { lines += [""] + partLines(groups, title: "group", width) }
        return lines.joined(separator: "\n") + "\n"
    }
}

extension RunsReport {
    /// The report for a terminal: accuracy with its interval, the runs, and the mistakes, at most `limit` of them.
    /// Tables are folded to lines of `width` characters.
    public func text(limit: Int = 50, width: Int? = nil) -> String {
        let lines =
            [
                "One-shot runs: metric \(metric.rawValue); each test item is given the class of the nearest training "
                    + "image of its run",
                sentence,
                "",
            ] + partLines(runs, title: "run", width) + mistakeLines(mistakes, limit: limit, width)
        return lines.joined(separator: "\n") + "\n"
    }
}

extension PairReport {
    /// The report for a terminal.
    public var text: String {
        let origin = thresholdGiven ? "as given" : "the best for these very pairs"
        return """
            Pairs: metric \(metric.rawValue); \(pairs), half of them of one class, drawn (seed \(seed)) from \
            \(images) images of \(classes) classes\(leftOut(copies))
            \(sentence)
            told apart at the distance \(distanceText(threshold)), \(origin)
            area under the ROC curve \(fixed(auroc, digits: 4)), equal error rate \(percent(equalErrorRate))

            """
    }
}

private func leftOut(_ copies: Int?) -> String {
    guard let copies, copies > 0 else { return "" }
    return copies == 1 ? ", 1 copy left out" : ", \(copies) copies left out"
}

private func partLines(_ parts: [PartResult], title: String, _ width: Int?) -> [String] {
    TextTable(resultColumns(title), rows: parts.map { $0.cells($0.name) }).lines(width)
}
