import Akin
import Testing

@Suite struct ClassifierReportTests {
    private func report(copies: Int?, absent: [String]) -> ClassifierReport {
        func row(_ name: String, errors: Int, _ fit: Double, _ answer: Double) -> ClassifierReport.Row {
            ClassifierReport.Row(
                classifier: name, Tally(items: 200, errors: errors), fitSeconds: fit, answerSeconds: answer)
        }
        return ClassifierReport(
            items: 1, classes: 1, dimension: 64, metric: .cosine, questions: 200, copies: copies,
            absent: absent,
            classifiers: [
                row("ridge", errors: 3, 0.0123, 75), row("random-forest (25 trees)", errors: 50, 4.25, 0.5),
            ])
    }

    @Test func theWholeReport() {
        #expect(
            report(copies: 0, absent: []).text() == """
                Classifiers: metric cosine, 64 dimensions; 200 pictures answered by 1 item of 1 class

                classifier                errors  accuracy  95 % interval    to fit  to answer
                ridge                          3    98.5 %  95.7 to 99.5 %  0.012 s    1.3 min
                random-forest (25 trees)      50    75.0 %  68.6 to 80.5 %    4.3 s    0.500 s

                """)
    }

    @Test func whatIsLeftOutAndWhatCannotBeRightIsSaid() {
        let text = report(copies: 7, absent: ["eagle", "o\u{7}x"]).text()
        #expect(text.contains("1 class, 7 others left out: the index has them too\n"))
        #expect(text.contains("\nnot in the index, and so always wrong: eagle, o\u{FFFD}x\n"))
    }
}
