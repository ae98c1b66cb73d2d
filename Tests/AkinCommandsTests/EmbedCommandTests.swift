import Akin
import Foundation
import TestSupport
import Testing

/// `akin embed`, as a user runs it.
@Suite struct EmbedCommandTests {
    private let workshop: Workshop
    private var folder: String { workshop.folder.path }

    init() throws {
        workshop = try Workshop()
        for label in ["abbot", "bishop"] { try workshop.draw(label, 0..<3) }
        try workshop.folder.write("pictures/bishop/broken.png", "none")
    }

    @Test func writesVectorsAndATable() throws {
        let (vectors, table) = (folder + "/v.npy", folder + "/i.csv")
        let words = ["embed", workshop.backbone, workshop.pictures, vectors, table]
        let outcome = try AkinProgram.run(words)
        #expect(outcome.code == 0 && outcome.output.hasPrefix("6 embedded, 1 skipped ("), "\(outcome.errors)")
        #expect(outcome.output.hasSuffix("; 8 numbers each, written to \(vectors) and \(table)\n"))
        #expect(outcome.errors.contains("pictures/bishop/broken.png: "))
        let rows = try String(contentsOfFile: table, encoding: .utf8).split(separator: "\n")
        #expect(rows.first == "id,label,source,group")
        #expect(
            rows.dropFirst().enumerated().allSatisfy {
                $1.hasPrefix("\($0 + 1),\($0 < 3 ? "abbot" : "bishop"),\(workshop.pictures)")
            })
        #expect(rows.count == 7)
        #expect(try Matrix(vectorsIn: vectors).rows == 6)
        let strict = try AkinProgram.run(words + ["--force", "--strict", "--json"])
        #expect(strict.code == 1 && strict.errors.contains("1 image was skipped"))
        let json = try strict.json()
        #expect(json["embedded"] as? Int == 6 && json["backbone"] as? String == "small")
        #expect(json["files"] as? [String] == [vectors, table])
        let other = try AkinProgram.run(
            "embed", "hog", workshop.pictures, folder + "/all.jsonl", "--label", "monk", "--ignore", "bishop")
        #expect(other.output.hasPrefix("3 embedded, 2 ignored") || other.output.hasPrefix("3 embedded, "))
        let lines = try String(contentsOfFile: folder + "/all.jsonl", encoding: .utf8)
        #expect(lines.split(separator: "\n").allSatisfy { $0.contains("\"label\":\"monk\"") })
    }

    /// A pipe gets the same bytes, although how many there are is known only at the end.
    @Test func writesToAPipe() throws {
        let file = folder + "/v.npy"
        let command =
            "\"$0\" embed hog \"$1\" - \"$2\" > \"$3\" && \"$0\" embed hog \"$1\" - | cat > \"$3.2\""
        let outcome = try Subprocess(
            URL(filePath: "/bin/sh"),
            ["-c", command, AkinProgram.url.path, workshop.pictures, folder + "/i.csv", folder + "/s.npy"]
        ).wait()
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(outcome.errors.contains("6 embedded") && outcome.errors.contains("standard output and "))
        let named =
            "cd \"$2\" && mkfifo pipe && { cat pipe > s.npy.3 & \"$0\" embed hog \"$1\" ./pipe && wait; }"
        let other = try Subprocess(
            URL(filePath: "/bin/sh"), ["-c", named, AkinProgram.url.path, workshop.pictures, folder]
        ).wait()
        #expect(other.code == 0, "\(other.errors)")
        #expect(try AkinProgram.run("embed", "hog", workshop.pictures, file).code == 0)
        let expected = try Data(contentsOf: URL(filePath: file))
        #expect(try Data(contentsOf: URL(filePath: folder + "/s.npy")) == expected)
        #expect(try Data(contentsOf: URL(filePath: folder + "/s.npy.2")) == expected)
        #expect(try Data(contentsOf: URL(filePath: folder + "/s.npy.3")) == expected)
    }

    @Test func saysWhatIsWrong() throws {
        let (pictures, file) = (workshop.pictures, folder + "/v.npy")
        try AkinProgram.run("embed", "hogg", pictures, file).expectFailure("there is no backbone 'hogg'")
        try AkinProgram.run("embed", "hog", folder + "/none", file).expectFailure("")
        try AkinProgram.run("embed", "hog", pictures, folder + "/v.txt").expectFailure("")
        try AkinProgram.run("embed", "hog", pictures, file, "-").expectWrongUsage("give the table a name")
        try AkinProgram.run("embed", "hog", pictures, "-", "--json").expectWrongUsage(
            "--json and a file at -")
        try AkinProgram.run("embed", "hog", pictures).expectWrongUsage("Missing expected argument")
        try AkinProgram.run("embed", "hog", pictures, file, "--label", "a", "--label-depth", "2")
            .expectWrongUsage("give no other label")
        let none = try AkinProgram.run("embed", "hog", pictures + "/bishop/broken.png", file, "--label", "x")
        #expect(none.code == 1 && none.errors.contains("broken.png") && none.output == "")
        #expect(!FileManager.default.fileExists(atPath: file))
    }
}
