import Akin
import AkinBasics
import AkinReporting
import Foundation
import TestSupport
import Testing

/// The page of an index.
@Suite struct IndexReportTests {
    private let grey = Image(width: 20, height: 40, channels: 1, trusted: (0..<800).map { UInt8($0 % 256) })

    /// Items of some classes; each third of class 1 is taken for class 2.
    private func report(
        _ name: String = "seals", classes: Int = 4, items: Int = 6, calibrated: Bool = true
    ) throws -> IndexReport {
        func label(_ own: Int) -> String { own == 0 ? name : "class \(own)" }
        let entries = (0..<classes * items).map { number in
            IndexReport.Entry(
                label: label(number / max(1, items)), source: Source("/archive/\(name)/\(number).png"))
        }
        var report = IndexReport(
            index: "/archive/\(name)", items: entries, backbone: name, dimension: 8, metric: .l2,
            classifier: .nearestClass)
        report.date = Date(timeIntervalSince1970: 1_800_000_000)
        guard !entries.isEmpty else { return report }
        let vectors = Drawn.groups(entries.count, 4, groups: max(1, classes))
        if calibrated, classes > 2 {
            let gallery = try MemoryGallery(dimension: 4)
            try gallery.write("all") {
                _ = try $0.add(
                    entries.map { NewItem(label: $0.label, source: $0.source) }, embeddings: vectors,
                    backbone: gallery.backbone)
            }
            let left = try gallery.read { try LeftOutItems(of: $0, limit: 2000, seed: 1) }
            report.calibration = try left.calibration(
                of: .nearestClass, by: left.answers(by: .nearestClass), strangersKnown: 0.05)
        }
        let list = entries.enumerated().map { number, entry in
            let isWrong = entry.label == "class 1" && number % 3 == 0
            var outcome = Outcome(
                source: entry.source, label: entry.label, predicted: isWrong ? label(2) : entry.label)
            outcome.ranking = [
                ClassScore(label: outcome.predicted, score: 0.8, distance: 1, items: items),
                ClassScore(label: label(3), score: 0.2, distance: 2, items: items),
            ]
            let other = Outcome.Near(
                source: entries[0].source, label: label(2), distance: Float(number % 5) + 1)
            outcome.nearestOther = classes > 1 ? other : nil
            outcome.nearestSame =
                items > 1 ? Outcome.Near(source: entries[1].source, label: entry.label, distance: 0.5) : nil
            outcome.nearest = isWrong ? other : (outcome.nearestSame ?? other)
            outcome.fold = number
            return JudgedOutcome(outcome, by: .nearestClass, calibration: report.calibration)
        }
        report.answers = IndexReport.Answers(list)
        let map = try #require(try PlaneMap(of: vectors, by: .l2, method: .principalComponents))
        report.map = MapPicture(
            index: report.index, items: entries.map { .init(label: $0.label, source: $0.source) }, map: map,
            trust: nil, metric: .l2, backbone: name)
        return report
    }

    @Test func otherClassifiersStandBesideItsOwn() throws {
        var report = try report()
        #expect(!html(report).contains("By other classifiers"))
        report.trials = [
            .init(.ridge, Tally(items: 24, errors: 1), mean: 0.95),
            .init(.nearestClass, Tally(items: 24, errors: 3), mean: 0.875),
        ]
        let page = html(report)
        #expect(page.contains("What 24 items, each left out") && page.contains("<td>ridge</td>"))
        #expect(page.contains("<strong>nearest-class</strong></td><td class=\"number\">3</td>"))
    }

    private func html(_ report: IndexReport, _ image: Image? = nil) -> String {
        let pictures = image.map { image in
            Dictionary(report.items.map { ($0.source, image) }) { first, _ in first }
        }
        return Sheet(report: report, pictures: pictures ?? [:]).html
    }

    private func count(_ text: String, _ html: String) -> Int { html.components(separatedBy: text).count - 1 }

