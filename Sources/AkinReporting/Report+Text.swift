import AkinEvaluation

extension LeaveOneOutReport {
    /// The report for a terminal: accuracy with its interval, the classes, and the mistakes as in table 6.1
    /// of the thesis. At most `limit` mistakes are shown; a line says how many were left out.
    public func text(limit: Int = 50) -> String { ReportSummary(self).text(limit: limit) }
}

extension HoldOutReport {
    /// The report for a terminal: accuracy with its interval, the classes, the classes most often mistaken
    /// for one another, and the mistakes. At most `limit` of each are shown; a line says how many were left
    /// out.
    public func text(limit: Int = 20) -> String { ReportSummary(self).text(limit: limit) }
}

extension ReportSummary {
    func text(limit: Int) -> String {
        var lines = [[title, method].compactMap { $0 }.joined(separator: ": "), accuracy, ""]
        var table = TextTable([
            ("class", .left), ("n", .right), ("errors", .right), ("accuracy", .right),
            ("95 % interval", .right),
        ])
        for result in classes { table.append(cells(of: result)) }
        lines += table.lines
        guard !mistakes.isEmpty else { return lines.joined(separator: "\n") + "\n" }

        let confusions = Confusion.pairs(of: mistakes).filter { $0.count > 1 }
        if !confusions.isEmpty {
            var table = TextTable([("real class", .left), ("predicted class", .left), ("times", .right)])
            for pair in confusions.prefix(limit) {
                table.append([pair.label, pair.predicted, "\(pair.count)"])
            }
            lines += ["", "Most often mistaken"] + table.lines + Self.left(confusions.count - limit, "pairs")
        }

        let shown = mistakes.prefix(limit)
        let folder = CommonFolder(of: shown.flatMap { [$0.source, $0.nearest] })
        var mistaken = TextTable([
            ("image", .left), ("real class", .left), ("closest image", .left), ("predicted class", .left),
            ("distance", .right),
        ])
        for mistake in shown {
            mistaken.append([
                folder.name(of: mistake.source), mistake.label, folder.name(of: mistake.nearest),
                mistake.predicted, distanceText(mistake.distance),
            ])
        }
        let place = folder.path.isEmpty ? "" : " (images in \(printable(folder.path)))"
        lines += ["", "Mistakes\(place)"] + mistaken.lines + Self.left(mistakes.count - limit, "mistakes")
        return lines.joined(separator: "\n") + "\n"
    }

    static func left(_ count: Int, _ things: String) -> [String] {
        count > 0 ? ["... and \(count) more \(things), not shown"] : []
    }
}
