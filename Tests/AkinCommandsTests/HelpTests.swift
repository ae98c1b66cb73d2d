import Foundation
import TestSupport
import Testing

/// The help texts, word for word: what a user is taught should change on purpose only. `AKIN_UPDATE_SNAPSHOTS=1` in
/// the environment writes them anew.
@Suite struct HelpTests {
    private static let snapshots = URL(fileURLWithPath: Fixtures.path("help"))

    @Test(arguments: [
        "", "index", "index create", "index add", "index remove", "index relabel", "index sync", "index list",
        "index stats", "index export", "index import", "index rebuild", "index compact", "index snapshot",
        "index build", "index calibrate", "index verify",
        "index history", "index undo", "index redo", "index push", "index pull", "embed",
        "backbone", "backbone list", "backbone show", "query", "evaluate", "evaluate leave-one-out",
        "evaluate held-out", "evaluate episodes",
        "evaluate runs",
        "evaluate pairs", "evaluate classifiers", "evaluate retrieval", "evaluate open-set",
        "evaluate claims",
        "train", "run", "backbone", "backbone fetch",
        "backbone import", "backbone export", "learn", "map", "report", "check", "discover",
        "evaluate shots", "compare",
    ]) func isWhatItWas(command: String) throws {
        let words = command.split(separator: " ").map(String.init)
        let outcome = try AkinProgram.run(words + ["--help"])
        #expect(outcome.code == 0 && outcome.errors == "")
        #expect(outcome.output.contains("akin \(command)".trimmingCharacters(in: .whitespaces)))

        let file = Self.snapshots.appendingPathComponent((["akin"] + words).joined(separator: "-") + ".txt")
        if ProcessInfo.processInfo.environment["AKIN_UPDATE_SNAPSHOTS"] != nil {
            try FileManager.default.createDirectory(at: Self.snapshots, withIntermediateDirectories: true)
            try Data(outcome.output.utf8).write(to: file)
        }
        #expect(outcome.output == (try String(contentsOf: file, encoding: .utf8)))
    }
}
