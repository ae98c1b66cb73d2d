import AkinBasics
import AkinEvaluation
import AkinVectorSearch

extension ClaimsReport {
    /// The report for a terminal: the equal error rates, and the users, those told worst first, at most `limit` of them. Tables are
    /// folded to lines of `width` characters.
    public func text(limit: Int = 20, width: Int? = nil) -> String {
        var lines = [
            "Claims: metric \(metric.rawValue); \(counted(users, "user")), \(counted(references, "reference")) each, drawn "
                + "\(counted(drawings, "time")) (seed \(seed))\(leftOutCopies(copies)); \(genuine) genuine claims"
        ]
        if !leftOut.isEmpty {
            lines.append(
                "left out, having too few genuine pictures: \(leftOut.prefix(5).map(printable).joined(separator: ", "))"
                    + (leftOut.count > 5 ? " and \(leftOut.count - 5) more" : ""))
        }
        let kinds = [("skilled forgeries", skilled), ("random forgeries", random)]
        var table = TextTable([
            ("equal error rate", .left), ("n", .right), ("one threshold", .right), ("95 % interval", .left),
            ("a threshold a user", .right), ("95 % interval", .left),
        ])
        for case (let name, let kind?) in kinds {
            table.append([
                name, "\(kind.claims)", percent(kind.equalErrorRate),
                percent(kind.interval.low, to: kind.interval.high), percent(kind.equalErrorRateByUser),
                percent(kind.intervalByUser.low, to: kind.intervalByUser.high),
            ])
        }
        lines += [""] + table.lines(width)
        guard limit > 0, users > 1 else { return lines.joined(separator: "\n") + "\n" }
        let worst = byUser.sorted {
            (-($0.skilled ?? 0), -($0.random ?? 0), $0.user) < (
                -($1.skilled ?? 0), -($1.random ?? 0), $1.user
            )
        }
        var own = TextTable([("user", .left), ("n", .right), ("skilled", .right), ("random", .right)])
        for one in worst.prefix(limit) {
            own.append([
                one.user, "\(one.genuine)", one.skilled.map(percent) ?? "-", one.random.map(percent) ?? "-",
            ])
        }
        lines += ["", "Equal error rate of each user" + (worst.count > limit ? ", the worst \(limit)" : "")]
        return (lines + own.lines(width)).joined(separator: "\n") + "\n"
    }
}
