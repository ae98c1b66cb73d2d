import AkinBasics
import AkinClassification
import AkinEvaluation
import AkinImages
import AkinTensors

/// A page of HTML with pictures side by side, for people who have to judge answers with their own eyes. One
/// file that needs nothing beside itself: it can be sent, put on a web server, read on a telephone, printed.
public struct Sheet: Sendable {
    /// The whole document.
    public let html: String

    init(html: String) { self.html = html }

    /// The mistakes of a leave-one-out or of a test set as in table 6.1 of the thesis: image, real class, closest image,
    /// predicted class, distance.
    ///
    /// - Parameters:
    ///   - title: Of the page; what was done if nil.
    ///   - limit: How many mistakes are shown at most; the sheet says how many were left out.
    ///   - foot: How the page came about.
    ///   - picture: The picture of a source, or nil if it cannot be had: the sheet then shows its name.
    public init(
        mistakesOf report: some ReadableReport, title: String? = nil, limit: Int = 200, foot: PageFoot? = nil,
        picture: (_ source: Source) -> Image?
    ) {
        let title = title ?? report.title
        let shown = report.mistakes.prefix(max(0, limit))
        let folder = CommonFolder(of: shown.flatMap(\.sources))
        var body = Self.head(report, title: title) + ["<h2>Mistakes</h2>"]
        if shown.isEmpty {
            body.append("<p>None.</p>")
        } else {
            let nearest = shown.filter { $0.nearest != nil }
            if !nearest.isEmpty {
                body.append(
                    "<p class=\"quiet\">Left the image that was judged wrongly, right the one that lies closest "
                        + "to it; a small distance means that they look alike to the backbone.</p>")
            }
            if nearest.contains(where: { $0.nearestLabel != $0.predicted }) {
                body.append(
                    "<p class=\"quiet\">Where the class given is not that of the closest image, images further "
                        + "off decided.</p>")
            }
            body.append(Self.place(folder))
            body.append("<div class=\"cards\">")
            body += shown.map { $0.html(in: folder, picture: picture) }
            body.append("</div>")
            body.append(Self.left(report.mistakes.count - limit, "mistakes"))
        }
        if let foot { body.append(foot.html) }
        html = document(title: title, body: body.joined(separator: "\n"))
    }

    /// What was right, and the classes.
    static func head(_ report: some ReadableReport, title: String) -> [String] {
        ["<h1>\(escaped(title))</h1>", "<p><strong>\(unbroken(report.accuracySentence))</strong></p>"]
            + report.partSentences.map { "<p>\(unbroken($0))</p>" }
            + (report.method.map { ["<p class=\"quiet\">\(escaped($0))</p>"] } ?? [])
            + ["<h2>Classes</h2>\n\(table(resultColumns("class"), report.classRows))"]
            + mistaken(report)
    }

    /// As on a terminal.
    private static func mistaken(_ report: some ReadableReport) -> [String] {
        let rows = report.confusionRows
        guard !rows.isEmpty else { return [] }
        return [
            "<h2>Most often mistaken</h2>", table(confusionColumns, Array(rows.prefix(mostPairs))),
            left(rows.count - mostPairs, "pairs"),
        ]
    }

    /// So many pairs of classes are shown at most.
    private static let mostPairs = 50

    private static func table(
        _ columns: [(title: String, alignment: TextColumns.Alignment)], _ rows: [[String]]
    ) -> String {
        let kinds = columns.map { $0.alignment == .right ? " class=\"number\"" : "" }
        let head = zip(kinds, columns).map { "<th\($0)>\(escaped($1.title))</th>" }
        let rows = rows.map { row in
            let cells = zip(kinds, row).map { "<td\($0)>\(escaped($1))</td>" }
            return "<tr>\(cells.joined())</tr>"
        }
        return """
            <div class="table"><table>
            <tr>\(head.joined())</tr>
            \(rows.joined(separator: "\n"))
            </table></div>
            """
    }

    private static func place(_ folder: CommonFolder) -> String {
        folder.path.isEmpty ? "" : "<p class=\"quiet\">Pictures in \(escaped(folder.path))</p>"
    }

    static func left(_ count: Int, _ things: String) -> String {
        count > 0 ? "<p>\(count) more \(things) not shown.</p>" : ""
    }

    /// Writes the sheet: all of it or, if that fails, nothing.
    public func write(to file: OutputFile) throws(WriteError) { try file.write(html.utf8) }
}
