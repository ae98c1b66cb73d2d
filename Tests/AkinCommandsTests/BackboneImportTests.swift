import Akin
import Foundation
import TestSupport
import Testing

/// `akin backbone import` and `export`: foreign networks in, Akin's own out.
@Suite(.enabled(if: ForeignNetworks.canRun, Comment(rawValue: ForeignNetworks.advice)))
struct BackboneImportTests {
    private let workshop: Workshop
    private let environment: [String: String]

    init() throws {
        workshop = try Workshop()
        environment = ["XDG_DATA_HOME": workshop.folder.path + "/data"]
    }

    private var folder: String { workshop.folder.path }

    private func run(_ arguments: String...) throws -> ProgramResult {
        try AkinProgram.run(arguments, environment: environment)
    }

    @discardableResult
    private func imported(_ name: String, _ arguments: String...) throws -> [String: Any] {
        let outcome = try AkinProgram.run(
            [
                "backbone", "import", ForeignNetworks.path(name), "--output", "\(folder)/\(name).safetensors",
                "--json", "--force",
            ]
                + arguments, environment: environment)
        #expect(outcome.code == 0, "\(outcome.errors)")
        return try outcome.json()
    }

    @Test func becomesABackbone() throws {
        let made = try imported("map", "--licence", "MIT", "--source", "a friend", "--name", "seals")
        #expect(made["dimension"] as? Int == 5 && made["metric"] as? String == "cosine")
        #expect(made["licence"] as? String == "MIT" && made["backbone"] as? String == "seals")
        #expect((made["onnx"] as? [String: Any])?["pooling"] as? String == "mean")
        #expect((made["runtime"] as? String)?.isEmpty == false)
        let shown = try run("backbone", "show", "\(folder)/map.safetensors", "--json").json()
        #expect(
            shown["hash"] as? String == made["hash"] as? String && shown["format"] as? String == "akin-onnx")
        #expect((shown["preprocessing"] as? [String: Any])?["decoding"] as? String == "whole")
        let text = try run("backbone", "show", "\(folder)/map.safetensors").output
        #expect(text.contains("output      map, the mean of its places"))
        #expect(
            text.contains(
                "8 x 8, rgb, stretch, scaling unit, mean 0.485 0.456 0.406, deviation 0.229 0.224 0.225"))
    }

    @Test func takesWhatIsSaidOfThePictures() throws {
        let config = try workshop.folder.write(
            "preprocessor_config.json",
            #"{"size": {"shortest_edge": 9}, "crop_size": {"height": 8, "width": 8}, "resample": 3, "image_mean": [0.5, 0.5, 0.5]}"#
        )
        let described = try imported("vector", "--preprocessor", config, "--std", "0.25")
        let first = try #require(described["preprocessing"] as? [String: Any])
        #expect(first["placement"] as? String == "crop" && first["shorterSide"] as? Int == 9)
        #expect(first["interpolation"] as? String == "bicubic")
        #expect(
            first["mean"] as? [Double] == [0.5, 0.5, 0.5]
                && first["deviation"] as? [Double] == [0.25, 0.25, 0.25])
        let told = try imported(
            "vector", "--size", "8", "--crop", "--interpolation", "area", "--mean", "0", "--std", "1")
        let second = try #require(told["preprocessing"] as? [String: Any])
        #expect(second["placement"] as? String == "crop" && second["shorterSide"] == nil)
        #expect(second["interpolation"] as? String == "area" && second["mean"] == nil)
        let tokens = try imported("tokens", "--output-name", "tokens", "--tokens", "mean", "--metric", "l2")
        #expect((tokens["onnx"] as? [String: Any])?["pooling"] as? String == "mean")
        #expect(tokens["metric"] as? String == "l2")
        #expect(try imported("grey", "--size", "16x8")["dimension"] as? Int == 5)
    }

    /// From pictures to answers, in an index that needs nothing but itself and ONNX Runtime.
    @Test func anIndexKeepsIt() throws {
        for label in ["abbot", "bishop"] { try workshop.draw(label, 0..<4) }
        try imported("map", "--mean", "0", "--std", "1")
        let backbone = folder + "/map.safetensors"
        for model in [backbone, "hog+\(backbone)"] {
            let index = workshop.index + (model == backbone ? "" : "2")
            #expect(
                try run("index", "create", index, "--backbone", model, "--json").json()["metric"] as? String
                    == "cosine")
            let added = try run("index", "add", index, workshop.pictures, "--json")
            #expect(try added.json()["added"] as? Int == 8, "\(added.errors)")
        }
        try FileManager.default.removeItem(atPath: backbone)
        try workshop.folder.write("new.png", Workshop.picture(of: "bishop", 9).encodedAsPNG())
        let answer = try run("query", workshop.index, folder + "/new.png", "--json").json()
        #expect(answer["label"] as? String == "bishop")
        // Without ONNX Runtime an index still says what is in it.
        let missing = environment.merging([ONNXRuntime.variable: folder + "/none.so"]) { $1 }
        let listed = try AkinProgram.run(["index", "list", workshop.index, "--json"], environment: missing)
        #expect(try listed.jsonLines().count == 8)
        try AkinProgram.run(["query", workshop.index, folder + "/new.png"], environment: missing)
            .expectFailure(
                "\(folder)/none.so is not an ONNX Runtime that can be used (there is no such file)")
    }

    #if os(Linux)
    @Test func hasAName() throws {
        try imported("vector", "--name", "mine")
        let place = folder + "/data/akin/backbones"
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        try FileManager.default.moveItem(
            atPath: folder + "/vector.safetensors", toPath: place + "/small.safetensors")
        let missing = environment.merging([ONNXRuntime.variable: folder + "/none.so"]) { $1 }
        let lines = try AkinProgram.run(["backbone", "list", "--json"], environment: missing).jsonLines()
        let listed = try #require(lines.first { $0["name"] as? String == "small" })
        #expect(listed["backbone"] as? String == "mine" && listed["dimension"] as? Int == 5)
        #expect(try run("index", "create", workshop.index, "--backbone", "small").code == 0)
    }
    #endif

    @Test func cannotBeTrainedOn() throws {
        try imported("vector")
        try workshop.draw("abbot", 0..<4)
        let recipe = try workshop.folder.write(
            "recipe.yaml",
            """
            name: on
            data: {folder: pictures}
            preprocessing: {size: 8, channels: rgb, placement: stretch}
            backbone: start
            training: {start: vector.safetensors}
            """)
        let outcome = try run("train", recipe, "--data", workshop.pictures)
        #expect(outcome.code == 1 && outcome.errors.contains("holds a foreign network"), "\(outcome.errors)")
    }

    @Test func ownNetworksAreExported() throws {
        let written = try run(
            "backbone", "export", workshop.backbone, "--output", folder + "/small.onnx", "--json"
        ).json()
        #expect(written["dimension"] as? Int == 8)
        let outcome = try run(
            "backbone", "import", folder + "/small.onnx", "--output", folder + "/again.safetensors", "--json")
        let own = try run("backbone", "show", workshop.backbone, "--json").json()
        let again = try outcome.json()
        #expect(again["preprocessing"] as? NSDictionary == own["preprocessing"] as? NSDictionary)
        #expect(
            again["parameters"] as? Int == own["parameters"] as? Int && again["metric"] as? String == "l2")
        // What was imported comes out as it came in.
        #expect(
            try run("backbone", "export", folder + "/again.safetensors", "--output", folder + "/out.onnx")
                .code == 0)
        #expect(
            FileManager.default.contentsEqual(atPath: folder + "/out.onnx", andPath: folder + "/small.onnx"))
        for name in ["hog", "hog+pixels"] {
            try run("backbone", "export", name, "--output", folder + "/hog.onnx").expectFailure(
                "the backbone '\(name)' is not one of Akin's own networks")
        }
        #expect(!FileManager.default.fileExists(atPath: folder + "/hog.onnx"))
        try run("backbone", "export", workshop.backbone, "--output", folder + "/none/small.onnx")
            .expectFailure("can't write")
    }
}
