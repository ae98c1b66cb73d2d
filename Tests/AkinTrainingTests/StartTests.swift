import AkinBasics
import AkinNetworks
import AkinTraining
import TestSupport
import Testing

/// A recipe that takes over the layers of the checkpoint that it starts from.
@Suite struct StartTests {
    private static func text(start: String) -> String {
        "data: {}\npreprocessing: {size: 12}\nbackbone: start\ntraining: {start: \(start)}"
    }

    @Test func takesTheLayersOver() throws {
        let workshop = try Workshop()
        let layers = try Checkpoint(contentsOf: workshop.backbone).layers
        // Relative to the recipe, or not.
        for start in ["small.safetensors", workshop.backbone] {
            let path = workshop.folder.path + "/r.yaml"
            #expect(try Recipe(text: Self.text(start: start), path: path).backbone == layers)
        }
    }

    @Test func saysWhatIsMissing() throws {
        #expect(
            throws: RecipeError.noStart(at: .line(3, of: "r.yaml"), .unreadable(path: "/nowhere", .missing))
        ) {
            try Recipe(text: Self.text(start: "/nowhere"), path: "r.yaml")
        }
        let error = try #require(throws: RecipeError.self) {
            try Recipe(text: "data: {}\npreprocessing: {size: 12}\nbackbone: start", path: "r.yaml")
        }
        #expect(
            "\(error)".hasPrefix("r.yaml, line 3: backbone is \"start\"; give a list of layers, or name "))
    }
}
