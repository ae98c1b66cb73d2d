import AkinBasics
import AkinEvaluation
import AkinVectorSearch

extension ClassifierReport {
    /// The report for a terminal: a line for each classifier. The table is folded to lines of `width` characters.
    public func text(width: Int? = nil) -> String {
        let left = copies.map { $0 > 0 ? ", \($0) others left out: the index has them too" : "" } ?? ""
        var lines = [
            "Classifiers: metric \(metric.rawValue), \(dimension) dimensions; \(counted(questions, "picture")) answered by "
                + "\(counted(items, "item")) of \(classes == 1 ? "1 class" : "\(classes) classes")\(left)"
        ]
        if !absent.isEmpty {
            lines.append(
                "not in the index, and so always wrong: "
                    + absent.map { printable($0) }.joined(separator: ", "))
        }
        var table = TextTable([
            ("classifier", .left), ("errors", .right), ("accuracy", .right), ("95 % interval", .left),
            ("to fit", .right), ("to answer", .right),
        ])
        for row in classifiers {
            table.append([
                row.classifier, "\(row.errors)", percent(row.accuracy),
                percent(row.interval.low, to: row.interval.high), seconds(row.fitSeconds),
                seconds(row.answerSeconds),
            ])
        }
        return (lines + [""] + table.lines(width)).joined(separator: "\n") + "\n"
    }
}

/// A time that may be short: `0.004 s`, `1.3 s`, `2.5 min`.
private func seconds(_ seconds: Double) -> String {
    seconds < 1 ? "\(fixed(seconds, digits: 3)) s" : duration(seconds)
}
