import Akin
import AkinBasics
import AkinReporting
import Foundation
import TestSupport
import Testing

#if canImport(FoundationXML)
import FoundationXML
#endif

/// The picture and the page of a map.
@Suite struct MapPictureTests {
    private let grey = Image(width: 20, height: 40, channels: 1, trusted: (0..<800).map { UInt8($0 % 256) })

    private func picture(
        _ labels: [String], _ method: PlaneMap.Method = .neighbours(), equal: Bool = false,
        index: String = "/archive/seals"
    ) throws -> MapPicture {
        let vectors = equal ? Matrix(zeros: labels.count, columns: 4) : Drawn.groups(labels.count, 4)
        let map = try #require(try PlaneMap(of: vectors, by: .l2, method: method))
        var picture = MapPicture(
            index: index,
            items: labels.enumerated().map {
                .init(label: $1, source: Source("/archive/pictures/\($1)/\($0).png"))
            },
            map: map, trust: Trustworthiness(of: map.points, showing: vectors, by: .l2), metric: .l2,
            backbone: "shapes")
        picture.date = Date(timeIntervalSince1970: 1_800_000_000)
        return picture
    }

    private func labels(_ count: Int, classes: Int) -> [String] {
        (0..<count).map { "class \($0 % classes)" }
    }

    private func page(_ picture: MapPicture, _ images: [Int: Image] = [:]) -> String {
        Sheet(map: picture, pictures: images).html
    }

    /// What is not well-formed, if anything is.
    private func fault(_ svg: String) -> String? {
        let parser = XMLParser(data: Data(svg.utf8))
        return parser.parse()
            ? nil : "\(parser.parserError.map { "\($0)" } ?? "?"), line \(parser.lineNumber)"
    }

    private func marks(_ text: String) -> Int { text.components(separatedBy: "<use href=").count - 1 }

    @Test func everyItemHasAMark() throws {
        for (count, classes) in [(1, 1), (2, 1), (2, 2), (3, 3), (40, 5), (400, 100), (1100, 3)] {
            for method in [PlaneMap.Method.neighbours(), .principalComponents] {
                let picture = try picture(labels(count, classes: classes), method)
                let svg = picture.svg
                #expect(fault(svg) == nil)
                #expect(marks(svg) == count && marks(page(picture)) == count)
                #expect(svg.contains("\(count) item\(count == 1 ? "" : "s") of "))
                #expect(!svg.contains("nan") && !svg.contains("inf\""))
            }
        }
        #expect(fault(try picture(labels(30, classes: 2), equal: true).svg) == nil)
    }

    @Test func classesHaveSigns() throws {
        let svg = try picture(labels(60, classes: 20)).svg
        #expect(svg.contains("class 19, 3</text>") && svg.contains("href=\"#m2\""))
        let many = try picture(labels(100, classes: 50)).svg
        #expect(!many.contains(", 2</text>") && many.contains("a sign may stand for several classes"))
        #expect(Set((0..<42).map { MapSign(ofClass: $0) }).count == 42 && MapSign.count == 42)
    }

    @Test func labelsDoNotLieOnEachOther() throws {
        for (count, classes) in [(20, 20), (300, 60), (2000, 400)] {
            let layout = MapLayout(try picture(labels(count, classes: classes)))
            let boxes = layout.labels.filter { !$0.isLeftOut }.map { label in
                let half = SIMD2(MapLayout.textWidth(label.text), 1.2) * layout.fontSize / 2
                return (low: label.place - half, high: label.place + half)
            }
            #expect(boxes.count > 5)
            for (i, a) in boxes.enumerated() {
                for b in boxes[..<i] {
                    let meet =
                        a.low.x < b.high.x && b.low.x < a.high.x && a.low.y < b.high.y && b.low.y < a.high.y
                    #expect(!meet)
                }
                #expect(a.low.x >= 0 && a.high.x <= 1000 && a.low.y >= 0 && a.high.y <= layout.height)
            }
        }
    }

