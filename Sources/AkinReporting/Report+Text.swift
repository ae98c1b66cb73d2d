import AkinEvaluation

extension LeaveOneOutReport {
    /// The report for a terminal: accuracy with its interval, the classes, and the mistakes as in table 6.1
    /// of the thesis. At most `limit` mistakes are shown, with 0 not even their headings; a line says how many
    /// were left out.
    public func text(limit: Int = 50) -> String { ReportSummary(self).text(limit: limit) }
}

extension HoldOutReport {
    /// The report for a terminal: accuracy with its interval, the classes, the classes most often mistaken
    /// for one another, and the mistakes. At most `limit` of each are shown, with 0 not even their headings; a
    /// line says how many were left out.
    public func text(limit: Int = 20) -> String { ReportSummary(self).text(limit: limit) }
}

extension ReportSummary {
    func text(limit: Int) -> String {
        var lines = [[title, method].compactMap { $0 }.joined(separator: ": "), accuracy]
        lines += parts.map { "  " + printable($0) } + [""]
        var table = TextTable(Self.classColumns.map { ($0.title, $0.isNumber ? .right : .left) })
        for result in classes { table.append(cells(of: result)) }
        lines += table.lines
        guard limit > 0, !mistakes.isEmpty else { return lines.joined(separator: "\n") + "\n" }

        let confusions = Confusion.pairs(of: mistakes).filter { $0.count > 1 }
        if !confusions.isEmpty {
            var table = TextTable([("real class", .left), ("predicted class", .left), ("times", .right)])
            for pair in confusions.prefix(limit) {
                table.append([pair.label, pair.predicted, "\(pair.count)"])
            }
            lines += ["", "Most often mistaken"] + table.lines + Self.left(confusions.count - limit)
        }

        let shown = mistakes.prefix(limit)
        let folder = CommonFolder(of: shown.flatMap { [$0.source, $0.nearest] })
        // With one neighbour the closest image's class is the predicted one.
        let twoClasses = shown.contains { $0.nearestLabel != $0.predicted }
        var mistaken = TextTable(
            [("image", .left), ("real class", .left), ("closest image", .left)]
                + (twoClasses ? [("its class", .left)] : [])
                + [("predicted class", .left), ("distance", .right)])
        for mistake in shown {
            mistaken.append(
                [folder.name(of: mistake.source), mistake.label, folder.name(of: mistake.nearest)]
                    + (twoClasses ? [mistake.nearestLabel] : [])
                    + [mistake.predicted, distanceText(mistake.distance)])
        }
        let place = folder.path.isEmpty ? "" : " (images in \(printable(folder.path)))"
        lines += ["", "Mistakes\(place)"] + mistaken.lines + Self.left(mistakes.count - limit)
        return lines.joined(separator: "\n") + "\n"
    }

    private static func left(_ count: Int) -> [String] {
        count > 0 ? ["... and \(count) more, not shown"] : []
    }
}
