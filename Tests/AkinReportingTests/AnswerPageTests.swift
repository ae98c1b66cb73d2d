import Akin
import Foundation
import TestSupport
import Testing

/// The page of answers as a browser reads it: all of them are there, whatever they are called, and no picture twice.
@Suite struct AnswerPageTests {
    private let folder: TemporaryFolder
    private var file: OutputFile { OutputFile(folder.path + "/answers.html") }

    init() throws { folder = try TemporaryFolder() }

    /// What the page's script reads.
    struct Contents {
        var about: [String: Any] = [:]
        var items: [[String: Any]] = []
        var answers: [[String: Any]] = []
        /// By their numbers; empty where they stand in the page already.
        var pictures: [String] = []

        init(_ html: String) throws {
            for match in html.matches(
                of: #/<script type="[a-z]+/[a-z]+" id="([a-z]+)-?[0-9]*">(.*?)</script>/#
                    .dotMatchesNewlines())
            {
                let text = String(match.2)
                if match.1 == "pictures" {
                    pictures += text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
                    continue
                }
                let value = try JSONSerialization.jsonObject(with: Data(text.utf8))
                let object = try #require(value as? [String: Any])
                if match.1 == "about" { about = object }
                items += object["items"] as? [[String: Any]] ?? []
                answers += object["answers"] as? [[String: Any]] ?? []
            }
        }
    }

    private func answer(
        _ number: Int, _ verdict: Verdict = .known, confidence: Float = 0.75, label: String = "seal"
    ) -> ShownAnswer {
        ShownAnswer(
            "q/\(number).png", picture: Source("/q/\(number).png"),
            AnswerWords(label, verdict, alternatives: [label, "ring"], confidence: confidence),
            neighbours: (0..<3).map {
                ShownAnswer.Near("seal", Source("/i/\(number % 7 + $0).png"), 0.012_345)
            })
    }

    /// Of each source its own.
    private func picture(_ source: Source, side: Int) -> Image {
        var state = source.path.utf8.reduce(UInt32(7)) { $0 &* 31 &+ UInt32($1) }
        let pixels = (0..<side * side).map { _ in
            state = state &* 1_664_525 &+ 1_013_904_223
            return UInt8(state >> 24)
        }
        return Image(width: side, height: side, channels: 1, trusted: pixels)
    }

    private func page(
        _ answers: [ShownAnswer], expecting: Int = 0, room: Int = AnswerPage.mostBytes, by size: Int = 50,
        leastSureFirst: Bool = false, _ image: (Source) -> Image?
    ) throws -> String {
        let file = OutputFile(folder.path + "/\(UUID().uuidString).html")
        let page = try AnswerPage(
            file, title: "Answers of seals", of: "picture", notes: ["a <note>"], expectedPictures: expecting,
            room: room)
        for first in stride(from: 0, to: answers.count, by: size) {
            try page.append(Array(answers[first..<min(first + size, answers.count)])) { sources, side in
                sources.map { image($0)?.reduced(to: side) }
            }
        }
        try page.write(
            leastSureFirst: leastSureFirst,
            PageFoot(index: "/seals", classifier: "ridge", command: "akin query seals 'a b'"))
        return try String(contentsOfFile: file.path, encoding: .utf8)
    }

