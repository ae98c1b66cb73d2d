import AkinBasics
import AkinNetworks
import AkinTensors
import AkinTraining
import AkinVectorSearch

/// What the backbones of a leave-one-out with retraining have made of the pictures, a file for each fold in a folder: an evaluation
/// that was interrupted goes on from there, to the same bits, and one by another classifier need not train again.
public struct RetrainedFolds: Sendable {
    /// The folder, which need not be there yet.
    public let folder: String

    /// Those in a folder.
    public init(in folder: String) { self.folder = folder }

    /// What a fold's backbone came to.
    struct Fold {
        /// Of all pictures, those left out included.
        let embeddings: Matrix
        let learned: LearnedL1?
        let isCollapsed: Bool
    }

    /// What is kept of a fold, told from others by `identity`; trained, and kept then, where there is no such one.
    func fold(_ identity: String, _ train: () throws -> Fold) throws -> Fold {
        let key = ContentHash(of: identity.utf8).description
        if let known = self[key] { return known }
        let fold = try train()
        try keep(fold, key)
        return fold
    }

    /// Nil where there is no such fold, or what is kept of it is damaged.
    private subscript(key: String) -> Fold? {
        guard let bytes = try? FileBytes.read(path(key), limit: 1 << 34),
            let file = try? Safetensors(bytes: bytes), let embeddings = file["embeddings"],
            embeddings.shape.count == 2, file.metadata["checksum"] == Self.checksum(file.tensors)
        else { return nil }
        return Fold(
            embeddings: Matrix(
                rows: embeddings.shape[0], columns: embeddings.shape[1], trusted: embeddings.values),
            learned: file["learned"].flatMap { learned in
                learned.values.last.flatMap {
                    LearnedL1(weights: Array(learned.values.dropLast()), offset: $0)
                }
            },
            isCollapsed: file.metadata["collapsed"] != nil)
    }

    private func keep(_ fold: Fold, _ key: String) throws(TrainingError) {
        var tensors = [
            Safetensors.Tensor(
                name: "embeddings", shape: [fold.embeddings.rows, fold.embeddings.columns],
                values: fold.embeddings.values)
        ]
        if let learned = fold.learned {
            let values = learned.weights + [learned.offset]
            tensors.append(.init(name: "learned", shape: [values.count], values: values))
        }
        var metadata = ["checksum": Self.checksum(tensors)]
        if fold.isCollapsed { metadata["collapsed"] = "yes" }
        do throws(WriteError) {
            try OutputFile(path(key), replacing: true).write(
                Safetensors(tensors: tensors, metadata: metadata).bytes)
        } catch { throw .unwritable(error) }
    }

    private func path(_ key: String) -> String { "\(folder)/\(key).safetensors" }

    private static func checksum(_ tensors: [Safetensors.Tensor]) -> String {
        let hashes = tensors.map { tensor in
            tensor.values.withUnsafeBytes { "\(tensor.name) \(tensor.shape) \(ContentHash(of: $0))" }
        }
        return ContentHash(of: "\(hashes)".utf8).description
    }
}
