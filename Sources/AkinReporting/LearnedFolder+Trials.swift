import AkinBasics
import AkinEvaluation
import Foundation

/// What came of it, in short.
extension LearnedFolder {
    var answer: [String] {
        var lines: [String] = []
        if let expectation {
            lines.append(
                "<p class=\"large\"><strong>\(unbroken(percent(expectation.accuracy)))</strong> of new pictures like these will get the "
                    + "right class first <span class=\"quiet\">(95&nbsp;% interval \(range(expectation.interval)))</span></p>"
            )
            lines.append(bar(expectation.accuracy, expectation.interval))
            if let newClass = expectation.newClass, let interval = expectation.newClassInterval {
                lines.append(
                    "<p>Of a class added later, with as many pictures: <strong>\(unbroken(percent(newClass)))</strong> "
                        + "<span class=\"quiet\">(\(range(interval)))</span></p>")
            }
        } else {
            lines.append(
                "<p class=\"large\">How many new pictures will get the right class first is <strong>not known</strong>.</p>"
            )
            if let silence { lines.append("<p>For \(escaped(silence)).</p>") }
        }
        // Not all that is right is sure enough to be said without a doubt.
        lines += verdicts.suffix(1).map { "<p>\(escaped(asSentence($0)))</p>" }
        lines.append(
            "<p>Chosen: <strong>\(text(of: chosen))</strong>. It answers for the index \(labelText(index)): "
                + "\(counted(items, "picture")) of \(countedClasses(classes.count { !$0.sources.isEmpty })).</p>"
        )
        return ["<section class=\"card answer\">"] + lines + ["</section>"]
    }

    private func range(_ interval: Interval) -> String {
        unbroken(percent(interval.low, to: interval.high))
    }

    private func text(of choice: Choice) -> String {
        "\(escaped(choice.classifier)) on \(escaped(choice.backbone).replacing("+", with: " +&nbsp;"))"
    }
}

/// What was tried, and why which was taken.
extension LearnedFolder {
    /// So many rows are shown at once; the others when they are asked for.
    private static let fewTrials = 12

    var trials: [String] {
        var parts = ["<h2>What was tried</h2>"]
        guard !tried.isEmpty else {
            return parts + ["<p>Nothing: what the pictures look like has decided.</p>"]
        }
        let rows = tried.enumerated().map { row(of: $1, isChosen: $0 == 0) }
        parts.append(Self.table(rows.prefix(Self.fewTrials)))
        let others = rows.dropFirst(Self.fewTrials)
        if !others.isEmpty {
            parts.append(
                "<details>\n<summary>\(others.count) more</summary>\n\(Self.table(others))\n</details>")
        }
        parts.append(
            "<p class=\"quiet\">Pictures were left out, and what had not seen them had to say what they are. What stands on the "
                + "backbones of the chosen one was asked by parts of the pictures, the others with each picture left out by itself, which "
                + "leaves them more to know it by. The time is that of fitting and asking.</p>")
        if !stopped.isEmpty {
            parts.append("<h3>Not tried to the end</h3>")
            parts.append(
                list(
                    stopped.map { "<strong>\(labelText($0.backbone))</strong>: \(escaped($0.reason))" },
                    limit: 20))
        }
        return parts + embeddings
    }

    private func row(of trial: Trial, isChosen: Bool) -> String {
        """
        <tr\(isChosen ? " class=\"chosen\"" : "")><td>\(text(of: trial.choice))\
        \(isChosen ? " <span class=\"right\">&#10003;&nbsp;chosen</span>" : "")</td>\
        <td class="number">\(unbroken(percent(trial.accuracy)))</td>\
        <td class="bars">\(bar(trial.accuracy, trial.interval))<small>\(range(trial.interval))</small></td>\
        <td class="number">\(time(trial.seconds))</td></tr>
        """
    }

    private static func table(_ rows: ArraySlice<String>) -> String {
        """
        <table class="wide">
        <tr><th>classifier and backbone</th><th class="number">right</th><th class="bars">95&nbsp;% interval</th>\
        <th class="number">time</th></tr>
        \(rows.joined(separator: "\n"))
        </table>
        """
    }

    private var embeddings: [String] {
        guard !embedded.isEmpty else { return [] }
        let rows = embedded.map { one in
            let each = one.seconds / Double(max(1, one.pictures)) * 1000
            return """
                <tr><td>\(escaped(one.backbone))</td><td class="number">\(one.dimension)</td>\
                <td class="number">\(one.pictures)</td><td class="number">\(time(one.seconds))</td>\
                <td class="number">\(fixed(each, digits: each < 10 ? 1 : 0))&nbsp;ms</td></tr>
                """
        }
        return [
            """
            <h3>The backbones</h3>
            <div class="table"><table>
            <tr><th>backbone</th><th class="number">dimensions</th><th class="number">pictures</th><th class="number">time</th>\
            <th class="number">a picture</th></tr>
            \(rows.joined(separator: "\n"))
            </table></div>
            """
        ]
    }

