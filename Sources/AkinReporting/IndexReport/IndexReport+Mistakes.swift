import AkinBasics
import AkinClassification
import AkinEvaluation

/// The table of mistakes: table 6.1 of the thesis.
extension IndexReport {
    /// So many are shown at once; the others when they are asked for.
    private static let fewMistakes = 30

    func mistakeTable(_ page: PagePictures) -> String? {
        guard let right else { return nil }
        guard right.tally.errors > 0 else { return "<p>None.</p>" }
        var parts: [String] = []
        let shown = shownMistakes
        let order =
            reliability == nil
            ? "" : " The surest come first: where Akin was sure and wrong, look whether the label is right."
        parts.append(
            "<p>Left the picture with its label, and what it was named; right the item that lies nearest to it. A small distance means that "
                + "they look alike to the backbone.\(order)</p>")
        if shown.contains(where: { $0.outcome.nearest?.label != $0.outcome.predicted }) {
            parts.append(
                "<p class=\"quiet\">Where the answer is not the label of the nearest item, items further off decided.</p>"
            )
        }
        // Of very many, the last go without a picture.
        let rows = shown.enumerated().map { number, one in
            row(of: one, page, hasPictures: !page.isEmpty && number < Self.mostOfMistakes / 2)
        }
        parts.append(list(rows.prefix(Self.fewMistakes)))
        let others = rows.dropFirst(Self.fewMistakes)
        if !others.isEmpty {
            parts.append("<details>\n<summary>\(counted(others.count, "mistake")) more</summary>")
            parts.append(list(others))
            parts.append("</details>")
        }
        if mistakes.count > shown.count {
            parts.append("<p>\(counted(mistakes.count - shown.count, "mistake")) more not shown.</p>")
        }
        return parts.joined(separator: "\n")
    }

    private func list(_ rows: ArraySlice<String>) -> String {
        "<ol class=\"mistakes\">\n\(rows.joined(separator: "\n"))\n</ol>"
    }

    private func row(of one: JudgedOutcome, _ page: PagePictures, hasPictures: Bool) -> String {
        let outcome = one.outcome
        var doubts = reliability == nil ? [] : ["\(percent(one.confidence)) sure"]
        if let verdict = one.verdict, verdict != .known { doubts.append("called \(verdict.rawValue)") }
        let doubt =
            doubts.isEmpty
            ? "" : "<br><span class=\"quiet\">\(unbroken(doubts.joined(separator: ", ")))</span>"
        let nearest = outcome.nearest.map { near in
            """
            \(hasPictures ? page.html(of: near.source) : "")
            <p>nearest: <strong>\(labelText(near.label))</strong><br><span class="quiet">at \(escaped(distanceText(near.distance)))</span>\
            <br>\(name(near.source))</p>
            """
        }
        return """
            <li class="card\(hasPictures ? "" : " bare")">\(hasPictures ? page.html(of: outcome.source) : "")
            <p><strong>\(labelText(outcome.label))</strong> <span class="wrong">named</span> \
            <strong>\(labelText(outcome.predicted))</strong>\(doubt)<br>\(name(outcome.source))</p>
            \(nearest ?? "")</li>
            """
    }

    /// That of the file; where it lies when it is pointed at.
    private func name(_ source: Source) -> String {
        let name = source.path.split(separator: "/").last.map(String.init) ?? source.path
        // The end tells more.
        let shown = name.count > 60 ? "…" + name.suffix(58) : name
        return "<small title=\"\(escaped(source.path))\">\(escaped(shown))</small>"
    }
}
