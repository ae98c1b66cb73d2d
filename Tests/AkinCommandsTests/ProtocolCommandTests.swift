import AkinImages
import Foundation
import TestSupport
import Testing

/// `akin evaluate retrieval`, `open-set`, `claims`, and episodes of several numbers of ways, as a user runs them.
@Suite struct ProtocolCommandTests {
    private let workshop: Workshop
    private var folder: String { workshop.folder.path }

    init() throws {
        workshop = try Workshop()
        for label in ["abbot", "bishop", "cook", "dean"] { try workshop.draw(label, 0..<5) }
    }

    @Test func retrieval() throws {
        try workshop.draw("hermit", 0..<1)
        try workshop.makeIndex()
        let outcome = try AkinProgram.run("evaluate", "retrieval", workshop.index, "--at", "1,3", "--json")
        #expect(outcome.code == 0, "\(outcome.errors)")
        let report = try outcome.json()
        #expect(report["items"] as? Int == 20 && report["alone"] as? Int == 1)
        #expect(report["singletons"] as? [String] == ["hermit"])
        let recall = try #require(report["recall"] as? [[String: Any]])
        #expect(recall.map { $0["k"] as? Int } == [1, 3])
        #expect(try #require(recall[0]["micro"] as? Double) > 0.8)
        #expect((recall[0]["macro_interval"] as? [Double])?.count == 2)
        let text = try AkinProgram.run("evaluate", "retrieval", workshop.index).output
        #expect(
            text.hasPrefix("Retrieval: metric l2; each item asks for the others of its class among all\n"))
        #expect(text.contains("not averaged in: 1 item with no other of the class to find: hermit\n"))
        #expect(try AkinProgram.run("evaluate", "retrieval", workshop.index, "--at", "0").code == 64)
        #expect(try AkinProgram.run("evaluate", "retrieval", workshop.index, "--at", "1,").code == 64)
    }

    @Test func openSet() throws {
        for label in ["earl", "friar"] { try workshop.draw(label, 0..<5) }
        try workshop.makeIndex()
        let outcome = try AkinProgram.run("evaluate", "open-set", workshop.index, "--drawings", "3", "--json")
        #expect(outcome.code == 0, "\(outcome.errors)")
        let report = try outcome.json()
        #expect(report["drawings"] as? Int == 3 && report["strangers_given"] as? Bool == false)
        #expect(report["own_questions"] as? Int == 9 && report["stranger_questions"] as? Int == 45)
        #expect((report["strangers_known"] as? [String: Any])?["micro"] is Double)
        #expect(report["promised"] is Double && (report["coverage"] as? [Any])?.count == 10)

        for number in 0..<3 {
            try workshop.folder.write(
                "others/\(number).png", Workshop.picture(of: "knight", number).encodedAsPNG())
        }
        try workshop.folder.write("others/broken.png", "no picture")
        let given = try AkinProgram.run(
            "evaluate", "open-set", workshop.index, "--strangers", folder + "/others", "--drawings", "2")
        #expect(
            given.output.contains("12 questions about other items of the known classes, 6 about strangers"))
        #expect(given.errors.contains("akin: skipped 1 image:") && given.code == 0, "\(given.errors)")
        // An index of the same pictures has no strangers.
        try AkinProgram.run("evaluate", "open-set", workshop.index, "--strangers", workshop.index)
            .expectFailure("there is no stranger to ask about")
        #expect(try AkinProgram.run("evaluate", "open-set", workshop.index, "--unknown-at", "1").code == 64)
    }

    @Test func claims() throws {
        for (user, forger) in [("abbot", "bishop"), ("cook", "dean")] {
            for number in 0..<6 {
                for (kind, label) in [("genuine", user), ("forged", forger)] {
                    try workshop.folder.write(
                        "signatures/\(user)/\(kind)/\(number).png",
                        Workshop.picture(of: label, number + 10).encodedAsPNG())
                }
            }
        }
        let arguments = ["evaluate", "claims", workshop.backbone, folder + "/signatures"]
        let outcome = try AkinProgram.run(arguments + ["--references", "3", "--json"])
        #expect(outcome.code == 0, "\(outcome.errors)")
        let report = try outcome.json()
        #expect(report["users"] as? Int == 2 && report["genuine"] as? Int == 60)
        let skilled = try #require(report["skilled"] as? [String: Any])
        #expect(skilled["claims"] as? Int == 120 && skilled["equal_error_rate"] as? Double == 0)
        let random = try #require(report["random"] as? [String: Any])
        #expect(random["claims"] as? Int == 120)
        #expect(try AkinProgram.run(arguments).output.contains("skilled forgeries  120"))
        try AkinProgram.run(arguments + ["--references", "6"])
            .expectFailure("there are no claims to tell apart: no user has more than 6 genuine pictures")
    }

    @Test func episodesOfSeveralNumbersOfWays() throws {
        let arguments = [
            "evaluate", "episodes", workshop.backbone, workshop.pictures, "--ways", "2,3,9", "--episodes",
            "20",
        ]
        let outcome = try AkinProgram.run(arguments + ["--json"])
        let reports = try #require(
            try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [[String: Any]])
        #expect(reports.map { $0["ways"] as? Int } == [2, 3, 9])
        #expect(reports.map { $0["items"] as? Int } == [40, 60, 80])
        let one = try AkinProgram.run(arguments.map { $0 == "2,3,9" ? "3" : $0 } + ["--json"]).json()
        #expect(one["accuracy"] as? Double == reports[1]["accuracy"] as? Double)
        let text = try AkinProgram.run(arguments).output
        #expect(text.contains("20 drawn of each number of ways (seed 1) from 20 images of 4 classes"))
        #expect(text.contains("20 episodes have fewer than 9 classes: there are no more to draw"))
        #expect(
            try AkinProgram.run("evaluate", "episodes", workshop.backbone, folder, "--ways", "1,5").code == 64
        )
    }
}
