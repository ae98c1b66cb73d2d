import AkinBasics
import AkinEvaluation
import AkinImages
import AkinTensors

/// A page of HTML with pictures side by side, for people who have to judge answers with their own eyes. One
/// file that needs nothing beside itself: it can be sent, put on a web server, read on a telephone, printed.
public struct Sheet: Sendable {
    /// The whole document.
    public let html: String

    /// The mistakes of a leave-one-out as in table 6.1 of the thesis: left-out image, real class, closest
    /// image, predicted class, distance.
    ///
    /// - Parameters:
    ///   - limit: How many mistakes are shown at most; the sheet says how many were left out.
    ///   - picture: The picture of a source, or nil if it cannot be had: the sheet then shows its name.
    public init(
        mistakesOf report: LeaveOneOutReport, title: String = "Leave-one-out", limit: Int = 200,
        picture: (_ source: Source) -> Image?
    ) {
        self.init(ReportSummary(report), title: title, limit: limit, picture: picture)
    }

    /// The mistakes of a test set, in the same way.
    public init(
        mistakesOf report: HoldOutReport, title: String = "Test set", limit: Int = 200,
        picture: (_ source: Source) -> Image?
    ) {
        self.init(ReportSummary(report), title: title, limit: limit, picture: picture)
    }

    /// Queries beside their neighbours, in the order given.
    ///
    /// - Parameters:
    ///   - summary: Lines of text for the head of the page.
    ///   - limit: How many queries are shown at most; the sheet says how many were left out.
    ///   - picture: The picture of a source, or nil if it cannot be had: the sheet then shows its name.
    public init(
        queries rows: [QueryRow], title: String = "Queries and their neighbours", summary: [String] = [],
        limit: Int = 100, picture: (_ source: Source) -> Image?
    ) {
        var body = ["<h1>\(escaped(title))</h1>"]
        body += summary.map { "<p>\(escaped($0))</p>" }
        let known = rows.filter { $0.label != nil }
        if !known.isEmpty {
            let right = known.filter { $0.label == $0.predicted }.count
            let interval = Interval(right, of: known.count)
            body.append(
                "<p>\(right) of \(known.count) right: \(percent(Double(right) / Double(known.count))) "
                    + "(95 % interval \(percent(interval.low, to: interval.high)))</p>")
        }
        body += Self.list(rows.prefix(limit), picture: picture)
        body.append(Self.left(rows.count - limit, "queries"))
        html = document(title: title, body: body.joined(separator: "\n"))
    }

    /// How a test set was answered, and some of its pictures beside their neighbours.
    ///
    /// - Parameters:
    ///   - rows: All that were asked about. As many as `limit` are shown, from all over the list, so that each
    ///     class is seen if they are in order.
    ///   - explanation: How the class is found, a sentence.
    ///   - picture: The picture of a source, or nil if it cannot be had: the sheet then shows its name.
    public init(
        answersOf report: HoldOutReport, rows: [QueryRow], title: String, explanation: String,
        limit: Int = 60,
        picture: (_ source: Source) -> Image?
    ) {
        let summary = ReportSummary(report)
        var body = ["<h1>\(escaped(title))</h1>", "<p><strong>\(unbroken(summary.accuracy))</strong></p>"]
        body += summary.parts.map { "<p>\(unbroken($0))</p>" }
        body.append("<h2>Classes</h2>\n\(Self.classTable(summary))\n<h2>Answers</h2>")
        let step = max(1, Double(rows.count) / Double(limit))
        let shown = (0..<min(limit, rows.count)).map { rows[Int(Double($0) * step)] }
        if shown.count < rows.count {
            body.append(
                "<p>\(shown.count) of the \(rows.count) pictures, taken at even steps from all classes, whether "
                    + "the answer is right or wrong.</p>")
        }
        body.append("<p class=\"quiet\">\(escaped(explanation))</p>")
        body += Self.list(shown, picture: picture)
        html = document(title: title, body: body.joined(separator: "\n"))
    }

    /// The rows, and how to read them.
    private static func list(_ rows: some Collection<QueryRow>, picture: (Source) -> Image?) -> [String] {
        let folder = CommonFolder(of: rows.flatMap { [$0.source] + $0.neighbours.map(\.source) })
        let marks =
            rows.contains { $0.label != nil }
            ? "; &#10003; marks those of its real class, &#10007; the others" : ""
        let legend =
            "<p class=\"quiet\">Each query is followed by the indexed images closest to it, with class and distance"
            + "\(marks). The confidence is not a probability.</p>"
        return [legend, place(folder), "<div class=\"rows\">"]
            + rows.map { $0.html(in: folder, picture: picture) }
            + ["</div>"]
    }

    private init(_ report: ReportSummary, title: String, limit: Int, picture: (Source) -> Image?) {
        let shown = report.mistakes.prefix(limit)
        let folder = CommonFolder(of: shown.flatMap(\.sources))
        var body = ["<h1>\(escaped(title))</h1>", "<p><strong>\(unbroken(report.accuracy))</strong></p>"]
        body += report.parts.map { "<p>\(unbroken($0))</p>" }
        if let method = report.method { body.append("<p class=\"quiet\">\(escaped(method))</p>") }
        body.append("<h2>Classes</h2>\n\(Self.classTable(report))")
        body.append("<h2>Mistakes</h2>")
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
        html = document(title: title, body: body.joined(separator: "\n"))
    }

    private static func classTable(_ report: ReportSummary) -> String {
        let kinds = ReportSummary.classColumns.map { $0.isNumber ? " class=\"number\"" : "" }
        let head = zip(kinds, ReportSummary.classColumns).map { "<th\($0)>\(escaped($1.title))</th>" }
        let rows = report.classes.map { result in
            let cells = zip(kinds, report.cells(of: result)).map { "<td\($0)>\(escaped($1))</td>" }
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

    private static func left(_ count: Int, _ things: String) -> String {
        count > 0 ? "<p>\(count) more \(things) not shown.</p>" : ""
    }

    /// Writes the sheet to a temporary file beside `path` and renames it.
    public func write(to path: String) throws(WriteError) { try AtomicFile.write(html.utf8, to: path) }
}
