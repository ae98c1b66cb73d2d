import AkinBasics
import AkinEvaluation
import AkinImages

extension Sheet {
    /// Items whose labels are probably wrong, each beside the nearest of the class that it is given and of its own, and items that are
    /// one picture.
    ///
    /// - Parameters:
    ///   - limit: How many of each are shown at most; the sheet says how many were left out.
    ///   - foot: How the page came about.
    ///   - picture: The picture of a source, or nil if it cannot be had: the sheet then shows its name.
    public init(
        suspects check: LabelCheck, _ duplicates: [DuplicateGroup], title: String = "Labels to look at",
        limit: Int = 100, foot: PageFoot? = nil, picture: (_ source: Source) -> Image?
    ) {
        let suspects = check.suspects.prefix(max(0, limit))
        let groups = duplicates.prefix(max(0, limit))
        let folder = CommonFolder(
            of: suspects.flatMap { [$0.source, $0.nearest, $0.nearestOwn].compactMap(\.self) }
                + groups.flatMap { $0.items.map(\.source) })
        var body = ["<h1>\(escaped(title))</h1>", "<p>\(check.sentence)</p>"]
        body.append(
            folder.path.isEmpty ? "" : "<p class=\"quiet\">Pictures in \(escaped(folder.path))</p>")
        body.append("<h2>Labels that may be wrong</h2>")
        if suspects.isEmpty {
            body.append("<p>None.</p>")
        } else {
            body.append(
                "<p class=\"quiet\">The surest first. Left the picture, then the nearest of the class that the others give it, and the nearest "
                    + "of the class that it bears. A strange picture of its class looks like a wrong label: look before you change one.</p>"
            )
            body.append("<div class=\"cards\">")
            body += suspects.map { $0.html(in: folder, picture: picture) }
            body.append("</div>")
            body.append(Self.left(check.suspects.count - limit, "suspects"))
        }
        if !check.mixed.isEmpty {
            body.append("<h2>Classes that are mixed up</h2>")
            body.append(list(check.mixed.map(\.html), limit: 20))
        }
        body.append("<h2>One picture several times</h2>")
        if groups.isEmpty { body.append("<p>None.</p>") } else { body.append("<div class=\"cards\">") }
        body += groups.map { $0.html(in: folder, picture: picture) }
        if !groups.isEmpty {
            body.append("</div>")
            body.append(Self.left(duplicates.count - limit, "such groups"))
        }
        if let foot { body.append(foot.html) }
        self.init(html: document(title: title, body: body.joined(separator: "\n")))
    }
}

extension LabelCheck {
    fileprivate var sentence: String {
        "\(counted(suspects.count, "label")) of \(counted(asked, "item")) may be wrong: the others give the item another class, when it is left "
            + "out (\(escaped(classifier)))."
    }
}

extension LabelCheck.Suspect {
    fileprivate func html(in folder: CommonFolder, picture: (Source) -> Image?) -> String {
        var figures = [
            figure(
                of: source, in: folder, caption: ["labelled", "<strong>\(escaped(label))</strong>"],
                picture: picture)
        ]
        for (near, label) in [(nearest, proposed), (nearestOwn, label)] {
            guard let near else { continue }
            figures.append(
                figure(of: near, in: folder, caption: ["nearest of", escaped(label)], picture: picture))
        }
        return """
            <section class="card">
            <p><strong>\(escaped(label))</strong> <span class="wrong">or rather</span> <strong>\(escaped(proposed))</strong> \
            <span class="quiet">(\(unbroken(percent(probability))) against \(unbroken(percent(own))))</span></p>
            <div class="trio">
            \(figures.joined(separator: "\n"))
            </div>
            </section>
            """
    }
}

extension LabelCheck.MixedClasses {
    fileprivate var html: String {
        func taken(_ from: Int, _ to: Int) -> String {
            "\(mistaken[from]) of \(asked[from]) of \(labelText(labels[from])) taken for \(labelText(labels[to]))"
        }
        return mistaken[1] > 0 ? "\(taken(0, 1)), \(taken(1, 0))" : taken(0, 1)
    }
}

extension DuplicateGroup {
    /// Of a group of many the first.
    private static let shown = 6

    fileprivate func html(in folder: CommonFolder, picture: (Source) -> Image?) -> String {
        let figures = items.prefix(Self.shown).map {
            figure(
                of: $0.source, in: folder, caption: ["<strong>\(escaped($0.label))</strong>"],
                picture: picture)
        }
        let more = items.count > Self.shown ? "<p>\(items.count - Self.shown) more not shown.</p>" : ""
        let warning = isContradictory ? ": <span class=\"wrong\">in several classes</span>" : ""
        return """
            <section class="card">
            <p>\(kinds.isEmpty ? "the very same file" : kinds.map(\.rawValue).joined(separator: ", "))\(warning)</p>
            <div class="trio">
            \(figures.joined(separator: "\n"))
            </div>\(more)
            </section>
            """
    }
}
