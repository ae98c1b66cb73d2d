import AkinImages
import AkinNetworks
import AkinTraining
import TestSupport
import Testing

/// Recipes with a frozen part: what is read, and what is refused.
@Suite struct FrozenRecipeTests {
    private let workshop: Workshop

    init() throws { workshop = try Workshop() }

    private func recipe(_ backbone: String, _ rest: String = "", setting settings: [String] = []) throws
        -> Recipe
    {
        try Recipe(
            text: "data: {}\nbackbone: \(backbone)\n\(rest)", path: workshop.folder.path + "/r.yaml",
            setting: settings)
    }

    private func message(_ backbone: String, _ rest: String = "") -> String? {
        do {
            _ = try recipe(backbone, rest)
            return nil
        } catch { return "\(error)".replacing(workshop.folder.path + "/", with: "") }
    }

    @Test func isRead() throws {
        let checkpoint = try Checkpoint(contentsOf: workshop.backbone)
        let recipe = try recipe(
            "{frozen: small.safetensors, layers: [dense: 5, relu, dense: 3], views: 2}",
            "training: {augmentation: {shift: 0.1}}")
        #expect(recipe.frozen == .init(checkpoint, views: 2))
        #expect(recipe.backbone == [.dense(units: 5), .activation(.relu), .dense(units: 3)])
        #expect(recipe.preprocessing == checkpoint.preprocessing && recipe.ready == nil)
        try recipe.check()
        // By its whole path or its name too, and with eight views.
        let layers = "layers: [dense: 5]}"
        #expect(
            try self.recipe("{frozen: \(workshop.backbone), \(layers)").frozen == .init(checkpoint, views: 8))
        #expect(try self.recipe("{frozen: shapes, \(layers)").frozen?.checkpoint.name == "shapes")
        // As any recipe, changed from outside.
        let changed = try self.recipe(
            "{frozen: shapes, \(layers)",
            setting: ["backbone.frozen=small.safetensors", "backbone.layers[0].dense=9"])
        #expect(changed.frozen == .init(checkpoint) && changed.backbone == [.dense(units: 9)])
        // The same, made in Swift.
        var made = Recipe(
            name: recipe.name, data: recipe.data, frozen: .init(checkpoint, views: 2),
            layers: recipe.backbone, training: recipe.training, path: recipe.path)
        #expect(made == recipe)
        made.frozen?.views = 3
        #expect(made != recipe)
    }

    @Test func whatCannotBeFrozenIsSaid() throws {
        for name in ["hog", "hog+shapes", "nothing-of-the-kind"] {
            let message = self.message("{frozen: \(name), layers: [dense: 5]}") ?? "none"
            #expect(
                message.hasPrefix(
                    "r.yaml, line 2: backbone.frozen is \"\(name)\"; give a network of Akin's own, by its path or its name ("
                ), "\(message)")
            #expect(
                message.hasSuffix(
                    "shapes): pixels, hog, foreign networks and several side by side can't be frozen"),
                "\(message)")
        }
        let missing = message("{frozen: ./none.safetensors, layers: [dense: 5]}")
        #expect(
            missing?.hasPrefix(
                "r.yaml, line 2: the frozen part: the checkpoint ./none.safetensors: ") == true,
            "\(missing ?? "none")")
        try workshop.folder.write("broken.safetensors", "no checkpoint")
        #expect(
            message("{frozen: broken.safetensors, layers: [dense: 5]}")?.hasPrefix(
                "r.yaml, line 2: the frozen part: broken.safetensors is not a checkpoint: ") == true)
        let foreign = Safetensors(
            tensors: [], blobs: [.init(name: "onnx.model", bytes: [1, 2, 3])], metadata: ["akin": "{}"])
        try workshop.folder.write("foreign.safetensors", foreign.bytes)
        #expect(
            message("{frozen: foreign.safetensors, layers: [dense: 5]}")
                == "r.yaml, line 2: backbone.frozen is \"foreign.safetensors\"; give a network of Akin's own, by its path or "
                + "its name: pixels, hog, foreign networks and several side by side can't be frozen")
    }

    @Test func whatDoesNotGoTogetherIsSaid() {
        let whole = "{frozen: small.safetensors, layers: [dense: 5]}"
        for (backbone, rest, expected) in [
            ("{layers: [dense: 5]}", "", "r.yaml: the key backbone.frozen is missing; add it"),
            ("{frozen: small.safetensors}", "", "r.yaml: the key backbone.layers is missing; add it"),
            (
                "{frozn: small.safetensors, layers: []}", "",
                "r.yaml, line 2: there is no key backbone.frozn; did you mean backbone.frozen?"
            ),
            (
                "{frozen: small.safetensors, layers: []}", "",
                "r.yaml, line 2: backbone.layers is a list; give a list of layers"
            ),
            (
                "{frozen: small.safetensors, layers: [dens: 3]}", "",
                "r.yaml, line 2: there is no layer dens; did you mean dense?"
            ),
            (
                "{frozen: small.safetensors, layers: [dense: 3], colour: 3}", "",
                "r.yaml, line 2: there is no key backbone.colour here; "
                    + "there are backbone.frozen, backbone.layers, backbone.views"
            ),
            (
                "{frozen: small.safetensors, layers: [dense: 3], views: 0}", "",
                "r.yaml, line 2: backbone.views is \"0\"; give a whole number, 1 to 1000"
            ),
            (
                "{frozen: small.safetensors, layers: [dense: 3], views: 4}", "",
                "r.yaml, line 2: backbone.views is \"4\"; give it with training.augmentation only: without, all views of "
                    + "a picture are alike"
            ),
            (
                whole, "preprocessing: {size: 8}",
                "r.yaml, line 3: preprocessing is a group of keys; give none: the frozen part brings its own"
            ),
            (
                whole, "training: {start: shapes}",
                "r.yaml, line 3: training.start is \"shapes\"; give none: above a frozen part the layers begin anew"
            ),
        ] { #expect(message(backbone, rest) == expected) }
    }

    @Test func whatIsMadeInSwiftIsChecked() throws {
        let frozen = Recipe.Frozen(try Checkpoint(contentsOf: workshop.backbone))
        func message(_ change: (inout Recipe) -> Void) -> String? {
            var recipe = Recipe(frozen: frozen, layers: [.dense(units: 4)])
            change(&recipe)
            do throws(RecipeError) {
                try recipe.check()
                return nil
            } catch { return error.description }
        }
        #expect(message { _ in } == nil)
        #expect(
            message { $0.frozen?.views = 0 }
                == "the recipe: backbone.views is 0; give a whole number, 1 to 1000")
        #expect(
            message { $0.training.start = "shapes" }
                == "the recipe: training.start is shapes; give none: above a frozen part the layers begin anew"
        )
        #expect(
            message { $0.preprocessing.height = 8 }?.hasSuffix("the frozen part brings its own") == true)
    }

    @Test func layersThatDoNotFitAreSaid() throws {
        let frozen = Recipe.Frozen(try Checkpoint(contentsOf: workshop.backbone))
        let symbols = DrawnSymbols(3, seed: 1)
        let images = PreparedImages(
            trusted: symbols.inputs, labels: symbols.labels, preprocessing: frozen.checkpoint.preprocessing)
        func message(_ layers: [LayerSpecification]) -> String? {
            do throws(TrainingError) {
                _ = try Trainer(Recipe(frozen: frozen, layers: layers), data: images)
                return nil
            } catch { return error.description }
        }
        #expect(message([.dense(units: 4)]) == nil)
        #expect(
            message([.l2Normalization])
                == "the recipe: the backbone has no layer with weights; add a conv2d or a dense layer")
        #expect(
            message([.conv2d(filters: 3, kernel: 3)])?.hasPrefix(
                "the recipe: conv2d_1: its input is only 1 x 1 x 8")
                == true)
    }
}
