import AkinBasics
import AkinEvaluation
import AkinVectorSearch

extension RetrievalReport {
    /// The report for a terminal: the averages, and the classes that are found worst, at most `limit` of them. Tables are folded to
    /// lines of `width` characters.
    public func text(limit: Int = 10, width: Int? = nil) -> String {
        let left = [
            grouped.flatMap {
                $0 > 0 ? "those of its group left out (\(counted($0, "item")) with a group)" : nil
            },
            copies.flatMap { $0 > 0 ? "its copies left out (\($0) items have some)" : nil },
        ].compactMap { $0 }
        var lines = [
            (["Retrieval: metric \(metric.rawValue); each item asks for the others of its class among all"]
                + left)
                .joined(separator: ", "),
            "\(counted(items, "item")) of \(classes) \(classes == 1 ? "class" : "classes")",
        ]
        if alone > 0 {
            let names = singletons.prefix(5).map(printable).joined(separator: ", ")
            let more = singletons.count > 5 ? " and \(singletons.count - 5) more" : ""
            lines.append(
                "not averaged in: \(counted(alone, "item")) with no other of the class to find"
                    + (singletons.isEmpty ? "" : ": \(names)\(more)"))
        }
        guard items > 0 else { return lines.joined(separator: "\n") + "\n" }
        let figures =
            recall.map { ("recall@\($0.k)", $0.averages) }
            + precision.filter { $0.k > 1 }.map { ("precision@\($0.k)", $0.averages) }
            + [("mAP", meanAveragePrecision), ("MAP@R", meanAveragePrecisionAtR)]
        lines += [""] + averagesTable(figures).lines(width)
        let worst = byClass.filter { $0.averagePrecisionAtR < 1 }
            .sorted { ($0.averagePrecisionAtR, $0.label) < ($1.averagePrecisionAtR, $1.label) }
        guard limit > 0, classes > 1, !worst.isEmpty else { return lines.joined(separator: "\n") + "\n" }
        var table = TextTable([
            ("class", .left), ("n", .right), ("recall@\(recall.first?.k ?? 1)", .right), ("mAP", .right),
            ("MAP@R", .right),
        ])
        for one in worst.prefix(limit) {
            table.append([
                one.label, "\(one.items)", percent(one.recall), percent(one.averagePrecision),
                percent(one.averagePrecisionAtR),
            ])
        }
        lines += ["", worst.count > limit ? "The \(limit) classes found worst" : "By class"]
        return (lines + table.lines(width)).joined(separator: "\n") + "\n"
    }
}

/// Figures of which there are two averages.
func averagesTable(_ figures: [(name: String, averages: Averages)]) -> TextTable {
    TextTable(
        [
            ("", .left), ("of all", .right), ("95 % interval", .left), ("mean of classes", .right),
            ("95 % interval", .left),
        ],
        rows: figures.map { name, averages in
            [
                name, percent(averages.micro),
                percent(averages.microInterval.low, to: averages.microInterval.high), percent(averages.macro),
                percent(averages.macroInterval.low, to: averages.macroInterval.high),
            ]
        })
}
