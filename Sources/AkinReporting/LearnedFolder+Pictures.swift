import AkinBasics
import AkinDatasets
import AkinEvaluation
import AkinImages
import AkinItems

/// What was looked at.
extension LearnedFolder {
    private var count: Int { classes.reduce(0) { $0 + $1.sources.count } }

    var pictures: [String] {
        let folder = CommonFolder(of: classes.flatMap(\.sources) + skipped.map(\.source))
        var rows = [("Folder", escaped(self.folder))]
        rows.append(
            ("Pictures", "\(counted(count, "picture")) of \(countedClasses(classes.count)), \(spread)"))
        if !look.isEmpty { rows.append(("Taken for", escaped(look))) }
        if grouped.groups > 0 {
            rows.append(
                (
                    "Groups",
                    "\(counted(grouped.pictures, "picture")) in \(counted(grouped.groups, "group")), as pages or writers are; "
                        + "whole groups were left out together"
                ))
        }
        if triedOn < count {
            rows.append(("Tried on", "\(counted(triedOn, "picture")) of these, of each class its share"))
        }
        let more = copies.reduce(0) { $0 + $1.items.count }
        if more > 0 {
            rows.append(
                (
                    "Copies",
                    "\(counted(more, "picture")) of which there are copies, which were left out together"
                ))
        }
        if !blank.isEmpty {
            rows.append(
                (
                    "Blank",
                    "\(counted(blank.count, "picture")) of one colour, or coming out so: they tell nothing"
                ))
        }
        if !pages.isEmpty {
            rows.append(
                ("Pages", "of \(counted(pages.count, "file")) with several pages the first was taken"))
        }
        if !skipped.isEmpty {
            rows.append(("Skipped", "\(counted(skipped.count, "picture")) that cannot be used"))
        }
        if !ignored.isEmpty {
            rows.append(
                (
                    "Passed over",
                    escaped(ignored.prefix(8).map(\.description).joined(separator: ", ")) + " files"
                ))
        }
        var parts = ["<h2>What was looked at</h2>", factTable(rows)]
        if !skipped.isEmpty {
            parts.append("<h3>Pictures that were skipped</h3>")
            parts.append(
                list(
                    skipped.map { "\(labelText(folder.name(of: $0.source))): \(escaped($0.reason))" },
                    limit: 20))
        }
        let contradictions = copies.filter(\.isContradictory)
        if !contradictions.isEmpty {
            parts.append("<h3>One picture in several classes</h3>")
            parts.append(
                "<p>Files of the very same content, of which one at most can be where it belongs:</p>")
            parts.append(
                list(
                    contradictions.map { same in
                        same.items.prefix(4).map { labelText(folder.name(of: $0.source)) }.joined(
                            separator: ", ")
                    }, limit: 20))
        }
        return parts
    }

    /// How many pictures classes have.
    private var spread: String {
        let counts = classes.map(\.sources.count).sorted()
        guard let least = counts.first, let most = counts.last, least < most else {
            return "\(counts.first ?? 0) of each"
        }
        return "\(least) to \(most) of each (in the middle \(counts[counts.count / 2]))"
    }
}

/// How the classes do.
extension LearnedFolder {
    func classCards(_ picture: (Source) -> Image?) -> [String] {
        let shown = shownClasses
        let hasAnswers = shown.contains { $0.asked > 0 }
        var parts = ["<h2>\(hasAnswers ? "How the classes do" : "The classes")</h2>"]
        if hasAnswers {
            parts.append(
                "<p>The weakest first: how many pictures of each were given their class by what was chosen, when they and others had "
                    + "been left out. Of few pictures this says little: the thin line is the 95&nbsp;% interval.</p>"
            )
        }
        let confusions = Dictionary(grouping: Confusion.pairs(of: mistakes), by: \.label)
        parts.append("<div class=\"classes\">")
        let most = shown.map { examples(of: $0).count }.max() ?? 0
        parts += shown.map {
            card(of: $0, confusions[$0.label]?.first, of: most, explains: hasAnswers, picture)
        }
        parts.append("</div>")
        if shown.count < classes.count {
            parts.append("<p>\(countedClasses(classes.count - shown.count)) more not shown.</p>")
        }
        return parts
    }

    /// - Parameter most: So many pictures are in the fullest card.
    private func card(
        of one: Class, _ confusion: Confusion?, of most: Int, explains: Bool, _ picture: (Source) -> Image?
    ) -> String {
        let pictures = examples(of: one).map {
            Thumbnail.html(
                of: picture($0), name: $0.path.split(separator: "/").last.map(String.init) ?? $0.path)
        }
        var lines = [
            "<p><strong>\(labelText(one.label))</strong> <span class=\"quiet\">\(counted(one.sources.count, "picture"))</span></p>",
            "<div class=\"\(most > 2 ? "strip" : "strip few")\">\(pictures.joined())</div>",
        ]
        if one.asked > 0 {
            let interval = Interval(Int((one.right * Double(one.asked)).rounded()), trusted: one.asked)
            let mistaken = confusion.map { ", taken for \(labelText($0.predicted))" } ?? ""
            lines.append(bar(one.right, interval))
            lines.append(
                "<p class=\"small\">\(unbroken(percent(one.right))) of \(one.asked) right "
                    + "<span class=\"quiet\">(\(unbroken(percent(interval.low, to: interval.high))))</span>\(mistaken)</p>"
            )
        } else if explains {
            lines.append(
                "<p class=\"small quiet\">not asked about: there is no other picture to know it by</p>")
        }
        return "<section class=\"card\">\n\(lines.joined(separator: "\n"))\n</section>"
    }

    /// The classes most often mistaken.
    func mistaken(_ picture: (Source) -> Image?) -> [String] {
        guard !tried.isEmpty else { return [] }
        var parts = ["<h2>Most often mistaken</h2>"]
        guard knowsMistakes else {
            return parts + ["<p>Not known: there was no time to find it out.</p>"]
        }
        let shown = shownConfusions
        guard !shown.isEmpty else {
            return parts + ["<p>No picture was given another class than its own.</p>"]
        }
        let asked = Dictionary(classes.map { ($0.label, $0.asked) }) { first, _ in first }
        parts.append(
            "<p class=\"quiet\">Above the pictures that were mistaken, below some of the class that they were taken for.</p>"
        )
        parts.append("<div class=\"cards\">")
        for (pair, taken, others) in shown {
            func figures(_ sources: [Source]) -> String {
                let folder = CommonFolder(of: sources)
                return sources.map { figure(of: $0, in: folder, caption: [], picture: picture) }.joined()
            }
            let times = "\(pair.count) of \(asked[pair.label] ?? pair.count)"
            parts.append(
                """
                <section class="card">
                <p><strong>\(labelText(pair.label))</strong> <span class="wrong">taken for</span> \
                <strong>\(labelText(pair.predicted))</strong> <span class="quiet">\(times)</span></p>
                <div class="trio">\(figures(taken))</div>
                <p class="small quiet">of the class \(labelText(pair.predicted)):</p>
                <div class="trio">\(figures(others))</div>
                </section>
                """)
        }
        parts.append("</div>")
        let more = Confusion.pairs(of: mistakes).count - shown.count
        if more > 0 { parts.append("<p>\(counted(more, "pair")) of classes more not shown.</p>") }
        return parts
    }
}