    @Test(arguments: [1, 7, 64]) func everyAnswerIsThereAndEveryPictureOnce(batch: Int) throws {
        let html = try page((0..<600).map { answer($0) }, by: batch) { picture($0, side: 20) }
        let data = try Contents(html)
        #expect(data.answers.map { $0["input"] as? String } == (0..<600).map { "q/\($0).png" })
        #expect(data.items.count == 9 && data.about["labels"] as? [String] == ["seal"])
        #expect(data.answers.allSatisfy { $0["share"] as? String == "75 %" })
        #expect(data.answers.allSatisfy { $0["distances"] as? [String] == ["0.0123", "0.0123", "0.0123"] })
        // Those of the first answers stand in the page, the others in the data.
        let shown = html.matches(of: #/<img data-p="([0-9]+)" [^>]*src="([^"]+)"/#)
        var addresses = data.pictures
        for match in shown {
            let number = try #require(Int(match.1))
            #expect(addresses[number].isEmpty || addresses[number] == match.2)
            addresses[number] = String(match.2)
        }
        for (number, address) in addresses.enumerated() {
            let bytes = try #require(
                address.split(separator: ",").last.flatMap { Data(base64Encoded: String($0)) })
            let image = try Image(decoding: Array(bytes))
            #expect(image.width == 20, "\(number)")
        }
        #expect(Set(addresses).count == addresses.count)
        for answer in data.answers {
            let number = try #require(answer["picture"] as? Int)
            #expect(addresses.indices.contains(number))
        }
        #expect(shown.count == 24 * 4 && html.components(separatedBy: "class=\"reply").count - 1 == 24)
        #expect(html.contains("The first 24 of 600."))
    }

    /// A camera that writes one file again and again.
    @Test func aFileThatHasChangedIsShownAsItWas() throws {
        let file = self.file
        let page = try AnswerPage(file, title: "", of: "picture", notes: [], expectedPictures: 0)
        for number in 0..<3 {
            try page.append([
                ShownAnswer("x", picture: "/x", AnswerWords("a", .known, confidence: 1), neighbours: [])
            ]) {
                sources, _ in
                sources.map { _ in Image.gradient(width: 9, height: 9, channels: 1, phase: number / 2 * 30) }
            }
        }
        try page.write(leastSureFirst: false, PageFoot())
        let data = try Contents(String(contentsOfFile: file.path, encoding: .utf8))
        #expect(data.answers.map { $0["picture"] as? Int } == [0, 0, 1])
    }

