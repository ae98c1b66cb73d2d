import Akin
import AkinBasics
import Foundation
import TestSupport
import Testing

/// The page that tells what was learned from a folder.
@Suite struct LearnedPageTests {
    private let workshop: Workshop

    init() throws { workshop = try Workshop() }

    private func job(_ folder: String? = nil) -> LearnFolder {
        LearnFolder(
            folder ?? workshop.pictures, into: workshop.index, time: .seconds(60),
            backbones: ["pixels", "hog", BackboneName(workshop.backbone)])
    }

    private func draw(_ labels: [String: Int]) throws {
        for (label, count) in labels { try workshop.draw(label, 0..<count) }
    }

    @Test func tellsWhatWasLearned() throws {
        try draw(["abbot": 6, "bishop": 6, "cook": 5, "dean": 1])
        try workshop.folder.write("pictures/cook/broken.png", "no picture")
        try workshop.folder.write("pictures/notes.txt", "mine")
        let result = try job().run(Monitor())
        // Of the single one nothing can be said.
        #expect(
            result.answers.count == 17 && result.answers.allSatisfy { $0.right == 1 && $0.given == $0.label })
        let html = result.sheet(commands: [("Ask:", "akin query x")]).html
        for text in [
            "pictures</bdi></h1>", "18 pictures of 4 classes, 1 to 6 of each", "&#10003;&nbsp;chosen",
            "1 picture that cannot be used", "cook/broken.png", "1 .txt files", "100.0&nbsp;%",
            "No picture was given another class", "not asked about", "<pre>akin query x</pre>",
            "small.safetensors",
        ] { #expect(html.contains(text), "\(text)") }
        #expect(html.components(separatedBy: "data:image/png;base64,").count - 1 == 13)
        #expect(html.hasSuffix("</html>\n"))
    }

    /// Half of the bishops are abbots' pictures in another colour; what they are taken for is shown.
    @Test func tellsWhatWasMistaken() throws {
        try draw(["abbot": 8, "bishop": 4, "cook": 6])
        for number in 20..<24 {
            try workshop.folder.write(
                "pictures/bishop/\(number).png", Workshop.picture(of: "abbot", number).encodedAsPNG())
        }
        let result = try job().run(Monitor())
        let wrong = result.answers.filter { $0.given != $0.label }
        #expect(!wrong.isEmpty && wrong.allSatisfy { $0.right < 0.67 && $0.given != nil })
        let html = result.sheet().html
        #expect(html.contains("<span class=\"wrong\">taken for</span>"))
        #expect(!html.contains("How to go on"))
    }

    @Test func labelsOfAllKinds() throws {
        let labels = [
            "<script>alert('a')</script>", "a \"b\"\nc", "ختم الملك", String(repeating: "long ", count: 300),
        ]
        var lines = ["path,label"]
        for (kind, label) in zip(["abbot", "bishop", "cook", "dean"], labels) {
            try workshop.draw(kind, 0..<4)
            for number in 0..<4 {
                lines.append("pictures/\(kind)/\(number).png,\"\(label.replacing("\"", with: "\"\""))\"")
            }
        }
        let manifest = try workshop.folder.write("seals.csv", lines.joined(separator: "\n"))
        let html = try job(manifest).run(Monitor()).sheet().html
        #expect(html.contains("<bdi>&lt;script&gt;alert(&#39;a&#39;)&lt;/script&gt;</bdi>"))
        #expect(html.contains("<bdi>ختم الملك</bdi>") && html.contains("a &quot;b&quot;\u{FFFD}c"))
        #expect(!html.contains("<script"))
    }

    @Test func onePictureAClass() throws {
        try draw(["abbot": 1, "bishop": 1, "cook": 1])
        let result = try job().run(Monitor())
        #expect(result.answers.isEmpty)
        let html = result.sheet().html
        #expect(html.contains("<strong>not known</strong>") && html.contains("has decided"))
    }

    @Test func cancelledItTellsSo() throws {
        try draw(["abbot": 12, "bishop": 12])
        let html = try job().run(Recorder(cancellingAfter: 6).monitor).sheet().html
        #expect(html.contains("ended by hand") && html.hasSuffix("</html>\n"))
    }

    /// Before the work: no index is begun.
    @Test func filesThatDoHarmAreRefused() throws {
        try draw(["abbot": 3, "bishop": 3])
        let picture = workshop.pictures + "/abbot/0.png"
        let before = try Data(contentsOf: URL(filePath: picture))
        let link = workshop.folder.path + "/link.html"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: picture)
        func refusal(_ files: String...) throws -> JobError {
            var job = job()
            job.files = files.map { OutputFile($0, replacing: true) }
            return try #require(throws: JobError.self) { try job.run(Monitor()) }
        }
        for file in [picture, link, workshop.backbone] {
            #expect(try refusal(file) == .fileInUse(file, by: .input))
        }
        let page = workshop.folder.path + "/page.html"
        let other = workshop.folder.path + "/./page.html"
        #expect(try refusal(page, other) == .fileInUse(other, by: .another))
        #expect(try refusal(workshop.index) == .fileInUse(workshop.index, by: .index))
        try FileManager.default.createDirectory(atPath: workshop.index, withIntermediateDirectories: true)
        let inside = workshop.index + "/data.mdb"
        #expect(try refusal(inside) == .fileInUse(inside, by: .indexFolder))

        for file in ["\(workshop.folder.path)/nowhere/page.html", workshop.pictures] {
            var job = job()
            job.files = [OutputFile(file)]
            #expect(throws: WriteError.self) { try job.run(Monitor()) }
        }
        #expect(try Folder.entries(workshop.index).isEmpty && !Folder.isThere(page))
        #expect(try Data(contentsOf: URL(filePath: picture)) == before)
        #expect(
            try Folder.entries(workshop.folder.path).map(\.name).sorted() == [
                "index", "link.html", "pictures", "small.safetensors",
            ])
    }

    @Test func aManifestIsNotReplaced() throws {
        try draw(["abbot": 2, "bishop": 2])
        let manifest = try workshop.folder.write(
            "seals.csv",
            "path,label\npictures/abbot/0.png,a\npictures/abbot/1.png,a\npictures/bishop/0.png,b\npictures/bishop/1.png,b"
        )
        var job = job(manifest)
        job.files = [OutputFile(manifest, replacing: true)]
        #expect(throws: JobError.fileInUse(manifest, by: .input)) { try job.run(Monitor()) }
    }
}
