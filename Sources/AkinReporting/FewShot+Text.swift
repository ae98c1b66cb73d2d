import AkinBasics
import AkinEvaluation
import AkinVectorSearch

extension EpisodeReport {
    /// The report for a terminal: accuracy with its interval, and the groups where episodes kept to one.
    public var text: String { text(width: nil) }

    /// As the above, with the table folded to lines of `width` characters.
    public func text(width: Int?) -> String {
        var lines = [
            "Episodes: \(ways)-way \(shots)-shot\(withinGroup ? " within a group" : ""), metric \(metric.rawValue); "
                + "\(episodes) drawn (seed \(seed)) from \(images) images of \(classes) classes\(leftOutCopies(copies))",
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

extension [EpisodeReport] {
    /// Episodes of the same pictures with several numbers of ways, for a terminal. The table is folded to lines of `width`
    /// characters.
    public func text(width: Int? = nil) -> String {
        guard let first else { return "" }
        var lines = [
            "Episodes: \(first.shots)-shot\(first.withinGroup ? " within a group" : ""), metric \(first.metric.rawValue); "
                + "\(first.episodes) drawn of each number of ways (seed \(first.seed)) from \(first.images) images of "
                + "\(first.classes) classes\(leftOutCopies(first.copies))", "",
        ]
        var table = TextTable(resultColumns("ways") + [("a guess", .right)])
        for report in self { table.append(report.cells("\(report.ways)") + [percent(report.chance)]) }
        lines += table.lines(width)
        for report in self where report.smallerEpisodes > 0 {
            lines.append(
                "\(report.smallerEpisodes) episodes have fewer than \(report.ways) classes: there are no more to draw"
            )
        }
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

func leftOutCopies(_ copies: Int?) -> String {
    guard let copies, copies > 0 else { return "" }
    return copies == 1 ? ", 1 copy left out" : ", \(copies) copies left out"
}

private func partLines(_ parts: [PartResult], title: String, _ width: Int?) -> [String] {
    TextTable(resultColumns(title), rows: parts.map { $0.cells($0.name) }).lines(width)
}
