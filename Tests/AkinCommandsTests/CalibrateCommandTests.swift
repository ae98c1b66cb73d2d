import AkinImages
import Foundation
import TestSupport
import Testing

/// `akin index calibrate`, and what it changes in answers, as a user runs it.
@Suite struct CalibrateCommandTests {
    private let workshop: Workshop
    private var index: String { workshop.index }

    init() throws {
        workshop = try Workshop()
        for label in ["abbot", "bishop", "cook", "dean"] { try workshop.draw(label, 0..<5) }
        try workshop.makeIndex()
    }

    /// With another backbone it holds no more, and that is said.
    @Test func aRebuildForgetsIt() throws {
        let uncalibrated = try AkinProgram.run("index", "rebuild", index, "--backbone", "pixels")
        #expect(uncalibrated.code == 0 && !uncalibrated.errors.contains("calibrate"), "\(uncalibrated)")
        #expect(try AkinProgram.run("index", "calibrate", index).code == 0)
        let rebuilt = try AkinProgram.run("index", "rebuild", index, "--backbone", workshop.backbone)
        #expect(rebuilt.errors.contains("nothing is called unknown"), "\(rebuilt.errors)")
        #expect(rebuilt.errors.hasSuffix("; 'akin index calibrate' does it again\n"), "\(rebuilt.errors)")
    }

    @Test func inWords() throws {
        #expect(try AkinProgram.run("index", "stats", index).output.contains("asked by    nearest-class"))
        let told = try AkinProgram.run("index", "calibrate", index)
        #expect(told.code == 0 && told.errors == "", "\(told.errors)")
        #expect(told.output.hasPrefix("tried on 20 items, each left out (each class counting alike):\n"))
        let promise =
            "of 100 pictures of a class that is not in the index, fewer than 1 will be called known (95 % interval 0 to "
        #expect(told.output.contains("\nasked by: ") && told.output.contains(promise), "\(told.output)")
        #expect(told.output.contains("of 100 pictures of its own classes, about "))
        #expect(try AkinProgram.run("index", "stats", index).output.contains(promise))

        // Bright on its whole left side, as none of them is.
        let pixels = (0..<400).map { UInt8(($0 % 20 < 10 ? 200 : 30) + $0 % 7) }
        let stranger = try workshop.folder.write(
            "stranger.png", Image(width: 20, height: 20, channels: 1, trusted: pixels).encodedAsPNG())
        let answer = try AkinProgram.run("query", index, stranger)
        #expect(
            answer.output.hasPrefix("unknown  ") && answer.output.contains("\(stranger)  ("),
            "\(answer.output)")
        let sheet = workshop.folder.path + "/sheet.html"
        let json = try AkinProgram.run("query", index, stranger, "--json", "--sheet", sheet).json()
        #expect(json["verdict"] as? String == "unknown" && json["alternatives"] == nil)
        // What it says of one classifier does not hold for another.
        #expect(json["calibrated"] as? Bool == true)
        let other = try AkinProgram.run(
            "query", index, stranger, "-k", "1", "--json", "--sheet", sheet, "--force")
        #expect(try other.json()["calibrated"] as? Bool == false)
        #expect(other.errors.contains(", not for nearest-neighbours (k 1, uniform): the percentages"))
        #expect(
            try String(contentsOfFile: sheet, encoding: .utf8).contains("not calibrated for this classifier"))
        #expect(try AkinProgram.run("query", index, stranger, "--sheet", sheet, "--force").errors == "")
        let ranking = try #require(json["ranking"] as? [[String: Any]])
        #expect(ranking[0]["label"] as? String == json["label"] as? String)
        #expect(ranking[0]["probability"] as? Double == json["confidence"] as? Double)
        #expect(
            try String(contentsOfFile: sheet, encoding: .utf8).contains("<strong><bdi>unknown</bdi></strong>")
        )

        let history = try AkinProgram.run("index", "history", index).output
        #expect(history.contains("calibrate"), "\(history)")
        let undone = try AkinProgram.run("index", "undo", index)
        #expect(undone.code == 0 && undone.output.hasPrefix("taken back: calibrate "), "\(undone.output)")
        #expect(try AkinProgram.run("index", "stats", index).output.contains("calibrated  no: "))
    }

    @Test func whatCannotBe() throws {
        for share in ["0", "1", "-0.1", "nan", "5"] {
            let refused = try AkinProgram.run("index", "calibrate", index, "--unknown-at=\(share)")
            #expect(refused.code == 64 && refused.errors.contains("a share above 0 and below 1"), "\(share)")
        }
        #expect(try AkinProgram.run("index", "calibrate", index, "--classifier", "knn").code == 64)
        let given = try AkinProgram.run("index", "calibrate", index, "-k", "3", "--json").json()
        #expect((given["classifier"] as? [String: Any])?["k"] as? Int == 3)
        #expect((given["tried"] as? [Any])?.count == 1 && (given["strangers_known"] as? Double ?? 1) <= 0.05)
        #expect(try AkinProgram.run("index", "remove", index, "--label", "cook", "--label", "dean").code == 0)
        let two = try AkinProgram.run("index", "calibrate", index)
        #expect(two.code == 0 && two.output.contains("nothing will be called unknown: with fewer than three"))
        #expect(try AkinProgram.run("index", "remove", index, "--label", "bishop").code == 0)
        let one = try AkinProgram.run("index", "calibrate", index)
        #expect(one.code == 1 && one.errors.contains("abbot"), "\(one.errors)")
    }
}
