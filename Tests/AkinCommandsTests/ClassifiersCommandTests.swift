import AkinImages
import Foundation
import TestSupport
import Testing

/// `akin evaluate classifiers`, as a user runs it.
@Suite struct ClassifiersCommandTests {
    private let workshop: Workshop
    private var held: String { workshop.folder.path + "/held" }

    init() throws {
        workshop = try Workshop()
        for label in ["abbot", "bishop", "cook"] {
            try workshop.draw(label, 0..<5)
            try workshop.folder.write(
                "held/\(label)/9.png", Workshop.picture(of: label, 9).encodedAsPNG())
        }
        try workshop.makeIndex()
    }

    @Test func comparesThoseThatAreNamed() throws {
        let arguments = ["evaluate", "classifiers", workshop.index, held]
        let names = ["ridge", "random-forest:25", "support-vectors:polynomial-2"]
        let chosen = names.flatMap { ["--classifier", $0] }
        let outcome = try AkinProgram.run(arguments + chosen + ["--json"])
        #expect(outcome.code == 0 && outcome.errors == "", "\(outcome.errors)")
        let report = try outcome.json()
        #expect(report["questions"] as? Int == 3 && report["items"] as? Int == 15)
        let rows = try #require(report["classifiers"] as? [[String: Any]])
        #expect(
            rows.map { $0["classifier"] as? String } == [
                "ridge", "random-forest (25 trees)", "support-vectors (polynomial, degree 2)",
            ])
        for row in rows {
            #expect(row["errors"] as? Int == 0 && row["accuracy"] as? Double == 1)
            #expect((row["interval"] as? [Double])?.count == 2)
            #expect(row["fit_seconds"] is Double && row["answer_seconds"] is Double)
        }
        let text = try AkinProgram.run(arguments).output
        #expect(
            text.hasPrefix(
                "Classifiers: metric l2, 8 dimensions; 3 pictures answered by 15 items of 3 classes\n"))
        #expect(text.split(separator: "\n").count == 14)
    }

    @Test func whatIsWrongIsSaid() throws {
        func errors(_ classifier: String) throws -> ProgramResult {
            try AkinProgram.run("evaluate", "classifiers", workshop.index, held, "--classifier", classifier)
        }
        let setting = try errors("ridge:3")
        #expect(setting.code == 64 && setting.errors.contains("'3' is no setting of the classifier 'ridge'"))
        #expect(try errors("rigde").errors.contains("did you mean 'ridge'?"))
        try errors("learned-similarity").expectFailure(
            "there is no learned similarity where items are compared by the metric 'l2'")
        try AkinProgram.run("evaluate", "classifiers", workshop.index, workshop.pictures)
            .expectFailure(
                "all pictures in '\(workshop.pictures)' are in the index '\(workshop.index)' as well; give others, or keep the "
                    + "copies (--keep-copies)")
    }

    /// The settings of the other commands that ask.
    @Test(arguments: [
        (["--trees", "25"], "random-forest (25 trees)"),
        (["--kernel", "polynomial"], "support-vectors (polynomial)"),
        (["--degree", "2"], "support-vectors (polynomial, degree 2)"),
        (["--classifier", "random-forest"], "random-forest (100 trees)"),
    ])
    func settingsNameAClassifier(options: [String], name: String) throws {
        let report = try AkinProgram.run(
            ["evaluate", "leave-one-out", workshop.index, "--json"] + options
        ).json()
        #expect(report["classifier"] as? String == name && report["stratified_folds"] as? Int == 10)
        let answer = try AkinProgram.run(
            ["query", workshop.index, held + "/cook/9.png", "--json"] + options
        ).json()
        #expect(answer["label"] as? String == "cook")
    }

    @Test func settingsThatCannotBeAreRefused() throws {
        for (options, reason) in [
            (["--trees", "0"], "the number of trees is 0; it has to be 1 to 10000"),
            (["--degree", "11"], "the degree of the kernel is 11; it has to be 1 to 10"),
        ] {
            let outcome = try AkinProgram.run(["query", workshop.index, held + "/cook/9.png"] + options)
            #expect(outcome.code == 64 && outcome.errors.contains(reason), "\(outcome.errors)")
        }
    }
}
