import Akin
import Foundation
import TestSupport
import Testing

/// Sheets byte for byte as they have always been. `AKIN_UPDATE_SNAPSHOTS=1` in the environment writes them anew.
@Suite struct FrozenSheetsTests {
    /// Compares with `Tests/Fixtures/reports`, but for the style, the script, and the pictures' bytes, which the PNG library
    /// decides.
    private func compare(_ sheet: Sheet, _ name: String) throws {
        let html = sheet.html.replacing(#/<style>(?s:.*?)</style>/#, with: "STYLE")
            .replacing(#/<script>(?s:.*?)</script>/#, with: "SCRIPT")
            .replacing(#/script-src [^"]*/#, with: "SCRIPT-SRC")
            .replacing(#/data:image/png;base64,[A-Za-z0-9+/=]*/#, with: "PICTURE")
        if ProcessInfo.processInfo.environment["AKIN_UPDATE_SNAPSHOTS"] != nil {
            try Data(html.utf8).write(to: URL(fileURLWithPath: Fixtures.path("reports/\(name).html")))
        }
        let expected = String(decoding: try Fixtures.bytes("reports/\(name).html"), as: UTF8.self)
        #expect(html == expected, "\(name).html")
    }

    /// Every second picture is missing.
    private func picture(_ source: Source) -> Image? {
        source.path.utf8.reduce(0) { $0 &+ Int($1) } % 2 == 0
            ? Image(width: 3, height: 2, channels: 1, trusted: [0, 50, 100, 150, 200, 250]) : nil
    }

    @Test func mistakes() throws {
        try compare(
            Sheet(mistakesOf: reportOfMistakes(5), limit: 3, picture: picture), "mistakes-left-out")
        try compare(
            Sheet(mistakesOf: reportOfMistakes(1), title: "Seals & more", picture: picture),
            "mistakes-titled")
        let report = HoldOutReport(heldOut(parts: ["old", "new"]))
        try compare(Sheet(mistakesOf: report, picture: picture), "mistakes-held-out")
    }

    @Test func answers() throws {
        let tests = SheetTests()
        try compare(Sheet(queries: tests.queries(3), limit: 2, picture: picture), "queries")
        try compare(
            Sheet(
                queries: tests.queries(4), labels: tests.labels(4), title: "Asked",
                summary: ["one <line>", "two"], picture: picture), "queries-known")
        try compare(
            Sheet(
                answersOf: heldOut(parts: ["old", "new"]), tests.queries(10).map(\.answer), title: "T",
                explanation: "By <b>.", limit: 4, picture: picture), "answers")
    }
}
