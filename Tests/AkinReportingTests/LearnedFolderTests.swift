import Akin
import AkinBasics
import AkinReporting
import Foundation
import TestSupport
import Testing

/// The page of a folder that was learned.
@Suite struct LearnedFolderTests {
    private let grey = Image(width: 20, height: 40, channels: 1, trusted: (0..<800).map { UInt8($0 % 256) })

    private func page(_ name: String = "seals", classes: Int = 3) -> LearnedFolder {
        let chosen = LearnedFolder.Choice(
            backbone: "hog+\(name)", classifier: name, explanation: "By \(name).")
        var page = LearnedFolder(
            folder: "/archive/\(name)", index: name, items: 12, chosen: chosen, triedOn: 9)
        page.look = name
        page.classes = (0..<classes).map { number in
            let label = number == 0 ? name : "class \(number)"
            return LearnedFolder.Class(
                label: label, sources: (0..<4).map { Source("/archive/\(label)/\($0).png") }, asked: 4,
                right: number == 1 ? 0.5 : 1)
        }
        page.skipped = [Skipped(source: Source("/archive/\(name)/x.png"), reason: name)]
        page.ignored = [Ignored(kind: name, count: 3)]
        page.tried = [
            .init(chosen, accuracy: 0.75, interval: Interval(9, trusted: 12), seconds: 0.01),
            .init(
                .init(backbone: "pixels", classifier: name, explanation: ""), accuracy: 0.8,
                interval: Interval(10, trusted: 12), seconds: 75),
        ]
        page.stopped = [(name, name)]
        page.embedded = [.init(backbone: name, dimension: 8, pictures: 9, seconds: 0.9)]
        page.silence = name
        page.knowsMistakes = true
        page.mistakes = [
            Mistake(Outcome(source: Source("/archive/class 1/0.png"), label: "class 1", predicted: name))
        ]
        page.commands = [(name, "akin query '\(name)'")]
        page.time = (300, 42)
        page.date = Date(timeIntervalSince1970: 1_800_000_000)
        return page
    }

    private func html(_ page: LearnedFolder, _ image: Image? = nil) -> String {
        Sheet(learned: page) { _ in image }.html
    }

    @Test func tellsAllOfIt() {
        var learned = page()
        learned.expectation = ExpectedAccuracy(
            right: [1, 1, 0.5, 1, 0, 1], rightAsNew: [1, 0, 0.5, 1, 0, 1], gain: 0,
            of: ItemLabels(["a", "a", "b", "b", "c", "c"]), answerable: Array(0..<6), groups: nil)
        let html = html(learned, grey)
        for text in [
            "<strong>75.0&nbsp;%</strong> of new pictures", "Of a class added later",
            "<strong>58.3&nbsp;%</strong>", "12 pictures of 3 classes, 4 of each",
            "<td>9 pictures of these", "3 seals files", "&#10003;&nbsp;chosen",
            "was right more often, in 80.0&nbsp;%. But backbones",
            "&lt;&nbsp;0.1&nbsp;s", "1.3&nbsp;min", "<strong><bdi>seals</bdi></strong>: seals", "100&nbsp;ms",
            "50.0&nbsp;% of 4 right", ", taken for <bdi>seals</bdi>", "1 of 4", "akin query &#39;seals&#39;",
            "42&nbsp;s, of 5.0&nbsp;min given", "2027-01-15 08:00 UTC", "Akin \(akinVersion)",
        ] { #expect(html.contains(text), "\(text)") }
        #expect(!html.contains("ended by hand") && !html.contains("not known") && !html.contains("Groups"))
        // The weakest class first.
        let weakest = html.range(of: "class 1</bdi></strong> <span class=\"quiet\">4")!.lowerBound
        #expect(weakest < html.range(of: "class 2</bdi></strong>")!.lowerBound)
        #expect(html.hasSuffix("</html>\n"))
    }

    @Test func standsAlone() {
        let html = html(page(), grey)
        #expect(!html.contains("<details"))
        var many = page()
        many.tried += (0..<20).map { _ in many.tried[1] }
        #expect(self.html(many).contains("<summary>10 more</summary>"))
        for word in ["<script", "http://", "https://", "javascript:", "@import", "url("] {
            #expect(!html.contains(word), "\(word)")
        }
        // Four of each class, one that was mistaken, and three of the class that it was taken for.
        #expect(html.components(separatedBy: "src=\"data:image/png;base64,").count - 1 == 16)
        #expect(page().shownSources.count == 12)
    }

    @Test func whatIsNotKnownIsSaid() {
        var learned = page()
        (learned.tried, learned.mistakes, learned.wasInterrupted) = ([], [], true)
        learned.classes = learned.classes.map { .init(label: $0.label, sources: $0.sources) }
        learned.silence = "there is but one picture"
        let html = html(learned)
        for text in [
            "<strong>not known</strong>", "For there is but one picture.",
            "what the pictures look like has decided",
            "ended by hand", "<h2>The classes</h2>",
        ] { #expect(html.contains(text), "\(text)") }
        #expect(!html.contains("Most often mistaken") && !html.contains("not asked about"))
        learned.tried = page().tried
        learned.knowsMistakes = false
        #expect(self.html(learned).contains("Not known: there was no time"))
        learned.tried.removeLast()
        #expect(self.html(learned).contains("Nothing else was tried."))
        learned.knowsMistakes = true
        #expect(self.html(learned).contains("No picture was given another class"))
    }

    @Test func ofManyClassesSomeAreShown() {
        let many = page(classes: 450)
        #expect(many.shownSources.count == 401)
        let html = html(many)
        #expect(html.contains("50 classes more not shown"))
        #expect(html.components(separatedBy: "picture missing:").count - 1 == 402)
        #expect(self.html(page(classes: 150)).components(separatedBy: "picture missing:").count - 1 == 303)
    }

    @Test(arguments: [
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onmouseover='alert(1)",
        "a&lt;b & c", "</style><b>", "--><b>", "\u{0}\u{1B}\u{202E}<b>", "x\r\n<b>",
        String(repeating: "<b>'", count: 100),
    ])
    func hostileNamesStayText(name: String) {
        for image in [nil, grey] {
            let html = html(page(name), image)
            let safe = SheetTests().escapedByHand(name)
            #expect(html.contains(safe) && !html.contains(name))
            for tag in ["<script", "<b>", "<img src=x"] { #expect(!html.contains(tag)) }
            for quote in ["' onmouse", "\"><img src=x"] { #expect(!html.contains(quote)) }
        }
    }

    @Test func aLongLabelIsShortened() {
        let html = html(page(String(repeating: "Ω", count: 200)))
        #expect(html.contains(String(repeating: "Ω", count: 80) + "&nbsp;&hellip;</bdi>"))
        #expect(html.contains("title=\"\(String(repeating: "Ω", count: 200))\""))
    }
}
