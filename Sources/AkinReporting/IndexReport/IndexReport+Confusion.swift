import AkinBasics
import AkinEvaluation

/// What is mixed up with what.
extension IndexReport {
    /// So many classes have room in a matrix.
    private static let mostInMatrix = 12
    /// So many pairs are listed.
    private static let mostPairs = 12

    var confusion: String? {
        guard right != nil, !confusions.isEmpty else { return nil }
        let labels = matrixLabels
        let part =
            labels.count < classes.count
            ? "The \(labels.count) of the \(classes.count) classes that are mixed up most. "
            : ""
        return """
            <p>\(part)Each row is a class, and tells how its pictures were named; right answers lie on the diagonal.</p>
            <div class="sides"><div>\(matrix(labels))</div>
            <div><h3>Most often mistaken</h3>
            \(pairList)</div></div>
            """
    }

    /// All in their order, or of many those of the most frequent mistakes.
    private var matrixLabels: [String] {
        guard classes.count > Self.mostInMatrix else { return classes.map(\.label) }
        var chosen: [String] = []
        for pair in confusions {
            let new = [pair.label, pair.predicted].filter { !chosen.contains($0) }
            guard chosen.count + new.count <= Self.mostInMatrix else { continue }
            chosen += new
            if chosen.count == Self.mostInMatrix { break }
        }
        return chosen
    }

    private func matrix(_ labels: [String]) -> String {
        let asked = answers?.asked ?? []
        var counts: [String: [String: Int]] = [:]
        for one in asked { counts[one.outcome.label, default: [:]][one.outcome.predicted, default: 0] += 1 }
        let hasOthers = labels.count < classes.count
        let head = labels.enumerated().map {
            "<th title=\"\(escaped($0.element))\">\($0.offset + 1)</th>"
        }
        let rows = labels.enumerated().map { number, label in
            let own = counts[label] ?? [:]
            let total = own.values.reduce(0, +)
            var cells = labels.map { other in
                cell(own[other] ?? 0, of: total, isRight: other == label)
            }
            if hasOthers {
                let shown = labels.reduce(0) { $0 + (own[$1] ?? 0) }
                cells.append(cell(total - shown, of: total, isRight: false))
            }
            return """
                <tr><th><small>\(number + 1)</small> \(labelText(label))</th>\(cells.joined())<td class="number">\(total)</td></tr>
                """
        }
        return """
            <div class="table"><table class="matrix">
            <tr><th></th>\(head.joined())\(hasOthers ? "<th>others</th>" : "")<th class="number">all</th></tr>
            \(rows.joined(separator: "\n"))
            </table></div>
            """
    }

    /// The larger the share of the row, the stronger its colour.
    private func cell(_ count: Int, of total: Int, isRight: Bool) -> String {
        guard count > 0 else { return "<td></td>" }
        let share = Double(count) / Double(max(1, total))
        let strength = fixed(isRight ? 0.1 + 0.4 * share : min(0.6, 0.18 + share), digits: 2)
        let colour = isRight ? "38 150 90" : "210 60 45"
        return "<td style=\"background: rgb(\(colour) / \(strength))\">\(count)</td>"
    }

    private var pairList: String {
        let totals = Dictionary(uniqueKeysWithValues: classResults.map { ($0.label, $0.items) })
        let lines = confusions.prefix(Self.mostPairs).map { pair in
            "<strong>\(labelText(pair.label))</strong> <span class=\"wrong\">taken for</span> "
                + "<strong>\(labelText(pair.predicted))</strong> <span class=\"quiet\">\(pair.count) of \(totals[pair.label] ?? pair.count)</span>"
        }
        let more = confusions.count - lines.count
        return list(lines + (more > 0 ? ["and \(counted(more, "pair")) of classes more"] : []), limit: .max)
    }
}
