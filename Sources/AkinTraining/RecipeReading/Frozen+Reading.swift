import AkinEmbedding
import AkinImages
import AkinNetworks

extension Recipe {
    /// `backbone: {frozen: FILE, layers: [...], views: 8}`
    mutating func readFrozen(_ reader: inout RecipeReader) throws(RecipeError) {
        try reader.require("frozen", "layers")
        if reader.node("frozen") != nil {
            var name = ""
            try reader.string("frozen", into: &name)
            let checkpoint = try checkpoint(frozen: name, reader)
            var lower = Frozen(checkpoint, views: frozen?.views ?? Frozen(checkpoint).views)
            lower.file = try? path(ofBackbone: name)
            lower.name = BackboneFolders.isPath(name) ? nil : name
            frozen = lower
            preprocessing = checkpoint.preprocessing
        }
        if let layers = reader.node("layers") {
            backbone = try LayerSpecification.list(layers, source: reader.source, place: "backbone.layers")
        }
        if var frozen {
            try reader.integer("views", in: 1...1000, into: &frozen.views)
            self.frozen = frozen
        }
        try reader.finish()
    }

    private func checkpoint(frozen name: String, _ reader: RecipeReader) throws(RecipeError) -> Checkpoint {
        func unusable(_ known: [String]) -> RecipeError {
            let names = known.isEmpty ? "" : " (\(known.joined(separator: ", ")))"
            return reader.wrong(
                "frozen", name,
                expected: "a network of Akin's own, by its path or its name\(names): pixels, hog, foreign "
                    + "networks and several side by side can't be frozen")
        }
        let path: String
        do { path = try self.path(ofBackbone: name) } catch {
            guard case .unknownName(_, _, let known, _) = error else { throw unusable([]) }
            throw unusable(known)
        }
        do { return try Checkpoint(contentsOf: path) } catch .foreign { throw unusable([]) } catch {
            throw .noFrozenPart(at: reader.place("frozen"), error)
        }
    }

    /// Refuses what means nothing with a frozen part. `training` and `backbone` are the readers of these groups.
    func checkFrozen(
        _ reader: RecipeReader, training: RecipeReader, backbone: RecipeReader
    ) throws(RecipeError) {
        guard let frozen else { return }
        if reader.has("preprocessing") || preprocessing != frozen.checkpoint.preprocessing {
            throw reader.wrong(
                "preprocessing", preprocessing, expected: "none: the frozen part brings its own")
        }
        if let start = self.training.start {
            throw training.wrong(
                "start", start, expected: "none: above a frozen part the layers begin anew")
        }
        if backbone.has("views"), self.training.augmentation.isNone {
            throw backbone.wrong(
                "views", frozen.views,
                expected: "it with training.augmentation only: without, all views of a picture are alike")
        }
    }
}