    @Test func theSummaryIsThatOfTheTerminal() throws {
        var summary = AnswerSummary(of: "picture")
        let answers =
            (0..<30).map { answer($0, label: $0 % 3 == 0 ? "ring" : "seal & <bull>") }
            + [answer(30, .unknown), answer(31, .ambiguous), answer(32, confidence: 0.3)]
            + [ShownAnswer("bad.png", unread: "no <picture>")]
        for one in answers {
            if let words = one.words { summary.count(words, of: one.input) } else { summary.countUnread() }
        }
        let text = summary.text
        #expect(
            text.hasPrefix(
                "\n34 pictures: 20 seal & <bull>, 10 ring, 1 seal, 1 ambiguous, 1 unknown, 1 not read\n"))
        #expect(text.contains("look at first:\n  q/30.png (unknown)\n  q/32.png (seal, 30 %)"))
        let html = try page(answers) { _ in nil }
        let plain = html.replacing("&nbsp;", with: " ").replacing("&amp;", with: "&")
            .replacing("&lt;", with: "<").replacing("&gt;", with: ">")
        for line in text.split(separator: "\n") {
            #expect(plain.contains(">" + line.trimmingCharacters(in: .whitespaces) + "<"), "\(line)")
        }
        let data = try Contents(html)
        #expect(data.answers.last?["verdict"] as? String == "not read")
        #expect(data.answers.last?["remarks"] as? String == "no <picture>")
        #expect(data.answers[31]["name"] as? String == "seal or ring")
        #expect(data.answers[30]["name"] as? String == "unknown" && data.answers[30]["share"] == nil)
        #expect(data.answers.count { $0["doubtful"] as? Bool == true } == 3)
    }

    @Test func theFootTellsHowItWasMade() throws {
        let html = try page([answer(0)], leastSureFirst: true) { _ in nil }
        for text in [
            "<bdi>/seals</bdi>", "ridge", "akin query seals &#39;a b&#39;", " UTC</td>", "a &lt;note&gt;",
        ] {
            #expect(html.contains(text), "\(text)")
        }
        #expect(try Contents(html).about["leastSureFirst"] as? Bool == true)
        // Of one picture its line says it all.
        #expect(!html.contains("1 picture:"))
    }

    /// The more pictures, the smaller; and at some size there is an end.
    @Test(arguments: [(600, 160), (601, 112), (3001, 80), (10_001, 64)])
    func picturesGrowSmaller(count: Int, side: Int) throws {
        let html = try page([answer(0)], expecting: count) { _ in picture("x", side: 300) }
        let match = try #require(html.firstMatch(of: #/src="data:image\/[a-z]+;base64,([^"]+)"/#))
        let bytes = try #require(Data(base64Encoded: String(match.1)))
        #expect(try Image(decoding: Array(bytes)).width == side)
        #expect(!html.contains("picture tiny"))
    }

    @Test func aPageOfVeryManyKeepsItsSize() throws {
        let answers = (0..<500).map { answer($0) }
        let whole = try page(answers) { picture($0, side: 40) }
        let room = 200_000
        let small = try page(answers, room: room) { picture($0, side: 40) }
        let bytes = try Contents(small).pictures.reduce(0) { $0 + $1.utf8.count }
        #expect(bytes > 0 && bytes <= room)
        #expect(whole.utf8.count - small.utf8.count > room)
        #expect(small.contains("left out for want of room") && !whole.contains("left out for want of room"))
        let missing = try Contents(small).answers.count { $0["picture"] as? Int == -2 }
        #expect(missing > 300 && missing < 500)
        // Beside its pictures.
        let bare = try page(answers) { _ in nil }.utf8.count
        let twice = try page(answers + answers) { _ in nil }.utf8.count
        #expect((100..<300).contains((twice - bare) / 500), "\((twice - bare) / 500) bytes an answer")
    }

    @Test(arguments: [
        "</script><script>alert(1)</script>", "<!--<script>", "\"><img src=x onerror=alert(1)>",
        "' onload='alert(1)",
        "\u{202E}lived", "a\nb", "<!--answers-->",
    ]) func hostileNamesStayText(name: String) throws {
        let answers = (0..<30).map { number in
            var one = answer(number, .ambiguous, label: name)
            (one.input, one.picture) = (name, Source(name))
            one.neighbours = [ShownAnswer.Near(name, Source(name), .nan)]
            one.error = name
            return one
        }
        let html = try page(answers) { _ in nil }
        #expect(!html.contains(name))
        let data = try Contents(html)
        #expect(data.answers.count == 30)
        #expect(data.answers.allSatisfy { $0["input"] as? String == printable(name) })
        #expect(data.about["labels"] as? [String] == [printable(name), "ring"])
        let tame = try page((0..<30).map { answer($0, .ambiguous) }) { _ in nil }
        #expect(html.matches(of: #/<script/#).count == tame.matches(of: #/<script/#).count)
        #expect(html.matches(of: #/<(img|!--)/#).isEmpty)
    }

    @Test func longLabelsDoNotGrowThePage() throws {
        let long = String(repeating: "long ", count: 13_000)
        let answers = (0..<500).map { number in
            var one = answer(number, number % 2 == 0 ? .ambiguous : .unknown, label: long)
            one.label = long
            one.neighbours = one.neighbours.map { ShownAnswer.Near(long, $0.source, 1) }
            return one
        }
        let html = try page(answers) { _ in nil }
        #expect(html.utf8.count < 800_000, "\(html.utf8.count)")
        #expect(html.contains("long  …"))
    }

    @Test func whatIsThereStays() throws {
        let file = self.file
        try "mine".write(toFile: file.path, atomically: true, encoding: .utf8)
        let page = try AnswerPage(file, title: "", of: "picture", notes: [], expectedPictures: 0)
        try page.append([answer(0)]) { sources, _ in sources.map { _ in nil } }
        #expect(throws: WriteError.self) { try page.write(leastSureFirst: false, PageFoot()) }
        #expect(try String(contentsOfFile: file.path, encoding: .utf8) == "mine")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["answers.html"])
    }
}
