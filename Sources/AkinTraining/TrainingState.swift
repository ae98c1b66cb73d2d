import AkinBasics
import AkinImages
import AkinNetworks
import AkinTensors
import AkinVectorSearch
import Foundation

/// A run in the middle, in a file beside the checkpoint: parameters with the head, statistics, the optimizer's moments,
/// what the loss remembers, where the run stands. Enough to go on to the same bits.
enum TrainingState {
    /// What is not a tensor.
    private struct Standing: Codable {
        var position: Trainer.Position
        var steps: Int
    }

    /// Writes the state of a run.
    ///
    /// - Parameters:
    ///   - history: Of its epochs.
    ///   - files: Of a run that is not through; what it may replace is kept.
    static func save(
        _ trainer: Trainer, _ history: History, to path: String, of files: TrainingFiles?
    ) throws(TrainingError) {
        let tensors = buffers(of: trainer).map { name, buffer in
            Safetensors.Tensor(name: name, shape: [buffer.count], values: Array(buffer.values))
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let standing = Standing(position: trainer.position, steps: trainer.optimizer.steps)
        // Numbers always encode.
        let text = String(decoding: try! encoder.encode(standing), as: UTF8.self)
        var metadata = [
            "akin-resume": "4", "standing": text, "recipe": recipeHash(trainer.recipe),
            "data": dataHash(trainer), "checksum": checksum(text, tensors.map(\.values)),
            "recipe-text": trainer.recipe.text, "history": history.hash,
        ]
        if files?.replaces == true { metadata["replaces"] = "yes" }
        if files?.prolongs == true { metadata["prolongs"] = "yes" }
        do {
            try OutputFile(path, replacing: true).write(
                Safetensors(tensors: tensors, metadata: metadata).bytes)
        } catch { throw .unwritable(error) }
    }

    /// Whether a saved run says so of itself.
    static func says(_ key: String, in path: String) -> Bool {
        Safetensors.metadata(ofFile: path)[key] != nil
    }

    /// Brings a run that has not begun to where a saved one stood. Returns the hash of its history; nil where the state is of an earlier
    /// version, which kept none.
    static func restore(_ trainer: Trainer, from path: String) throws(TrainingError) -> String? {
        func unreadable(_ reason: String) -> TrainingError { .unreadableState(path: path, reason: reason) }
        let file: Safetensors
        do {
            file = try Safetensors(bytes: FileBytes.read(path, limit: 1 << 34))
        } catch { throw unreadable("\(error)") }
        guard file.metadata["akin-resume"] == "4", let text = file.metadata["standing"],
            let standing = try? JSONDecoder().decode(Standing.self, from: Data(text.utf8))
        else { throw unreadable("it is not the state of a run of this version of akin") }
        let isSameRecipe = file.metadata["recipe"] == recipeHash(trainer.recipe)
        let isSameData = file.metadata["data"] == dataHash(trainer)
        guard isSameRecipe && isSameData else {
            let differs = whatDiffers(
                from: file.metadata["recipe-text"], of: trainer.recipe, withData: !isSameData)
            throw .otherRun(
                path: path, differs: differs ?? (isSameRecipe ? "data set" : trainer.recipe.untold))
        }
        let tensors = buffers(of: trainer).map { file[$0.0]?.values ?? [] }
        guard file.metadata["checksum"] == checksum(text, tensors) else { throw unreadable("it is damaged") }
        let (done, epochs) = (standing.position.epoch, trainer.recipe.training.epochs)
        guard done < epochs || (done == epochs && standing.position.step == 0) else {
            throw .pastTheEnd(path: path, done: done, epochs: epochs)
        }
        for ((name, buffer), values) in zip(buffers(of: trainer), tensors) {
            guard values.count == buffer.count else { throw unreadable("its tensor \(name) does not fit") }
            buffer.base.update(from: values, count: buffer.count)
        }
        trainer.position = standing.position
        trainer.optimizer.resume(after: standing.steps)
        return file.metadata["history"]
    }

    /// In which of the keys that lead to another backbone a recipe differs from one whose text was kept.
    ///
    /// - Parameter withData: Also in those that say which pictures there are; most lead to the same ones.
    static func differences(
        from text: String, of recipe: Recipe, withData: Bool = false
    ) -> [RecipeDifference] {
        let groups = ["backbone", "preprocessing", "training"] + (withData ? ["data"] : [])
        let training = recipe.training
        return RecipeDifference.all(among: [text, recipe.text]).filter { difference in
            switch difference.key {
            case "training.epochs": !training.epochsMayGrow
            case "training.held-out-pictures": false
            case "index.metric": training.validation != nil
            case let key: groups.contains { key.hasPrefix($0) }
            }
        }
    }

    /// Named in a message: `recipe: training.seed was 3 and is 4`; nil where no key is known that differs.
    private static func whatDiffers(from text: String?, of recipe: Recipe, withData: Bool) -> String? {
        let found = text.map { differences(from: $0, of: recipe, withData: withData) } ?? []
        guard !found.isEmpty else { return nil }
        let named = found.prefix(3).map { one in
            let (before, now) = (one.values[0] ?? "not there", one.values[1] ?? "not there")
            return "\(one.key) was \(before) and is \(now)"
                + (one.key == "training.epochs" ? " (a cosine schedule depends on it)" : "")
        }
        return "recipe: " + named.joined(separator: ", ")
            + (found.count > 3 ? ", and \(found.count - 3) more" : "")
    }

    private static func buffers(of trainer: Trainer) -> [(String, FloatBuffer)] {
        var buffers = [("values", trainer.network.values), ("statistics", trainer.network.statistics)]
        buffers += trainer.optimizer.buffers.map { ($0.name, $0.buffer) }
        if let memory = trainer.loss.state { buffers.append(("loss", memory)) }
        if let best = trainer.best {
            buffers += [("best.values", best.values), ("best.statistics", best.statistics)]
        }
        return buffers
    }

    /// The format has none of its own, and a damaged weight would train on unnoticed.
    private static func checksum(_ standing: String, _ tensors: [[Float]]) -> String {
        let hashes = tensors.map { tensor in tensor.withUnsafeBytes { ContentHash(of: $0) } }
        return ContentHash(of: "\(standing) \(hashes)".utf8).description
    }

    /// Tells runs apart that would not lead to the same backbone.
    fileprivate static func recipeHash(_ recipe: Recipe) -> String {
        var training = recipe.training
        if training.epochsMayGrow { training.epochs = 0 }
        training.heldOutPictures = nil
        // What is compared in validation, and so which epoch is the best one.
        let metric = training.validation == nil ? "" : recipe.index.metric.rawValue
        let frozen = recipe.frozen.map { " above \($0.checkpoint.hash), \($0.views) views" } ?? ""
        return ContentHash(
            of: "\(recipe.backbone) \(recipe.preprocessing) \(training) \(metric)\(frozen)".utf8
        ).description
    }

    static func dataHash(_ trainer: Trainer) -> String {
        let parts = [trainer.data, trainer.validationData].map { data in
            guard let data else { return "none" }
            let inputs = data.inputs.values.prefix(data.count * data.inputCount)
            let pixels = ContentHash(of: UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: inputs)))
            return "\(pixels) \(data.classes) \(data.labels)"
        }
        return ContentHash(of: "\(parts)".utf8).description
    }
}

extension Trainer {
    /// Tells it from trainers that would not come to the same backbone: by recipe, seed and pictures.
    package var identity: String {
        ContentHash(of: "\(TrainingState.recipeHash(recipe)) \(TrainingState.dataHash(self))".utf8)
            .description
    }
}

extension Recipe {
    /// What of it leads to another backbone, where nothing more is known.
    fileprivate var untold: String {
        training.epochsMayGrow
            ? "recipe or seed" : "recipe, seed or number of epochs (a cosine schedule depends on it)"
    }
}

extension Recipe.Training {
    /// Whether a run may go on for more epochs than it was begun with: a cosine reaches its floor at the last one, so with
    /// more of them all its rates are others.
    fileprivate var epochsMayGrow: Bool {
        if case .cosine = schedule { false } else { true }
    }
}
