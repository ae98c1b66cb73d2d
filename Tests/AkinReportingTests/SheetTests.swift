import Akin
import AkinBasics
import Foundation
import TestSupport
import Testing

@Suite struct SheetTests {
    let grey = Image(width: 20, height: 40, channels: 1, trusted: (0..<800).map { UInt8($0 % 256) })

    /// Whose answer is a, by one item.
    func queries(_ count: Int) -> [(source: Source, answer: Answer)] {
        (0..<count).map { (Source("/q/\($0).png"), Self.answer("a", confidence: 0.8, by: "/i/x.png", 0.25)) }
    }

    /// Half of them right.
    func labels(_ count: Int) -> [String] { (0..<count).map { $0 % 2 == 0 ? "a" : "b" } }

    static func answer(_ label: String, confidence: Float, by source: Source, _ distance: Float) -> Answer {
        let item = Item(id: 1, label: label, source: source, contentHash: ContentHash(of: []))
        return Answer(
            Prediction(
                ranking: [ClassScore(label: label, score: confidence, distance: distance, items: 1)],
                neighbours: [Neighbour(id: 1, distance: distance)]),
            by: .nearestClass, neighbours: [NearItem(item: item, distance: distance)])
    }

    @Test func everyPictureOfAMistakeIsShown() {
        var asked: [Source] = []
        let sheet = Sheet(mistakesOf: reportOfMistakes(2)) {
            asked.append($0)
            return grey
        }
        #expect(
            asked == [
                "/archive/crops/b/0.png", "/archive/crops/a/1.png", "/archive/crops/b/1.png",
                "/archive/crops/a/1.png",
            ])
        #expect(occurrences(of: "src=\"data:image/png;base64,iVBORw0KGgo", in: sheet.html) == 4)
        #expect(sheet.html.contains("197 of 200 right") == false)
        #expect(sheet.html.contains("198 of 200 right: 99.0&nbsp;%"))
        #expect(sheet.html.contains("a single item: nothing to compare with"))
        #expect(sheet.html.contains("20&nbsp;&times;&nbsp;40"))
    }

    @Test func theSheetStandsAlone() {
        for sheet in [
            Sheet(mistakesOf: reportOfMistakes(2), picture: { _ in grey }),
            Sheet(queries: queries(3), labels: labels(3), picture: { _ in grey }),
        ] {
            #expect(sheet.html.hasPrefix("<!DOCTYPE html>"))
            for word in ["<script src", "http://", "https://", "javascript:", "@import", "url("] {
                #expect(!sheet.html.contains(word), "\(word)")
            }
        }
    }

    @Test func queriesShowWhatIsRight() {
        let sheet = Sheet(
            queries: queries(4), labels: labels(4), summary: ["one <line>"], picture: { _ in nil })
        #expect(sheet.html.contains("2 of 4 right: 50.0 % (95 % interval 15.0 to 85.0 %)"))
        #expect(occurrences(of: "<p class=\"right\">", in: sheet.html) == 2)
        #expect(occurrences(of: "<p class=\"wrong\">", in: sheet.html) == 2)
        #expect(sheet.html.contains("one &lt;line&gt;"))
        let answers = Sheet(queries: queries(1), picture: { _ in nil }).html
        #expect(!answers.contains("<p class=\"right\">") && !answers.contains("of 1 right"))
    }

    @Test func whatIsLeftOutIsSaid() {
        var asked = 0
        let sheet = Sheet(queries: queries(10), labels: labels(10), limit: 4) { _ in
            asked += 1
            return nil
        }
        #expect(asked == 5)
        #expect(sheet.html.contains("6 more queries not shown"))
        #expect(!Sheet(queries: queries(10), limit: 10, picture: { _ in nil }).html.contains("not shown"))
        let mistakes = Sheet(mistakesOf: reportOfMistakes(5), limit: 2, picture: { _ in nil })
        #expect(mistakes.html.contains("3 more mistakes not shown"))
    }

    @Test func aTestSetIsShownByExamplesFromAllOverIt() {
        let outcomes = heldOut(parts: ["old", "<new>"])
        let answers = queries(10).map(\.answer)
        var asked: [Source] = []
        let sheet = Sheet(answersOf: outcomes, answers, title: "T", explanation: "By <b>.", limit: 3) {
            asked.append($0)
            return grey
        }
        #expect(asked.filter { $0.path.hasPrefix("/q/") } == ["/q/0.png", "/q/3.png", "/q/6.png"])
        #expect(sheet.html.contains("5 of 10 right: 50.0&nbsp;%"))
        #expect(sheet.html.contains("old: 5 of 5 right: 100.0&nbsp;%"))
        #expect(sheet.html.contains("&lt;new&gt;: 0 of 5 right"))
        #expect(sheet.html.contains("3 of the 10 pictures"))
        #expect(sheet.html.contains("By &lt;b&gt;."))
        // The examples are not counted: the report has counted all.
        #expect(!sheet.html.contains("of 3 right"))
        let all = Sheet(
            answersOf: outcomes, answers, title: "T", explanation: "", limit: 10, picture: { _ in nil })
        #expect(occurrences(of: "class=\"reply", in: all.html) == 10)
        #expect(!all.html.contains("of the 10 pictures"))
    }

    /// As on a terminal.
    @Test func whatIsMistakenMostIsListed() {
        let row = "<tr><td>b</td><td>a</td><td class=\"number\">3</td></tr>"
        let html = Sheet(mistakesOf: reportOfMistakes(3), picture: { _ in nil }).html
        #expect(html.contains("<h2>Most often mistaken</h2>") && html.contains(row))
        #expect(reportOfMistakes(3).text().contains("b           a                    3"))
        let one = Sheet(mistakesOf: reportOfMistakes(1), picture: { _ in nil }).html
        #expect(!one.contains("Most often mistaken"))
        let test = Sheet(
            answersOf: heldOut(), queries(10).map(\.answer), title: "T", explanation: "",
            picture: { _ in nil })
        #expect(test.html.contains("<tr><td>b</td><td>a</td><td class=\"number\">5</td></tr>"))
    }

    @Test func aMissingPictureShowsItsName() {
        let sheet = Sheet(mistakesOf: reportOfMistakes(1), picture: { _ in nil })
        #expect(sheet.html.contains("picture missing:<br>b/0.png"))
        #expect(!sheet.html.contains("<img"))
    }

    @Test(arguments: [
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onmouseover='alert(1)",
        "a&lt;b & c",
        "</style><b>", "--><b>", "\u{0}\u{1B}\u{202E}<b>", "x\r\n<b>",
    ])
    func hostileNamesStayText(name: String) {
        let safe = escapedByHand(name)
        var report = reportOfMistakes(1)
        var outcome = Outcome(source: Source(name), label: name, predicted: name)
        outcome.nearest = .init(source: Source(name), label: name, distance: .nan)
        report.mistakes = [Mistake(outcome)]
        report.classes = [ClassResult(label: name, items: 1, errors: 1)]
        report.classifier = name
        let query = (Source(name), Self.answer(name, confidence: .nan, by: Source(name), -.infinity))
        for html in [
            Sheet(mistakesOf: report, title: name, picture: { _ in grey }).html,
            Sheet(mistakesOf: report, title: name, picture: { _ in nil }).html,
            Sheet(queries: [query], labels: ["other"], title: name, summary: [name], picture: { _ in nil })
                .html,
            Sheet(queries: [query], labels: ["other"], title: name, summary: [name], picture: { _ in grey })
                .html,
        ] {
            #expect(html.contains(safe))
            #expect(!html.contains(name))
            // Every angle bracket and quote is one of ours: the same count as with a harmless name.
            let tame = html.replacingOccurrences(of: safe, with: "name")
            for character in "<>\"'" {
                #expect(
                    occurrences(of: "\(character)", in: html) == occurrences(of: "\(character)", in: tame))
            }
            for tag in ["<script>alert", "<b>", "<img src=x"] { #expect(!html.contains(tag)) }
        }
    }

    @Test func largePicturesAreReduced() {
        let large = Image(
            width: 1000, height: 3000, channels: 3, trusted: [UInt8](repeating: 200, count: 9_000_000))
        let sheet = Sheet(mistakesOf: reportOfMistakes(3), picture: { _ in large })
        #expect(sheet.html.utf8.count < 40_000)
        #expect(sheet.html.contains("1000&nbsp;&times;&nbsp;3000"))
        let sliver = Image(width: 4000, height: 1, channels: 1, trusted: [UInt8](repeating: 0, count: 4000))
        #expect(
            Sheet(mistakesOf: reportOfMistakes(1), picture: { _ in sliver }).html.contains(
                "4000&nbsp;&times;&nbsp;1"))
    }

    @Test func theFileIsReplacedAsAWhole() throws {
        let temporary = try TemporaryFolder()
        let folder = temporary.path
        let path = folder + "/a sheet.html"
        try Data("old".utf8).write(to: URL(fileURLWithPath: path))
        let sheet = Sheet(queries: queries(2), labels: labels(2), picture: { _ in grey })
        try sheet.write(to: OutputFile(path, replacing: true))
        #expect(try String(contentsOfFile: path, encoding: .utf8) == sheet.html)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a sheet.html"])
        #expect {
            try sheet.write(to: OutputFile(folder + "/no folder/x.html", replacing: true))
        } throws: { error in
            "\(error)".hasPrefix("can't write \(folder)/no folder/x.html: ")
        }
    }

    func occurrences(of part: String, in text: String) -> Int { text.components(separatedBy: part).count - 1 }

    func escapedByHand(_ name: String) -> String {
        var result = ""
        for scalar in name.unicodeScalars {
            result +=
                ["&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&quot;", "'": "&#39;"][scalar]
                ?? (scalar.value < 32 || scalar.value == 0x202E ? "\u{FFFD}" : "\(scalar)")
        }
        return result
    }
}
