import AkinImages
import AkinTensors

/// Turns images into embeddings with a checkpoint's backbone, on all threads of the pool.
///
/// It keeps buffers for one batch: not to be used from two threads at once.
public final class Embedder {
    /// The backbone.
    public let checkpoint: Checkpoint
    /// How many images go through the network at once at most.
    public let batch: Int
    private let pass: EmbeddingPass

    /// Makes room for `batch` images and loads the weights.
    public init(_ checkpoint: Checkpoint, batch: Int = 64) {
        precondition(batch > 0, "a batch has at least one image")
        self.checkpoint = checkpoint
        self.batch = batch
        pass = EmbeddingPass(checkpoint.network(), capacity: batch)
    }

    /// Embeddings `[count, dimension]` of `count` preprocessed images `[count, height, width, channels]`. An
    /// image's embedding does not depend on the others of its batch.
    public func embeddings(of inputs: [Float], count: Int) -> Matrix {
        let size = checkpoint.preprocessing.inputCount
        precondition(inputs.count == count * size, "inputs are not of the backbone's size")
        let values = [Float](unsafeUninitializedCapacity: count * checkpoint.dimension) { buffer, filled in
            inputs.withUnsafeBufferPointer { inputs in
                for first in stride(from: 0, to: count, by: batch) {
                    let part = min(batch, count - first)
                    let result = pass.run(inputs.baseAddress! + first * size, count: part)
                    (buffer.baseAddress! + first * checkpoint.dimension)
                        .initialize(from: result, count: part * checkpoint.dimension)
                }
            }
            filled = count * checkpoint.dimension
        }
        return Matrix(rows: count, columns: checkpoint.dimension, values: values)
    }

    /// Preprocesses and embeds: `[images.count, dimension]`.
    public func embeddings(of images: [Image]) -> Matrix {
        let size = checkpoint.preprocessing.inputCount
        let inputs = FloatBuffer(count: images.count * size)
        ThreadPool.shared.forEach(images.count) { i, _ in
            checkpoint.preprocessing.write(images[i], to: inputs.base + i * size)
        }
        return embeddings(of: Array(inputs.values), count: images.count)
    }
}
