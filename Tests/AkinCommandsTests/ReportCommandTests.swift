import Foundation
import TestSupport
import Testing

/// `akin report` as a person types it.
@Suite struct ReportCommandTests {
    private let workshop: Workshop
    private var index: String { workshop.index }
    private var output: String { workshop.folder.path + "/my report.html" }

    init() throws {
        workshop = try Workshop()
        for label in ["abbot", "bishop", "cook"] { try workshop.draw(label, 0..<5) }
        try workshop.makeIndex()
    }

    @Test func writesAPage() throws {
        let report = try AkinProgram.run("report", index, "--output", output)
        #expect(report.code == 0 && report.output.hasPrefix("Of 100 new pictures like these, all 100 would"))
        #expect(report.output.hasSuffix("\nreport: \(output)\n"))
        let html = try String(contentsOfFile: output, encoding: .utf8)
        #expect(html.hasSuffix("</html>\n") && html.contains("akin index calibrate"))
    }

    @Test func speaksJSON() throws {
        let report = try AkinProgram.run("report", index, "--json").json()
        #expect(report["items"] as? Int == 15 && report["accuracy"] is Double && report["file"] == nil)
        #expect((report["interval"] as? [Double])?.count == 2 && report["summary"] is [String])
        let written = try AkinProgram.run("report", index, "--json", "--output", output).json()
        #expect(written["file"] as? String == output && FileManager.default.fileExists(atPath: output))
    }

    /// The same to the last letter.
    @Test func threadsDoNotMatter() throws {
        let pages = try ["1", "3"].map { threads in
            _ = try AkinProgram.run(
                "report", index, "--output", output, "--force", environment: ["AKIN_THREADS": threads])
            let html = try String(contentsOfFile: output, encoding: .utf8)
            return html.components(separatedBy: "<th>Date</th>")[0]
        }
        #expect(pages[0].count > 10_000 && pages[0] == pages[1])
    }

    @Test func wrongUsageIsExplained() throws {
        try AkinProgram.run("report", index, "--limit", "0").expectWrongUsage("--limit must be")
        try AkinProgram.run("report", index, "--mistakes", "-1").expectWrongUsage("--mistakes")
        try AkinProgram.run("report", index, "--output", "").expectWrongUsage("A path is empty")
        try AkinProgram.run("report", workshop.pictures).expectFailure("")
        try AkinProgram.run("report", index, "--output", index + "/x.html").expectFailure(
            "'\(index)/x.html' lies in the folder")
    }
}
