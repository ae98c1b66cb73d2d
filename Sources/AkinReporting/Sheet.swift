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
    ///   - picture: The picture of a source, or nil if it cannot be had: the sheet then shows its name.
    public init(
        mistakesOf report: some ReadableReport, title: String? = nil, limit: Int = 200,
        picture: (_ source: Source) -> Image?
    ) {
        let title = title ?? report.title
        let shown = report.mistakes.prefix(limit)
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
        html = document(title: title, body: body.joined(separator: "\n"))
    }

    /// Queries beside their neighbours, in the order given.
    ///
    /// - Parameters:
    ///   - labels: The real classes of the queries, where they are known.
    ///   - summary: Lines of text for the head of the page.
    ///   - limit: How many queries are shown at most; the sheet says how many were left out.
    ///   - picture: The picture of a source, or nil if it cannot be had: the sheet then shows its name.
    public init(
        queries: [(source: Source, answer: Answer)], labels: [String]? = nil,
        title: String = "Queries and their neighbours", summary: [String] = [], limit: Int = 100,
        picture: (_ source: Source) -> Image?
    ) {
        precondition(labels.map { $0.count == queries.count } ?? true, "a label for each query, or none")
        var body = ["<h1>\(escaped(title))</h1>"]
        body += summary.map { "<p>\(escaped($0))</p>" }
        if let labels, !labels.isEmpty {
            let outcomes = zip(queries, labels).map {
                Outcome(source: $0.source, label: $1, predicted: $0.answer.label)
            }
            body.append("<p>\(outcomes.tally.sentence)</p>")
        }
        let rows = queries.prefix(limit).enumerated().map { i, query in
            QueryRow(source: query.source, label: labels?[i], answer: query.answer)
        }
        body += Self.list(rows, picture: picture)
        body.append(Self.left(queries.count - limit, "queries"))
        html = document(title: title, body: body.joined(separator: "\n"))
    }

    /// How a test set was answered, and some of its pictures beside their neighbours.
    ///
    /// - Parameters:
    ///   - answers: One for each of the outcomes. As many as `limit` are shown, from all over the list, so that each
    ///     class is seen if they are in order.
    ///   - explanation: How the class is found, a sentence.
    ///   - picture: The picture of a source, or nil if it cannot be had: the sheet then shows its name.
    public init(
        answersOf outcomes: Outcomes, _ answers: [Answer], title: String, explanation: String,
        limit: Int = 60, picture: (_ source: Source) -> Image?
    ) {
        let count = outcomes.list.count
        precondition(answers.count == count, "an answer for each outcome")
        var body = Self.head(HoldOutReport(outcomes), title: title) + ["<h2>Answers</h2>"]
        let step = max(1, Double(count) / Double(limit))
        let shown = (0..<min(limit, count)).map { number in
            let place = Int(Double(number) * step)
            return QueryRow(
                source: outcomes.list[place].source, label: outcomes.list[place].label,
                answer: answers[place])
        }
        if shown.count < count {
            body.append(
                "<p>\(shown.count) of the \(count) pictures, taken at even steps from all classes, whether "
                    + "the answer is right or wrong.</p>")
        }
        body.append("<p class=\"quiet\">\(escaped(explanation))</p>")
        body += Self.list(shown, picture: picture)
        html = document(title: title, body: body.joined(separator: "\n"))
    }

    /// The rows, and how to read them.
    private static func list(_ rows: [QueryRow], picture: (Source) -> Image?) -> [String] {
        let folder = CommonFolder(of: rows.flatMap(\.sources))
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

    /// What was right, and the classes.
    private static func head(_ report: some ReadableReport, title: String) -> [String] {
        ["<h1>\(escaped(title))</h1>", "<p><strong>\(unbroken(report.accuracySentence))</strong></p>"]
            + report.partSentences.map { "<p>\(unbroken($0))</p>" }
            + (report.method.map { ["<p class=\"quiet\">\(escaped($0))</p>"] } ?? [])
            + ["<h2>Classes</h2>\n\(classTable(report))"]
    }

    private static func classTable(_ report: some ReadableReport) -> String {
        let columns = resultColumns("class")
        let kinds = columns.map { $0.alignment == .right ? " class=\"number\"" : "" }
        let head = zip(kinds, columns).map { "<th\($0)>\(escaped($1.title))</th>" }
        let rows = report.classRows.map { row in
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

    private static func left(_ count: Int, _ things: String) -> String {
        count > 0 ? "<p>\(count) more \(things) not shown.</p>" : ""
    }

    /// Writes the sheet: all of it or, if that fails, nothing.
    public func write(to file: OutputFile) throws(WriteError) { try file.write(html.utf8) }
}