    @Test func tellsFirstWhatMatters() throws {
        let report = try report()
        let summary = report.summary.map(\.text)
        #expect(
            summary.prefix(4) == [
                "Of 100 new pictures like these, about 92 would be named right (between 74 and 98).",
                "This is known by 24 pictures; more of them would make it surer.",
                "Mixed up: 'class 1' with 'class 2' (twice).",
                "This class needs more pictures, or a closer look: 'class 1' (4 of 6 right).",
            ])
        #expect(
            summary[4].hasPrefix("Of 100 pictures of a class that is not in the index, ")
                && summary.count == 6)
        let html = html(report, grey)
        for text in [
            "<p class=\"large\">Of 100 new pictures", "24 items of 4 classes, 6 of each", "22 of 24",
            "<strong>91.7&nbsp;%</strong>", "micro average", "macro average", "AUROC", "4 of 6",
            "<bdi>class 1</bdi></strong> <span class=\"wrong\">taken for</span>", "2 of 6",
            "expected calibration error", "<h2 id=\"place\">The map</h2>", "2027-01-15 08:00 UTC",
            "Akin \(akinVersion)",
        ] { #expect(html.contains(text), "\(text)") }
        // Eight items of four classes on the sheet, and two of each mistake.
        #expect(count("src=\"data:image/png", html) == 24 + 4)
        #expect(count("<li class=\"card\">", html) == 2 && count("class=\"chart\"", html) == 3)
        #expect(html.hasSuffix("</html>\n"))
    }

    @Test func standsAlone() throws {
        let html = html(try report(), grey)
        let bare = self.html(try report())
        #expect(!bare.contains("nan") && !bare.contains("inf\""))
        for word in ["http://", "https://", "javascript:", "@import", "url(", "onclick"] {
            #expect(!html.contains(word), "\(word)")
        }
        // The map takes its pictures from where they stand already.
        #expect(html.contains("\"pictures\":{\"0\":\"#p1\""))
        let ids = html.components(separatedBy: " id=\"").dropFirst().map { $0.prefix { $0 != "\"" } }
        #expect(Set(ids).count == ids.count)
        for link in html.components(separatedBy: "href=\"#").dropFirst().map({ $0.prefix { $0 != "\"" } }) {
            #expect(ids.contains(link), "\(link)")
        }
    }

    @Test func whatIsNotKnownIsSaid() throws {
        let empty = try report(classes: 0, items: 0)
        #expect(empty.summary.map(\.text) == ["The index is empty: it can answer nothing."])
        #expect(html(empty).contains("0 items of 0 classes"))
        let one = try report(classes: 1)
        #expect(one.summary[0].text.hasPrefix("The index has one class, 'seals', of 6 items"))
        #expect(!html(one).contains("How well new pictures"))
        var single = try report(items: 1)
        #expect(single.summary[0].text == "How many new pictures would be named right is not known.")
        single.silence = "they are copies"
        #expect(single.summary[0].text.hasSuffix("is not known: they are copies."))
        #expect(single.summary.contains { $0.text.hasPrefix("4 classes have a single picture") })
        #expect(html(single).contains("Not known: they are copies"))
        let two = html(try report(classes: 2, calibrated: false))
        #expect(two.contains("that takes three classes") && two.contains("it has not been calibrated"))
        #expect(!two.contains("expected calibration error"))
    }

    @Test func withoutPicturesNamesStandForThem() throws {
        let html = html(try report())
        #expect(html.contains("No pictures are at hand") && !html.contains("data:image"))
        #expect(html.contains("<li class=\"card bare\">") && !html.contains("picture missing"))
        var report = try report()
        report.mostMistakes = 1
        let some = Sheet(report: report, pictures: [report.items[0].source: grey]).html
        #expect(some.contains("picture missing") && some.contains("1 mistake more not shown"))
    }

    @Test func pagesOfManyCanBeMailed() throws {
        let noise = Image(
            width: 96, height: 96, channels: 3,
            trusted: (0..<96 * 96 * 3).map { UInt8(truncatingIfNeeded: $0 * $0 / 7) })
        let report = try report(classes: 150, items: 20, calibrated: false)
        let html = html(report, noise)
        #expect(html.utf8.count < 5_000_000)
        #expect(count("data:image/", html) <= 1000 && html.contains("so that the page can be mailed"))
        #expect(html.contains("100 of the 150 classes, at even steps"))
        let small = self.html(report, grey)
        #expect(count("data:image/", small) == 1000)
        #expect(small.contains("each class its share, so that the page stays small"))
    }

    @Test(arguments: [
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onmouseover='alert(1)",
        "a&lt;b & c", "</style><b>", "--><b>", "\u{1}\u{1B}\u{202E}<b>", "x\r\n<b>",
        String(repeating: "<b>'", count: 100),
    ])
    func hostileNamesStayText(name: String) throws {
        for image in [nil, grey] {
            let html = html(try report(name), image)
            #expect(!html.contains(name))
            for tag in ["<script>alert", "<b>", "<img src=x", "' onmouse", "\"><img src=x"] {
                #expect(!html.contains(tag))
            }
        }
    }

    @Test func groupsAreToldApart() throws {
        var report = try report()
        report.answers?.byGroup = true
        let alone = report.answers?.list
        report.answers?.alone = alone
        #expect(report.summary[0].text.contains("from pages, manuscripts or writers that it has not seen"))
        #expect(html(report).contains("Left out alone, not with its page"))
    }
}
