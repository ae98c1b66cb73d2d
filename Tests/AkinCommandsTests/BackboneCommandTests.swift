import AkinImages
import Foundation
import TestSupport
import Testing

/// `akin backbone list|show`, and the names wherever a backbone is asked for, as a user runs them.
@Suite struct BackboneCommandTests {
    private let workshop: Workshop
    /// The user's data folder, with a backbone `mine`.
    private var environment: [String: String] { ["XDG_DATA_HOME": workshop.folder.path + "/data"] }
    private var mine: String { workshop.folder.path + "/data/akin/backbones/mine.safetensors" }

    init() throws {
        workshop = try Workshop()
        for label in ["abbot", "bishop"] { try workshop.draw(label, 0..<4) }
        try workshop.folder.write(
            "data/akin/backbones/mine.safetensors",
            Array(Data(contentsOf: URL(fileURLWithPath: workshop.backbone))))
    }

    private func run(_ arguments: String...) throws -> ProgramResult {
        try AkinProgram.run(arguments, environment: environment)
    }

    #if os(Linux)
    @Test func listsThem() throws {
        let lines = try run("backbone", "list", "--json").jsonLines()
        #expect(
            lines.map { $0["name"] as? String } == [
                "pixels", "pixels-grey", "hog", "hog-grey", "mine", "shapes",
            ])
        #expect(lines[4]["path"] as? String == mine && lines[0]["path"] == nil)
        let text = try run("backbone", "list").output
        #expect(text.contains("needs no training") && text.contains(mine))
        try workshop.folder.write("data/akin/backbones/broken.safetensors", "no backbone")
        let noted = try run("backbone", "list")
        #expect(noted.code == 0 && noted.output == text && noted.errors.contains("broken.safetensors"))
    }

    @Test func takesNamesWhereverABackboneIsAskedFor() throws {
        let made = try run("index", "create", workshop.index, "--backbone", "hog+mine", "--json")
        #expect(try made.json()["metric"] as? String == "cosine", "\(made.errors)")
        #expect(try run("index", "add", workshop.index, workshop.pictures).code == 0)
        let rebuilt = try run("index", "rebuild", workshop.index, "--backbone", "mine")
        #expect(rebuilt.output.hasPrefix("8 items embedded again by 'small'\n"), "\(rebuilt.errors)")
        #expect(rebuilt.errors.contains("made for the metric l2"))
        for model in ["mine", "hog", workshop.index, workshop.backbone] {
            let episodes = try run(
                "evaluate", "episodes", model, workshop.pictures, "--ways", "2", "--episodes", "20", "--json")
            #expect(try episodes.json()["accuracy"] as? Double == 1, "\(model): \(episodes.errors)")
        }
        #expect(try run("evaluate", "pairs", "mine", workshop.pictures, "--json").code == 0)
    }

    @Test func aNameThatNobodyHasIsAnError() throws {
        for arguments in [
            ["index", "create", workshop.index, "--backbone", "mien"], ["backbone", "show", "mien"],
            ["evaluate", "pairs", "mien", workshop.pictures],
        ] {
            try AkinProgram.run(arguments, environment: environment).expectFailure(
                "there is no backbone 'mien' (there are hog, hog-grey, mine, pixels, pixels-grey, shapes); "
                    + "did you mean 'mine'?; 'akin backbone list' says more\n")
        }
        #expect(!FileManager.default.fileExists(atPath: workshop.index))
    }
    #endif

    @Test func saysWhatOneIs() throws {
        let shapes = try run("backbone", "show", "shapes", "--json").json()
        #expect(shapes["metric"] as? String == "cosine" && shapes["dimension"] as? Int == 1152)
        #expect((shapes["preprocessing"] as? [String: Any])?["scaling"] as? String == "paper")
        let text = try run("backbone", "show", workshop.backbone).output
        #expect(text.contains("dimension") && text.contains("12 x 12, grey, stretch, scaling unit"))
        let both = try run("backbone", "show", "hog+pixels")
        #expect(both.output.contains("part of weight 1.0:") && both.errors == "")
        try run("backbone", "show", "hog+hog").expectFailure("the backbone 'hog' is named twice")
        try run("backbone", "show", "./none.safetensors").expectFailure("the checkpoint ./none.safetensors")
    }

    /// The shipped one is found from wherever the program is called, by a link too.
    @Test func theShippedOneIsFoundThroughALink() throws {
        let link = workshop.folder.path + "/akin"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: AkinProgram.url.path)
        let outcome = try Subprocess(
            URL(fileURLWithPath: link), ["index", "create", workshop.index, "--backbone", "shapes"],
            environment: environment
        ).wait()
        #expect(outcome.output.contains("metric cosine"), "\(outcome.errors)")
    }
}
