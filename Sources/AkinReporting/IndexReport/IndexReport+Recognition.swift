import AkinBasics
import AkinClassification
import AkinEvaluation

/// How well new pictures are recognised.
extension IndexReport {
    var recognition: String? {
        guard !items.isEmpty, classes.count > 1 else { return nil }
        guard let answers, let right, let mean else {
            return "<p>Not known: \(escaped(silence ?? "nothing could be left out")).</p>"
        }
        var parts = ["<p>\(method(answers))</p>"]
        var rows = [row("All pictures alike <small>(micro average)</small>", right.tally, right.interval)]
        rows.append(
            measureRow(
                "All classes alike <small>(macro average)</small>", "\(countedClasses(mean.classes))",
                mean.accuracy, mean.interval))
        if let other = answers.alone,
            let figures = Self.right(other.filter(\.isAnswerable), byGroup: !answers.byGroup)
        {
            rows.append(
                row(
                    answers.byGroup
                        ? "Left out alone, not with its page <small>(flatters)</small>"
                        : "Left out with its whole group",
                    figures.tally, figures.interval))
        }
        parts.append(
            """
            <table class="measures">
            <tr><th></th><th class="number">asked</th><th class="number">right</th><th class="bars">95&nbsp;% interval</th></tr>
            \(rows.joined(separator: "\n"))
            </table>
            """)
        let hopeless = answers.list.count { !$0.isAnswerable }
        if hopeless > 0 {
            parts.append(
                "<p class=\"quiet\">\(counted(hopeless, "item")) could not be asked about: when it is left out, nothing of its class is left. "
                    + "Counted as wrong answers, the share of right ones would be \(unbroken(percent(answers.list.tally.accuracy))).</p>"
            )
        }
        parts.append(
            "<p class=\"quiet\">The interval tells where the share lies in 95 of 100 such findings, as far as these pictures are like those to come. "
                + "The backbone may have been trained on them, which flatters.</p>")
        return (parts + classTable + trialTable).joined(separator: "\n")
    }

    private var trialTable: [String] {
        guard let asked = trials.first?.tally.items else { return [] }
        let rows = trials.map { trial in
            let name = escaped("\(trial.classifier)")
            let own = trial.classifier == classifier
            return """
                <tr><td>\(own ? "<strong>\(name)</strong>" : name)</td><td class="number">\(trial.tally.errors)</td>\
                <td class="number">\(unbroken(percent(trial.mean)))</td></tr>
                """
        }
        return [
            "<h3>By other classifiers</h3>",
            "<p class=\"quiet\">What \(counted(asked, "item")), each left out, are called by other rules; the one by which the index is asked "
                + "is in bold. Small differences are chance; <code>akin index calibrate</code> chooses with regard to that.</p>",
            """
            <table class="classifiers">
            <tr><th>classifier</th><th class="number">mistakes</th><th class="number">right, all classes alike</th></tr>
            \(rows.joined(separator: "\n"))
            </table>
            """,
        ]
    }

    private func method(_ answers: Answers) -> String {
        let part =
            answers.list.count < items.count
            ? " (\(answers.list.count) of the \(items.count), of each class its share)" : ""
        let way =
            answers.folds.map {
                "The items\(part) were left out in \($0) parts, each with its share of every class, and named by the rest"
            } ?? "Each item\(part) was left out once and named by the others"
        let group = answers.byGroup ? ", with all of its group (page, manuscript, writer) left out too" : ""
        let copies = answers.copies > 0 ? " Copies of it were left out with it." : ""
        return "\(way)\(group).\(copies)"
    }

    private func row(_ name: String, _ tally: Tally, _ interval: Interval) -> String {
        measureRow(name, "\(tally.items - tally.errors) of \(tally.items)", tally.accuracy, interval)
    }

    private func measureRow(_ name: String, _ asked: String, _ share: Double, _ interval: Interval) -> String
    {
        """
        <tr><td>\(name)</td><td class="number">\(asked)</td><td class="number"><strong>\(unbroken(percent(share)))</strong></td>\
        <td class="bars">\(bar(share, interval))<small>\(unbroken(percent(interval.low, to: interval.high)))</small></td></tr>
        """
    }

    /// So many classes are in the table at once; the others when they are asked for, up to so many.
    private static let (fewClasses, mostClasses) = (20, 1000)

    private var classTable: [String] {
        let results = classResults.sorted { ($0.accuracy, $0.label) < ($1.accuracy, $1.label) }
        let taken = Dictionary(grouping: confusions, by: \.label)
        let rows = results.prefix(Self.mostClasses).map { one -> String in
            let own = (taken[one.label] ?? []).prefix(2).map {
                "\(labelText($0.predicted)) <small>\($0.count)</small>"
            }
            return """
                <tr><td>\(labelText(one.label))</td><td class="number">\(one.items - one.errors) of \(one.items)</td>\
                <td class="bars">\(bar(one.accuracy, one.interval))<small>\(unbroken(percent(one.accuracy))) \
                (\(unbroken(percent(one.interval.low, to: one.interval.high))))</small></td><td>\(own.joined(separator: ", "))</td></tr>
                """
        }
        var parts = [
            "<h3>By class, the weakest first</h3>",
            "<p class=\"quiet\">Of few pictures this says little: the thin line is the interval.</p>",
            table(rows.prefix(Self.fewClasses)),
        ]
        let others = rows.dropFirst(Self.fewClasses)
        if !others.isEmpty {
            parts.append(
                "<details>\n<summary>\(others.count) classes more</summary>\n\(table(others))\n</details>")
        }
        if results.count > rows.count {
            parts.append("<p>\(results.count - rows.count) classes more not shown.</p>")
        }
        return parts
    }

    private func table(_ rows: ArraySlice<String>) -> String {
        """
        <table class="byclass">
        <tr><th>class</th><th class="number">right</th><th class="bars">share and 95&nbsp;% interval</th><th>taken for</th></tr>
        \(rows.joined(separator: "\n"))
        </table>
        """
    }
}
