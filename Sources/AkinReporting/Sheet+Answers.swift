import AkinBasics
import AkinClassification
import AkinEvaluation
import AkinImages

extension Sheet {
    /// Queries beside their neighbours, in the order given; whoever reads the page orders and chooses them as he wants.
    ///
    /// - Parameters:
    ///   - labels: The real classes of the queries, where they are known: of each, or else they are left out.
    ///   - summary: Lines of text for the head of the page.
    ///   - limit: How many queries are shown at most; the sheet says how many were left out.
    ///   - foot: How the page came about.
    ///   - picture: The picture of a source, or nil if it cannot be had: the sheet then says so.
    public init(
        queries: [(source: Source, answer: Answer)], labels: [String]? = nil,
        title: String = "Queries and their neighbours", summary: [String] = [], limit: Int = .max,
        foot: PageFoot? = nil, picture: (_ source: Source) -> Image?
    ) {
        let labels = labels?.count == queries.count ? labels : nil
        var body = ["<h1>\(escaped(title))</h1>"]
        body += summary.map { "<p>\(escaped($0))</p>" }
        if let labels, !labels.isEmpty {
            let outcomes = zip(queries, labels).map {
                Outcome(source: $0.source, label: $1, predicted: $0.answer.label)
            }
            body.append("<p>\(outcomes.tally.sentence)</p>")
        }
        let answers = queries.prefix(max(0, limit)).enumerated().map { i, query in
            ShownAnswer(query.source, query.answer, label: labels?[i])
        }
        body.append("<p class=\"quiet\">\(escaped(AnswerNotes.sureness(isCalibrated: nil)))</p>")
        self.init(
            answers, title: title, head: body, left: queries.count - answers.count, foot, picture: picture)
    }

    /// How a test set was answered, and its pictures beside their neighbours.
    ///
    /// - Parameters:
    ///   - answers: One for each of the outcomes; those that lack one are not shown.
    ///   - explanation: How the class is found, a sentence.
    ///   - limit: How many are shown at most; of more so many from all over the list, so that each class is seen if they are in order.
    ///   - foot: How the page came about.
    ///   - picture: The picture of a source, or nil if it cannot be had: the sheet then says so.
    public init(
        answersOf outcomes: Outcomes, _ answers: [Answer], title: String, explanation: String,
        limit: Int = .max, foot: PageFoot? = nil, picture: (_ source: Source) -> Image?
    ) {
        let count = min(outcomes.list.count, answers.count)
        var body = Self.head(HoldOutReport(outcomes), title: title) + ["<h2>Answers</h2>"]
        let shown = (0..<min(max(0, limit), count)).map { number in
            let place = Int(Double(number) * max(1, Double(count) / Double(limit)))
            return ShownAnswer(
                outcomes.list[place].source, answers[place], label: outcomes.list[place].label)
        }
        if shown.count < count {
            body.append(
                "<p>\(shown.count) of the \(count) pictures, taken at even steps from all classes, whether "
                    + "the answer is right or wrong.</p>")
        }
        body.append("<p class=\"quiet\">\(escaped(explanation))</p>")
        body.append(
            "<p class=\"quiet\">Percentages are good for comparing answers; here they are no probabilities.</p>"
        )
        self.init(shown, title: title, head: body, left: 0, foot, picture: picture)
    }

    private init(
        _ answers: [ShownAnswer], title: String, head: [String], left: Int, _ foot: PageFoot?,
        picture: (Source) -> Image?
    ) {
        var parts = ""
        let expected = Set(answers.flatMap(\.pictures)).count
        var list = AnswerList<Never>(expectedPictures: expected) { parts += $0 }
        // Not all pictures at once in memory.
        for first in stride(from: 0, to: answers.count, by: 64) {
            list.append(Array(answers[first..<min(first + 64, answers.count)])) { sources, side in
                sources.map { picture($0)?.reduced(to: side) }
            }
        }
        list.finish()
        let note = AnswerNotes.neighbours(haveLabels: answers.contains { $0.label != nil })
        let body =
            head + ["<p class=\"quiet\">\(escaped(note))</p>"]
            + [list.html, Self.left(left, "queries"), foot?.html ?? ""]
        let (before, after) = AnswerScript.document(title: title, body: body.joined(separator: "\n"))
        self.init(html: before + parts + after)
    }
}

/// What somebody has to know who reads answers.
package enum AnswerNotes {
    /// Of how sure answers are; nil where it is not known whether the index is calibrated.
    package static func sureness(isCalibrated: Bool?) -> String {
        let probability =
            "the probability that the answer is right, if the picture is of one of the classes at all"
        return
            switch isCalibrated
        {
        case true?:
            "How sure an answer is: \(probability). A picture that is of none of them is called unknown, and one that may be of several "
                + "ambiguous."
        case false?:
            "The index is not calibrated for this classifier: percentages are good for comparing answers, they are no probabilities. "
                + "Where it is not calibrated for any, nothing is called unknown."
        case nil:
            "How sure an answer is: in a calibrated index \(probability); in others a number that is good for comparing answers."
        }
    }

    /// Of what stands beside them; `haveLabels` where the real classes are told.
    package static func neighbours(haveLabels: Bool = false) -> String {
        let marks = haveLabels ? "; ✓ marks those of its real class, ✗ the others" : ""
        return
            "Beside each are the indexed pictures nearest to it, with class and distance\(marks). A small distance means that they look alike "
            + "to the backbone."
    }
}