    @Test func saysHowToReadIt() throws {
        let html = page(try picture(labels(40, classes: 4)), [0: grey])
        for text in [
            "Near means alike.", "Far says little.", "How far to trust it:", "40 pictures of 4 classes",
            "1 of 40 have a picture here, the others could not be read", "t-SNE, perplexity 13", "2027-01-15",
        ] { #expect(html.contains(text), "\(text)") }
        let plain = page(try picture(labels(40, classes: 4), .principalComponents))
        #expect(plain.contains("It is a shadow") && plain.contains("No pictures are at hand"))
        #expect(plain.contains("<strong>40 items of 4 classes"))
        let one = page(try picture(["a"]))
        #expect(one.contains("see its name") && !one.contains("<li><strong>"))
        #expect(page(try picture(["a", "b"])).contains("keeps all distances"))
        #expect(page(try picture(labels(9, classes: 3), equal: true)).contains("All lie at one point:"))
        var part = try picture(labels(40, classes: 4))
        part.all = 99
        #expect(page(part).contains("of 99 in the index"))
    }

    @Test func standsAlone() throws {
        let html = page(try picture(labels(40, classes: 20)), [3: grey, 7: grey])
        for word in ["http://", "https://", "javascript:", "@import", "url(", "onclick"] {
            #expect(!html.contains(word), "\(word)")
        }
        #expect(html.components(separatedBy: "data:image/png;base64,").count - 1 == 2)
        #expect(html.contains("<input id=\"find\""))
        #expect(!page(try picture(labels(40, classes: 4))).contains("id=\"find\""))
        // The browser runs the script whose sum the page names, and no other.
        let script = html.components(separatedBy: "<script>")[1].components(separatedBy: "</script>")[0]
        let sum = Data(SHA256(of: Array(script.utf8)).bytes).base64EncodedString()
        #expect(html.contains("script-src 'sha256-\(sum)'"))
        #expect(html.hasSuffix("</html>\n"))
    }

    @Test func ofManyPicturesSomeAreShown() throws {
        let picture = try picture(labels(2500, classes: 10), .principalComponents)
        let chosen = picture.pictured
        #expect(chosen.count == 1000 && Set(chosen).count == 1000)
        for label in 0..<10 { #expect(chosen.count { $0 % 10 == label } == 100) }
        let html = page(picture, Dictionary(chosen.map { ($0, grey) }) { first, _ in first })
        #expect(html.contains("1000 of 2500 have a picture here, of each class its share"))
        #expect(html.utf8.count < 5_000_000)
    }

    @Test(arguments: [
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onmouseover='alert(1)",
        "a&lt;b & c", "</style><b>", "--><b>", "]]><b>", "\u{0}\u{1B}\u{202E}<b>", "x\r\n<b>", "\u{FFFE}<b>",
        "</script><b>", "<!--<script>", "\u{2028}<b>", "שלום<b>", String(repeating: "<b>'", count: 100),
        "<b>👩‍👩‍👧",
    ])
    func hostileNamesStayText(name: String) throws {
        let picture = try picture([name, "b", name, "c"], index: "/archive/\(name)")
        #expect(fault(picture.svg) == nil, "\(fault(picture.svg)!)")
        for text in [picture.svg, page(picture, [0: grey]), page(picture)] {
            #expect(!text.contains(name))
            for tag in ["<b>", "<img src=x", "<!--", "]]>", "\u{2028}", "\u{0}"] {
                #expect(!text.contains(tag))
            }
            #expect(text.components(separatedBy: "<script").count <= 3)
            for quote in ["' onmouse", "\"><img src=x"] { #expect(!text.contains(quote)) }
        }
        // What the script reads is what was meant.
        let html = page(picture)
        let data = html.components(separatedBy: "id=\"data\">")[1].components(separatedBy: "</script>")[0]
        let read = try #require(try JSONSerialization.jsonObject(with: Data(data.utf8)) as? [String: Any])
        #expect((read["labels"] as? [String])?.contains(printable(name)) == true)
    }

    @Test func aLongLabelIsShortened() throws {
        let label = String(repeating: "Ω", count: 200)
        let picture = try picture([label, "b"])
        #expect(picture.svg.contains(String(repeating: "Ω", count: 13) + "…") && !picture.svg.contains(label))
        #expect(page(picture).contains(label))
    }
}
