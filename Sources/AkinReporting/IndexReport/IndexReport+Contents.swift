import AkinBasics
import AkinClassification
import AkinItems
import AkinVectorSearch

/// What is in the index.
extension IndexReport {
    func contents(_ page: PagePictures) -> String {
        var parts = [factTable(facts)]
        let contradictions = copies.filter(\.isContradictory)
        if !contradictions.isEmpty {
            let folder = CommonFolder(of: contradictions.flatMap { $0.items.map(\.source) })
            parts.append("<h3>One picture under several labels</h3>")
            parts.append(
                list(
                    contradictions.map { same in
                        same.items.prefix(4).map {
                            "\(labelText(folder.name(of: $0.source))) as <strong>\(labelText($0.label))</strong>"
                        }.joined(separator: ", ")
                    }, limit: 20))
        }
        return (parts + contactSheet(page)).joined(separator: "\n")
    }

    private var facts: [(name: String, fact: String)] {
        var rows = [
            ("Items", "\(counted(items.count, "item")) of \(countedClasses(classes.count))\(spread)")
        ]
        let single = singletons
        if !single.isEmpty {
            rows.append(("Alone", "\(countedClasses(single.count)) of one item: \(names(single))"))
        }
        let groups = Set(items.compactMap(\.group)).count
        if groups > 0 {
            rows.append(
                (
                    "Groups",
                    "\(counted(items.count { $0.group != nil }, "item")) in \(counted(groups, "group")), as pages or writers are"
                ))
        }
        let copied = copies.reduce(0) { $0 + $1.items.count }
        if copied > 0 {
            rows.append(
                ("Copies", "\(counted(copied, "item")) of which the very same file is there more than once"))
        }
        rows.append(
            (
                "Backbone",
                "\(labelText(backbone)), which makes \(counted(dimension, "number")) of each picture"
            ))
        rows.append(("Nearness", "\(escaped(metric.rawValue)): \(escaped(nearness))"))
        rows.append(("Asked by", "\(escaped("\(classifier)")). \(escaped(classifier.explanation))"))
        if let calibration {
            rows.append(
                (
                    "Calibrated",
                    "by \(counted(calibration.items, "item")), each left out and asked about"
                        + (isStale ? "; since then the index has changed much: do it again" : "")
                ))
        } else {
            rows.append(
                (
                    "Calibrated",
                    "not yet: its confidence is no probability, and it calls nothing unknown"
                ))
        }
        return rows
    }

    /// Whether a tenth of the items has come or gone since it was calibrated.
    private var isStale: Bool {
        calibration.map { abs($0.total - items.count) * 10 > $0.total } ?? false
    }

    private func names(_ labels: [String]) -> String {
        labels.prefix(12).map(labelText).joined(separator: ", ")
            + (labels.count > 12 ? " and \(labels.count - 12) more" : "")
    }

    private var spread: String {
        let counts = classes.map(\.items.count).sorted()
        guard let least = counts.first, let most = counts.last, counts.count > 1 else { return "" }
        return least == most
            ? ", \(least) of each"
            : ", \(least) to \(most) of each (in the middle \(counts[counts.count / 2]))"
    }

    private var nearness: String {
        switch metric {
        case .l2, .squaredL2: "the straight way between what two pictures have become"
        case .l1: "the sum of all differences between what two pictures have become"
        case .cosine: "the angle between what two pictures have become"
        case .innerProduct: "how far two pictures point the same way, and how strongly"
        case .learnedL1: "differences, each counted as it was learned"
        }
    }

    /// A row of pictures for each class.
    private func contactSheet(_ page: PagePictures) -> [String] {
        guard !items.isEmpty, !page.isEmpty else {
            return items.isEmpty
                ? []
                : [
                    "<p class=\"quiet\">No pictures are at hand: none of the items' files can be read here. Their names stand for them.</p>"
                ]
        }
        let rows = sheetRows
        let lines = rows.map { row in
            let pictures = row.items.map { page.html(of: items[$0].source) }.joined()
            let shown =
                row.items.count < row.count ? "\(row.count), \(row.items.count) shown" : "\(row.count)"
            return """
                <li><p><strong>\(labelText(row.label))</strong> <span class="quiet">\(shown)</span></p>\
                <div class="film">\(pictures)</div></li>
                """
        }
        let left = classes.count - rows.count
        let note =
            left > 0
            ? "<p class=\"quiet\">\(rows.count) of the \(classes.count) classes, at even steps in the order of their labels.</p>"
            : ""
        return ["<h3>Pictures of each class</h3>", note, "<ul class=\"sheet\">"] + lines + ["</ul>"]
    }
}
