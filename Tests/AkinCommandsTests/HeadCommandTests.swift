import AkinNetworks
import Foundation
import TestSupport
import Testing

/// Layers above a frozen backbone, as a user trains them.
@Suite struct HeadCommandTests {
    private let workshop: Workshop
    private var recipe: String { workshop.folder.path + "/recipe.yaml" }

    init() throws {
        workshop = try Workshop()
        for label in ["abbot", "bishop", "cook"] { try workshop.draw(label, 0..<4) }
        try workshop.folder.write(
            "recipe.yaml",
            """
            name: head
            data: {folder: pictures}
            backbone: {frozen: small.safetensors, layers: [dense: {units: 16, activation: relu}, dense: 5], views: 3}
            training: {batch: 12, epochs: 20, learning-rate: 0.01, augmentation: {shift: 0.05}}
            evaluation: {protocol: leave-one-out, classifiers: [nearest-neighbours], k: 1}

            """)
    }

    private func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

    @Test func trainsRunsAndShows() throws {
        let outcome = try AkinProgram.run("run", recipe, "--json")
        #expect(outcome.code == 0, "\(outcome.errors)")
        let result = try outcome.json()
        let evaluation = try #require(result["evaluation"] as? [[String: Any]])
        let report = try #require(evaluation.first?["leave_one_out"] as? [String: Any])
        #expect(report["items"] as? Int == 12)
        let checkpoint = workshop.folder.path + "/head.safetensors"
        let shown = try AkinProgram.run("backbone", "show", checkpoint, "--json").json()
        #expect(shown["dimension"] as? Int == 5)
        #expect(shown["data"] as? String == "12 images of 3 classes, above a frozen small")
        let answer = try AkinProgram.run(
            "query", workshop.folder.path + "/index", workshop.pictures + "/cook/1.png", "-k", "1", "--json"
        ).json()
        #expect(answer["label"] as? String == "cook")
        let model = workshop.folder.path + "/head.onnx"
        #expect(try AkinProgram.run("backbone", "export", checkpoint, "--output", model).code == 0)

        // The same bits with one thread.
        let other = workshop.folder.path + "/other.safetensors"
        let again = try AkinProgram.run(
            ["train", recipe, "--output", other], environment: ["AKIN_THREADS": "1"])
        #expect(again.code == 0, "\(again.errors)")
        #expect(try bytes(other) == bytes(checkpoint))
        let fewer = try AkinProgram.run(
            "train", recipe, "--output", other, "--set", "backbone.views=4", "--set", "epochs=2", "--force")
        #expect(fewer.code == 0 && fewer.output.contains("other.safetensors"))
        #expect(try bytes(other) != bytes(checkpoint))
    }

    @Test func whatCannotBeFrozenIsSaid() throws {
        try AkinProgram.run("train", recipe, "--set", "backbone.frozen=hog")
            .expectFailure(
                "--set backbone.frozen=hog: backbone.frozen is \"hog\"; give a network of Akin's own")
        try AkinProgram.run("train", recipe, "--set", "preprocessing.size=8")
            .expectFailure("--set preprocessing.size=8: preprocessing is a group of keys; give none")
    }
}
