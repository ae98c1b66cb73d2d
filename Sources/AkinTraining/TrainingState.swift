import AkinImages
import AkinNetworks
import AkinTensors

/// A run in the middle, in a file beside the checkpoint: parameters with the head, Adam's moments, the epoch. Enough
/// to go on to the same bits.
enum TrainingState {
    /// Writes the state of a run.
    static func save(_ trainer: Trainer, to path: String) throws(TrainingError) {
        let tensors = buffers(of: trainer).map { name, buffer in
            Safetensors.Tensor(name: name, shape: [buffer.count], values: Array(buffer.values))
        }
        let metadata = [
            "akin-resume": "1", "epoch": "\(trainer.epoch)", "steps": "\(trainer.optimizer.steps)",
            "recipe": recipeHash(trainer.recipe), "data": dataHash(trainer.data),
            "checksum": checksum(epoch: trainer.epoch, steps: trainer.optimizer.steps, tensors.map(\.values)),
        ]
        do {
            try AtomicFile.write(Safetensors(tensors: tensors, metadata: metadata).bytes, to: path)
        } catch { throw .unwritable(error) }
    }

    /// Brings a run that has not begun to where a saved one stood.
    static func restore(_ trainer: Trainer, from path: String) throws(TrainingError) {
        func unreadable(_ reason: String) -> TrainingError { .unreadableState(path: path, reason: reason) }
        let file: Safetensors
        do {
            file = try Safetensors(bytes: FileBytes.read(path, limit: 1 << 33))
        } catch { throw unreadable("\(error)") }
        guard file.metadata["akin-resume"] == "1", let epoch = file.metadata["epoch"].flatMap(Int.init), epoch >= 0,
            let steps = file.metadata["steps"].flatMap(Int.init), steps >= 0
        else { throw unreadable("it is not the state of a run") }
        guard file.metadata["recipe"] == recipeHash(trainer.recipe) else {
            throw .otherRun(path: path, differs: "recipe or seed")
        }
        guard file.metadata["data"] == dataHash(trainer.data) else { throw .otherRun(path: path, differs: "data set") }
        let tensors = buffers(of: trainer).map { file[$0.0]?.values ?? [] }
        guard file.metadata["checksum"] == checksum(epoch: epoch, steps: steps, tensors) else {
            throw unreadable("it is damaged")
        }
        guard epoch <= trainer.recipe.training.epochs else {
            throw .pastTheEnd(path: path, done: epoch, epochs: trainer.recipe.training.epochs)
        }
        for ((name, buffer), values) in zip(buffers(of: trainer), tensors) {
            guard values.count == buffer.count else { throw unreadable("its tensor \(name) does not fit") }
            buffer.base.update(from: values, count: buffer.count)
        }
        trainer.restore(epoch: epoch, steps: steps)
    }

    private static func buffers(of trainer: Trainer) -> [(String, FloatBuffer)] {
        [
            ("values", trainer.network.values), ("moments.first", trainer.optimizer.first),
            ("moments.second", trainer.optimizer.second),
        ]
    }

    /// The format has none of its own, and a damaged weight would train on unnoticed.
    private static func checksum(epoch: Int, steps: Int, _ tensors: [[Float]]) -> String {
        let hashes = tensors.map { tensor in tensor.withUnsafeBytes { ContentHash(of: $0) } }
        return ContentHash(of: "\(epoch) \(steps) \(hashes)".utf8).description
    }

    /// Tells runs apart that would not lead to the same backbone; the number of epochs may be raised.
    private static func recipeHash(_ recipe: Recipe) -> String {
        var training = recipe.training
        training.epochs = 0
        return ContentHash(of: "\(recipe.backbone) \(recipe.preprocessing) \(training)".utf8).description
    }

    private static func dataHash(_ data: PreparedImages) -> String {
        let inputs = data.inputs.values.prefix(data.count * data.inputCount)
        let pixels = ContentHash(of: UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: inputs)))
        return ContentHash(of: "\(pixels) \(data.classes) \(data.labels)".utf8).description
    }
}