    private func time(_ seconds: Double) -> String {
        seconds < 0.05 ? "&lt;&nbsp;0.1&nbsp;s" : escaped(duration(seconds)).replacing(" ", with: "&nbsp;")
    }

    var reasons: [String] {
        var lines: [String] = []
        if let first = tried.first {
            let better = tried.dropFirst().filter { $0.accuracy > first.accuracy }
            func example(_ isSame: Bool) -> String? {
                better.first { ($0.choice.backbone == first.choice.backbone) == isSame }.map {
                    "<strong>\(text(of: $0.choice))</strong> was right more often, in \(unbroken(percent($0.accuracy)))"
                }
            }
            if let other = example(true) {
                lines.append(
                    "\(other). The difference may be chance, and then the simpler classifier is taken.")
            }
            if let other = example(false) {
                lines.append(
                    "\(other). But backbones are compared by how clear the answers are, which says more of few pictures than right and "
                        + "wrong do; where the difference in that may be chance, the simpler ones are taken.")
            }
            if tried.count == 1 {
                lines.append("Nothing else was tried.")
            } else if better.isEmpty {
                lines.append(
                    "Nothing else was right more often. Where the difference may be chance, the simpler is taken."
                )
            }
        } else {
            lines.append(
                "With one picture of a class nothing can be left out and asked about. Taken was what has been best on other people's "
                    + "pictures of this kind.")
        }
        if wasInterrupted {
            lines.append(
                "The trying was ended by hand before its time: this is the best that had been found by then.")
        }
        lines.append("<span class=\"quiet\">\(escaped(chosen.explanation))</span>")
        return ["<h2>Why this one</h2>"] + lines.map { "<p>\($0)</p>" }
    }

    var expected: [String] {
        var lines: [String] = []
        if let expectation {
            lines.append(
                "The share is that of answers about \(counted(expectation.items, "picture")) by what would have been chosen without "
                    + "them: the choice does not flatter it. With 95&nbsp;% confidence the truth lies in the interval; its upper "
                    + "end allows for the index knowing more pictures than those that answered.")
            lines.append(
                expectation.newClass == nil
                    ? "Of a class added later nothing is said: it takes three classes with two pictures each to know it by, six "
                        + "and some time where a backbone is trained on the pictures."
                    : "For a class added later each class in turn had no say in the choice; its interval counts classes, not pictures."
            )
            lines.append(
                "<strong>It holds for pictures like these.</strong> Of another camera, page or writer fewer may be recognised"
                    + (grouped.groups > 0
                        ? "." : ": name the page or writer of each picture in a manifest to find out."))
        } else {
            lines.append(
                "Nothing is announced: to know it, a picture has to be left out and asked about, with another of its class to "
                    + "know it by. With a second picture of some classes it can be said.")
        }
        if !verdicts.isEmpty {
            let list = verdicts.map { "<li>\(escaped($0))</li>" }.joined()
            lines.append(
                "The index calls a picture <strong>unknown</strong> that seems to be of none of its classes. As its own pictures show, "
                    + "each class in turn taken for a stranger:</p><ul>\(list)</ul><p>The nearer to one another different things look, the "
                    + "more of its own pictures are called unknown for the sake of that; more pictures of each class help."
            )
        }
        return ["<h2>What to expect</h2>"] + lines.map { "<p>\($0)</p>" }
    }
}

/// How to go on, and how it was made.
extension LearnedFolder {
    var onward: [String] {
        guard !commands.isEmpty else { return [] }
        return ["<h2>How to go on</h2>"]
            + commands.map { "<p>\(escaped($0.purpose))</p>\n<pre>\(escaped($0.line))</pre>" }
    }

    var making: [String] {
        var rows = [
            ("Index", escaped(index)),
            (
                "Time",
                "\(time(self.time.taken)), of \(time(self.time.given)) given"
                    + (wasInterrupted ? "; ended by hand" : "")
            ),
            ("Seed", "\(seed)"),
        ]
        let stamp = date.formatted(Date.ISO8601FormatStyle(dateTimeSeparator: .space)).prefix(16)
        rows.append(("Date", "\(stamp) UTC"))
        rows.append(("Made by", "Akin \(akinVersion)"))
        return ["<h2>How it was made</h2>", factTable(rows)]
    }
}
