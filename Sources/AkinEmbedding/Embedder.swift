import AkinBasics
import AkinImages
import AkinTensors
import Synchronization

/// Turns pictures into embeddings with a backbone, on all threads of the pool.
///
/// Tasks and threads may share one: each that asks while others do gets the same bits as if it asked alone. It keeps buffers for
/// one batch, and for one more for each further thread that asks at the same time.
public final class Embedder: Sendable {
    /// What embeds.
    public let backbone: any Backbone
    /// How many pictures go through the backbone at once at most.
    public let batch: Int
    /// What the backbone has made of pictures before, by their contents: who adds pictures need not embed these again.
    package let made: [ContentHash: Made]
    /// Length of what it makes of a picture.
    package let dimension: Int
    private let idle: Mutex<[Pass]>

    /// What a backbone made of a picture.
    package struct Made: Sendable {
        package let embedding: [Float]
        /// Whether the picture is of one colour, or its input is.
        package let isBlank: Bool

        package init(embedding: [Float], isBlank: Bool) {
            (self.embedding, self.isBlank) = (embedding, isBlank)
        }
    }

    /// Only the thread that has taken it out of `idle` uses it.
    private struct Pass: @unchecked Sendable {
        let pass: any BackbonePass
    }

    /// Makes room for 64 pictures and loads the weights.
    public convenience init(_ backbone: any Backbone) { self.init(backbone, made: [:]) }

    /// As the above, with room for `batch` pictures.
    ///
    /// - Throws: `EmbeddingError.emptyBatch`
    public convenience init(_ backbone: any Backbone, batch: Int) throws(EmbeddingError) {
        guard batch > 0 else { throw .emptyBatch(batch) }
        self.init(backbone, batch: batch, made: [:])
    }

    /// As the above, for one that has made something before.
    package init(_ backbone: any Backbone, batch: Int = 64, made: [ContentHash: Made]) {
        precondition(batch > 0, "a batch has at least one image")
        self.backbone = backbone
        self.batch = batch
        self.made = made
        dimension = backbone.dimension
        idle = Mutex([Pass(pass: backbone.pass(capacity: batch))])
    }

    /// One that makes of every picture that can be read the same single number, for a trial of what would become of pictures.
    package init(onTrial backbone: any Backbone) {
        (self.backbone, batch, made, dimension) = (backbone, TrialPass.batch, [:], 1)
        idle = Mutex([Pass(pass: TrialPass())])
    }

    /// Embeddings `[count, dimension]` of the inputs of `count` images, `[count, backbone.input.count]`. An
    /// image's embedding does not depend on the others of its batch.
    ///
    /// - Throws: `EmbeddingError.wrongInputCount`
    public func embeddings(of inputs: [Float], count: Int) throws(EmbeddingError) -> Matrix {
        let (expected, isTooLarge) = count.multipliedReportingOverflow(by: backbone.input.count)
        guard count >= 0, !isTooLarge, inputs.count == expected else {
            throw .wrongInputCount(pictures: count, expected: expected, found: inputs.count)
        }
        return inputs.withUnsafeBufferPointer { embeddings(of: $0, count: count) }
    }

    /// Embeddings of what was read, `[batch.decoded.count, dimension]`.
    ///
    /// - Throws: `EmbeddingError.wrongInputCount` where it was read for another backbone.
    public func embeddings(of batch: InputBatch) throws(EmbeddingError) -> Matrix {
        let expected = batch.decoded.count * backbone.input.count
        guard batch.inputs.count == expected else {
            throw .wrongInputCount(
                pictures: batch.decoded.count, expected: expected, found: batch.inputs.count)
        }
        return embeddings(trusted: batch)
    }

    /// As the above, of what was read for this backbone.
    package func embeddings(trusted batch: InputBatch) -> Matrix {
        batch.inputs.withUnsafeBufferPointer { embeddings(of: $0, count: batch.decoded.count) }
    }

    /// Preprocesses and embeds: `[images.count, dimension]`.
    public func embeddings(of images: [Image]) -> Matrix {
        let input = backbone.input
        let size = input.count
        let inputs = FloatBuffer(count: images.count * size)
        ThreadPool.shared.forEach(images.count) { i, _ in
            input.write(images[i], to: inputs.base + i * size)
        }
        return embeddings(of: UnsafeBufferPointer(inputs.values), count: images.count)
    }

    /// As for an array.
    package func embeddings(of inputs: UnsafeBufferPointer<Float>, count: Int) -> Matrix {
        let size = backbone.input.count
        precondition(inputs.count == count * size, "inputs are not of the backbone's size")
        let taken = idle.withLock { $0.popLast() } ?? Pass(pass: backbone.pass(capacity: batch))
        let values = [Float](unsafeUninitializedCapacity: count * dimension) { buffer, filled in
            for first in stride(from: 0, to: count, by: batch) {
                let part = min(batch, count - first)
                let result = taken.pass.run(inputs.baseAddress! + first * size, count: part)
                (buffer.baseAddress! + first * dimension).initialize(from: result, count: part * dimension)
            }
            filled = count * dimension
        }
        idle.withLock { $0.append(taken) }
        return Matrix(rows: count, columns: dimension, trusted: values)
    }
}

/// Embeds nothing: the memory is that of as many zeros as a batch has pictures.
private final class TrialPass: BackbonePass {
    static let batch = 64
    private let zeros = FloatBuffer(count: TrialPass.batch)

    func run(_ inputs: UnsafePointer<Float>, count: Int) -> UnsafePointer<Float> { UnsafePointer(zeros.base) }
}
