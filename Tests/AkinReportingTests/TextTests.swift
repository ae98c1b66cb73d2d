import Akin
import Testing

/// A mistake of `reportOfMistakes`.
func mistake(_ number: Int, label: String = "b", folder: String = "/archive/crops") -> Outcome {
    var outcome = Outcome(source: Source("\(folder)/\(label)/\(number).png"), label: label, predicted: "a")
    outcome.nearest = .init(source: Source("\(folder)/a/1.png"), label: "a", distance: 0.123_456)
    return outcome
}

/// A report with a class of one item and as many mistakes as asked for.
func reportOfMistakes(_ count: Int, label: String = "b", folder: String = "/archive/crops")
    -> LeaveOneOutReport
{
    let mistakes = (0..<count).map { mistake($0, label: label, folder: folder) }
    var alone = Outcome(source: "alone", label: "a", predicted: label)
    alone.fold = 0
    let right = (count..<200).map { Outcome(source: Source("\($0)"), label: label, predicted: label) }
    var outcomes = Outcomes(
        [alone] + mistakes.dropLast() + right, procedure: .leaveOneOut,
        classifier: "nearest-neighbours (k 1, uniform)", metric: .l2)
    outcomes.retrained = true
    var report = try! LeaveOneOutReport(outcomes)
    report.mistakes = mistakes.map { Mistake($0) }
    return report
}

/// Ten items of which half are right: those of class a. With parts, the classes are one each.
func heldOut(parts: [String] = []) -> Outcomes {
    var outcomes = Outcomes(
        (0..<10).map { number in
            var outcome = Outcome(
                source: Source("/q/\(number).png"), label: number % 2 == 0 ? "a" : "b", predicted: "a")
            outcome.nearest = .init(source: "/i/x.png", label: "a", distance: 0.5)
            if !parts.isEmpty { outcome.part = number % 2 }
            return outcome
        }, procedure: .heldOut, classifier: "nearest-neighbours (k 1, uniform)", metric: .l2)
    outcomes.knownLabels = ["a", "b"]
    outcomes.parts = parts
    return outcomes
}

@Suite struct TextTests {
    @Test func partsOfATestSetAreCountedApart() {
        let parts = [
            PartResult(name: "old", items: 4, errors: 1), PartResult(name: "new", items: 0, errors: 0),
        ]
        var report = HoldOutReport(heldOut())
        report.parts = parts
        let lines = report.text().split(separator: "\n")
        #expect(lines[2] == "  old: 3 of 4 right: 75.0 % (95 % interval 30.1 to 95.4 %)")
        #expect(lines[3] == "  new: 0 of 0 right: 0.0 % (95 % interval 0.0 to 100.0 %)")
        #expect(!HoldOutReport(heldOut()).text().contains("old"))
    }

    @Test func theWholeReport() {
        #expect(
            reportOfMistakes(3).text(limit: 2) == """
                Leave-one-out: nearest-neighbours (k 1, uniform), metric l2; one item left out at a time, a fresh backbone trained without it
                197 of 200 right: 98.5 % (95 % interval 95.7 to 99.5 %); mean over the other classes 99.0 %

                class    n  errors  accuracy  95 % interval
                a        1       1         -  a single item: nothing to compare with
                b      199       2    99.0 %  96.4 to 99.7 %

                Most often mistaken
                real class  predicted class  times
                b           a                    3

                Mistakes (images in /archive/crops/)
                image    real class  closest image  predicted class  distance
                b/0.png  b           a/1.png        a                  0.1235
                b/1.png  b           a/1.png        a                  0.1235
                ... and 1 more, not shown

                """)
    }

    @Test func theClosestImagesClassIsShownWhereItIsNotThePredictedOne() {
        var report = reportOfMistakes(2)
        #expect(!report.text().contains("its class"))
        #expect(!Sheet(mistakesOf: report, picture: { _ in nil }).html.contains("images further off decided"))
        report.mistakes[1].nearestLabel = "b"
        #expect(report.text().contains("closest image  its class  predicted class"))
        #expect(Sheet(mistakesOf: report, picture: { _ in nil }).html.contains("images further off decided"))
    }

    @Test func withoutMistakesThereIsNoTableOfThem() {
        var report = reportOfMistakes(1)
        report.mistakes = []
        #expect(!report.text().contains("Mistakes"))
    }

    @Test(
        arguments: [
            (0, "0"), (0.000_012_34, "1.234e-05"), (0.001_234_4, "0.001234"), (0.5, "0.5000"),
            (9.999_96, "10.000"),
            (12.345_6, "12.35"), (1234.5, "1235"), (123_456, "123456"), (3e7, "3e+07"), (-0.25, "-0.2500"),
            (.infinity, "inf"), (.nan, "nan"),
        ] as [(Float, String)])
    func distancesHaveFourDigits(distance: Float, text: String) throws {
        var report = reportOfMistakes(1)
        report.mistakes[0].distance = distance
        #expect(report.text().split(separator: "\n").last?.split(separator: " ").last == text[...])
    }

    @Test(arguments: [
        (["a.png", "b.png"], ""), (["/a.png", "/x/b.png"], ""), (["/x/a.png", "/x/a.png"], "/x/"),
        (["/x/y/a.png", "/x/yz/b.png"], "/x/"), (["x/y/a.png", "x/y/b.png"], "x/y/"), (["", "/"], ""),
        (["/x/\u{301}a.png", "/x/b.png"], ""), (["//x//a", "//x//b"], "//x//"),
    ])
    func theFolderOfAllIsLeftOut(sources: [Source], folder: String) {
        var report = reportOfMistakes(1)
        report.mistakes[0].source = sources[0]
        report.mistakes[0].nearest = sources[1]
        let text = report.text()
        #expect(text.contains(folder.isEmpty ? "Mistakes\n" : "Mistakes (images in \(folder))\n"))
        #expect(text.contains(String(sources[0].path.dropFirst(folder.count))))
    }

    @Test func aNearlyPerfectResultIsNotPerfect() {
        var report = reportOfMistakes(1)
        report.accuracy = 0.999_99
        #expect(report.text().contains("99.9 % ("))
        report.accuracy = 0.000_01
        #expect(report.text().contains("0.1 % ("))
    }

    @Test func namesDoNotSteerTheTerminal() {
        let text = reportOfMistakes(1, label: "\u{1B}[2J\u{202E}évil\nline", folder: "/\u{7}").text()
        #expect(!text.unicodeScalars.contains { $0.value < 32 && $0 != "\n" || $0.value == 0x202E })
        #expect(text.contains("\u{FFFD}[2J\u{FFFD}évil\u{FFFD}line"))
    }

    @Test func columnsAlignWhateverTheNames() {
        let text = reportOfMistakes(2, label: "Ω長い名前 with blanks", folder: "").text()
        let lines = text.split(separator: "\n").drop { !$0.hasPrefix("image") }.map(Array.init)
        #expect(lines.count == 3)
        let column = String(lines[0]).distance(from: "", to: "distance")
        #expect(column != nil)
        #expect(lines.dropFirst().allSatisfy { $0.count == lines[0].count })
    }
}

extension String {
    fileprivate func distance(from _: String, to word: String) -> Int? {
        firstRange(of: word).map { self[..<$0.lowerBound].count }
    }
}
