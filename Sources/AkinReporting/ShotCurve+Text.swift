import AkinBasics
import AkinEvaluation

extension ShotCurve {
    /// The report for a terminal: the curve, and what would help which class; classes of which enough is there are counted.
    /// Tables are folded to lines of `width` characters.
    public func text(width: Int? = nil) -> String {
        var curve = TextTable([
            ("pictures a class", .right), ("classes with so many", .right), ("accuracy", .right),
            ("95 % interval", .left),
        ])
        for point in points {
            curve.append([
                "\(point.images)", "\(point.classes)", percent(point.accuracy),
                percent(point.interval.low, to: point.interval.high),
            ])
        }
        var lines = [
            "Shots: \(classifier); \(counted(draws, "draw")), \(counted(items, "item")) asked about, others shown"
        ]
        lines += curve.lines(width)
        let wanting = classes.filter { $0.advice != .enough }.sorted {
            ($0.accuracy ?? 2, $0.label) < ($1.accuracy ?? 2, $1.label)
        }
        let enough = classes.count - wanting.count
        lines += ["", "\(enough) of \(countedClasses(classes.count)) need no more: 95 % right and above"]
        guard !wanting.isEmpty else { return lines.joined(separator: "\n") + "\n" }
        var table = TextTable([
            ("class", .left), ("n", .right), ("accuracy", .right), ("with twice as many", .right),
            ("advice", .left),
        ])
        for one in wanting.prefix(50) {
            table.append([
                one.label, "\(one.items)", one.accuracy.map(percent) ?? "-", one.expected.map(percent) ?? "-",
                one.advice.text,
            ])
        }
        lines += table.lines(width)
        if wanting.count > 50 { lines.append("... and \(wanting.count - 50) more, not shown") }
        return lines.joined(separator: "\n") + "\n"
    }
}

extension ShotCurve.Advice {
    fileprivate var text: String {
        switch self {
        case .enough: "enough"
        case .more: "more pictures will probably help"
        case .alike: "more of the same will hardly help: it looks like others"
        case .unknown: "a single picture: one more, and it can be told"
        }
    }
}
