import AkinBasics
import AkinEvaluation

/// A label as it stands in a line: of its own direction, whatever the line's, and not too long for it.
func labelText(_ label: String) -> String {
    let limit = 80
    guard label.count > limit else { return "<bdi>\(escaped(label))</bdi>" }
    return
        "<bdi title=\"\(escaped(label))\">\(escaped(String(label.prefix(limit))))&nbsp;&hellip;</bdi>"
}

/// A bar of 0 to 100 %, with a line over its interval.
func bar(_ share: Double, _ interval: Interval) -> String {
    func place(_ value: Double) -> String { fixed(value * 100, digits: 1) }
    let text = "\(percent(share)), 95 % interval \(percent(interval.low, to: interval.high))"
    return """
        <svg class="bar" viewBox="0 0 100 12" preserveAspectRatio="none" role="img" aria-label="\(text)">\
        <rect class="track" width="100" height="12"/><rect class="share" width="\(place(share))" height="12"/>\
        <rect class="range" x="\(place(interval.low))" y="5" width="\(place(interval.high - interval.low))" height="2"/></svg>
        """
}

/// A table of a name and what is to be said of it in each row, which is HTML.
func factTable(_ rows: [(name: String, fact: String)]) -> String {
    let lines = rows.map { "<tr><th>\(escaped($0.name))</th><td>\($0.fact)</td></tr>" }
    return "<table class=\"facts\">\n\(lines.joined(separator: "\n"))\n</table>"
}

/// A list whose lines are HTML; of many the first, and how many more there are.
func list(_ lines: [String], limit: Int) -> String {
    let more = lines.count > limit ? ["<li>and \(lines.count - limit) more</li>"] : []
    return "<ul>\n\((lines.prefix(limit).map { "<li>\($0)</li>" } + more).joined(separator: "\n"))\n</ul>"
}

/// `1 class`, `3 classes`
func countedClasses(_ count: Int) -> String { count == 1 ? "1 class" : "\(count) classes" }
