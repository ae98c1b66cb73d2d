import AkinBasics
import AkinEvaluation

extension LeaveOneOutReport {
    /// The report for a terminal: accuracy with its interval, the classes, and the mistakes as in table 6.1
    /// of the thesis. At most `limit` mistakes are shown, with 0 not even their headings; a line says how many
    /// were left out. Tables are folded to lines of `width` characters.
    public func text(limit: Int = 50, width: Int? = nil) -> String { wholeText(limit: limit, width) }
}

extension HoldOutReport {
    /// The report for a terminal: accuracy with its interval, the classes, the classes most often mistaken
    /// for one another, and the mistakes. At most `limit` of each are shown, with 0 not even their headings; a
    /// line says how many were left out. Tables are folded to lines of `width` characters.
    public func text(limit: Int = 20, width: Int? = nil) -> String { wholeText(limit: limit, width) }
}

extension ReadableReport {
    fileprivate func wholeText(limit: Int, _ width: Int?) -> String {
        var lines = [[title, method].compactMap { $0 }.joined(separator: ": "), accuracySentence]
        lines += partSentences.map { "  " + printable($0) } + [""]
        lines += TextTable(resultColumns("class"), rows: classRows).lines(width)
        guard limit > 0, !mistakes.isEmpty else { return lines.joined(separator: "\n") + "\n" }

        let confusions = confusionRows
        if !confusions.isEmpty {
            let table = TextTable(confusionColumns, rows: Array(confusions.prefix(limit)))
            lines += ["", "Most often mistaken"] + table.lines(width) + left(confusions.count - limit)
        }

        lines += mistakeLines(mistakes, limit: limit, width)
        return lines.joined(separator: "\n") + "\n"
    }
}

/// The first mistakes as in table 6.1 of the thesis, and how many more there are; nothing if there are none.
func mistakeLines(_ mistakes: [Mistake], limit: Int, _ width: Int?) -> [String] {
    guard limit > 0, !mistakes.isEmpty else { return [] }
    let shown = mistakes.prefix(limit)
    let folder = CommonFolder(of: shown.flatMap(\.sources))
    let hasNearest = shown.contains { $0.nearest != nil }
    // With one neighbour the closest image's class is the predicted one.
    let twoClasses = hasNearest && shown.contains { $0.nearestLabel != $0.predicted }
    var mistaken = TextTable(
        [("image", .left), ("real class", .left)] + (hasNearest ? [("closest image", .left)] : [])
            + (twoClasses ? [("its class", .left)] : []) + [("predicted class", .left)]
            + (hasNearest ? [("distance", .right)] : []))
    for mistake in shown {
        mistaken.append(
            [folder.name(of: mistake.source), mistake.label]
                + (hasNearest ? [mistake.nearest.map(folder.name(of:)) ?? ""] : [])
                + (twoClasses ? [mistake.nearestLabel ?? ""] : []) + [mistake.predicted]
                + (hasNearest ? [mistake.distance.map(distanceText) ?? ""] : []))
    }
    let place = folder.path.isEmpty ? "" : " (images in \(printable(folder.path)))"
    return ["", "Mistakes\(place)"] + mistaken.lines(width) + left(mistakes.count - limit)
}

private func left(_ count: Int) -> [String] { count > 0 ? ["... and \(count) more, not shown"] : [] }
