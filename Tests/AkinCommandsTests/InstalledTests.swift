import AkinBasics
import Foundation
import TestSupport
import Testing

#if os(Linux)
/// The program as a package lays it: `bin/akin` beside `share/akin/backbones`, wherever that is.
@Suite struct InstalledTests {
    private let workshop: Workshop
    private var environment: [String: String] { ["XDG_DATA_HOME": workshop.folder.path + "/data"] }
    private var program: URL { URL(fileURLWithPath: workshop.folder.path + "/usr/bin/akin") }

    init() throws {
        workshop = try Workshop()
        let checkpoint = Array(try Data(contentsOf: URL(fileURLWithPath: workshop.backbone)))
        try workshop.folder.write("usr/share/akin/backbones/seals.safetensors", checkpoint)
        try workshop.folder.write("data/akin/backbones/seals.safetensors", checkpoint)
        try workshop.folder.write("data/akin/backbones/mine.safetensors", checkpoint)
        try FileManager.default.createDirectory(
            at: program.deletingLastPathComponent(), withIntermediateDirectories: true)
        try FileManager.default.copyItem(at: AkinProgram.url, to: program)
    }

    private func paths(_ program: URL) throws -> [String: String] {
        let lines = try Subprocess(program, ["backbone", "list", "--json"], environment: environment).wait()
            .jsonLines()
        let named = lines.compactMap { line in
            (line["path"] as? String).flatMap { path in (line["name"] as? String).map { ($0, path) } }
        }
        return Dictionary(uniqueKeysWithValues: named)
    }

    /// And not those of the checkout that it was built in; the user's own come after them.
    @Test func findsWhatLiesBesideIt() throws {
        let folder = workshop.folder.path
        let expected = [
            "seals": folder + "/usr/share/akin/backbones/seals.safetensors",
            "mine": folder + "/data/akin/backbones/mine.safetensors",
        ]
        #expect(try paths(program) == expected)
        // By a link, as in a folder of the PATH.
        let link = URL(fileURLWithPath: folder + "/akin")
        try FileManager.default.createSymbolicLink(at: link, withDestinationURL: program)
        #expect(try paths(link) == expected)
    }
}

/// The man pages that packages bring.
@Suite struct ManualPageTests {
    @Test func everyCommandHasOne() throws {
        let folder = try TemporaryFolder()
        let help = try folder.write(
            "help.json", try AkinProgram.run("--experimental-dump-help").output)
        let tool = AkinProgram.url.deletingLastPathComponent().appendingPathComponent("ManualPages").path
        let pages = folder.path + "/man"
        let made = try Subprocess(
            URL(fileURLWithPath: "/bin/sh"),
            ["-c", "exec \"$0\" \"$1\" 0.1.0 2026-11-30 <\"$2\"", tool, pages, help]
        ).wait()
        #expect(made.code == 0 && made.errors == "")
        let names = Set(try FileManager.default.contentsOfDirectory(atPath: pages))
        let snapshots = try FileManager.default.contentsOfDirectory(atPath: Fixtures.path("help"))
        #expect(names == Set(snapshots.map { $0.replacingOccurrences(of: ".txt", with: ".1") }))

        let page = try String(contentsOfFile: pages + "/akin-index-add.1", encoding: .utf8)
        #expect(page.hasPrefix(".TH \"AKIN\\-INDEX\\-ADD\" 1 \"2026-11-30\" \"Akin 0.1.0\" \"Akin\"\n"))
        for part in [
            "akin\\-index\\-add \\- Embed images and add them to an index\n",
            "\nakin index add seals manifest.csv\n", ".TP\n\\fB\\-\\-label\\fR \\fIlabel\\fR\n",
            "\\fBakin\\-index\\fR(1)",
        ] {
            #expect(page.contains(part), "\(part)")
        }
        // No line begins with what would be taken for a macro.
        let macros: Set = [".TH", ".SH", ".SS", ".PP", ".TP", ".RS", ".RE", ".nf", ".fi"]
        for name in names {
            for line in try String(contentsOfFile: pages + "/" + name, encoding: .utf8).split(separator: "\n")
            where line.hasPrefix(".") || line.hasPrefix("'") {
                #expect(macros.contains(String(line.split(separator: " ")[0])), "\(name): \(line)")
            }
        }
    }
}
#endif
