import AkinBasics
import AkinEvaluation
import AkinTraining

extension RunComparison {
    /// For a terminal: which runs, what differs, what came of them. Where more runs are compared than columns find room in lines of `width`
    /// characters, the others stand below them.
    public func text(width: Int? = nil) -> String {
        var lines = TextColumns.lines(
            runs.enumerated().map { ["\($0 + 1)", printable($1.name)] }, [.right], width: width)
        let remarks = remarks.map(printable)
        if !remarks.isEmpty { lines += [""] + remarks.flatMap { TextColumns.lines([[$0]], width: width) } }
        let differing = differences.map { one in [one.key] + one.values.map { $0 ?? "-" } }
        if !differing.isEmpty { lines += table("what differs", differing, width) }
        var figures: [[String]] = []
        for row in rows {
            figures.append([row.name] + row.values.map { $0 ?? "-" })
            guard !row.shares.isEmpty else { continue }
            figures.append(
                ["  95 % interval"]
                    + row.shares.map { $0.map { percent($0.interval.low, to: $0.interval.high) } ?? "-" })
            figures.append(["  questions"] + row.shares.map { $0.map { "\($0.items)" } ?? "-" })
        }
        if !figures.isEmpty { lines += table("what came of it", figures, width) }
        if !means.isEmpty {
            lines += [""] + means.map(printable).flatMap { TextColumns.lines([[$0]], width: width) }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The least room for what a run has, beside the names of the rows.
    private static let (nameRoom, cellRoom) = (30, 14)

    private func table(_ title: String, _ rows: [[String]], _ width: Int?) -> [String] {
        let atOnce = width.map { max(1, ($0 - Self.nameRoom) / (Self.cellRoom + 2)) } ?? runs.count
        return stride(from: 0, to: runs.count, by: atOnce).flatMap { first in
            let shown = first..<min(first + atOnce, runs.count)
            let header = [title] + shown.map { "\($0 + 1)" }
            let cells = [header] + rows.map { row in [row[0]] + shown.map { row[$0 + 1] } }
            return [""] + TextColumns.lines(cells.map { $0.map(printable) }, width: width)
        }
    }
}
