import AkinEmbedding
import AkinImages
import AkinNetworks
import AkinTensors
import AkinVectorSearch
import Synchronization

/// A foreign network, run by ONNX Runtime: a picture a thread, each on that thread alone. An embedding is the same, to the last bit,
/// whatever other pictures there are and how many threads; another version of ONNX Runtime may compute the last bits otherwise.
///
/// Where the model cannot be run on a picture, as for want of memory, the embedding is not a number, which no index takes. Revived from its
/// bytes it can be described; ONNX Runtime is looked for when `prepare()` or a pass asks for it.
public struct ONNXBackbone: Backbone {
    /// As it is kept.
    public let checkpoint: ONNXCheckpoint
    private let loading: Loading

    /// Gives the model to ONNX Runtime.
    ///
    /// - Parameter runtime: nil to look for it.
    /// - Throws: `ONNXError` where there is none, or it does not take the model.
    public init(_ checkpoint: ONNXCheckpoint, runtime: ONNXRuntime? = nil) throws(ONNXError) {
        self.checkpoint = checkpoint
        loading = Loading()
        _ = try loading.network(of: checkpoint, runtime)
    }

    /// How an index keeps it.
    public static var format: String { "akin-onnx" }

    /// Reads what `bytes` gave; ONNX Runtime is looked for when it is needed.
    public init(bytes: [UInt8], kinds: BackboneRegistry) throws(CheckpointError) {
        checkpoint = try ONNXCheckpoint(bytes: bytes, path: "the backbone")
        loading = Loading()
    }

    /// Gives the model to ONNX Runtime, unless that is done.
    ///
    /// - Throws: `ONNXError`
    public func prepare() throws { _ = try loading.network(of: checkpoint, nil) }

    /// The safetensors file.
    public var bytes: [UInt8] { checkpoint.bytes }
    /// Its name and hash.
    public var identity: BackboneIdentity { checkpoint.identity }
    /// As its first run has shown.
    public var dimension: Int { checkpoint.use.dimension }
    /// One input.
    public var input: BackboneInput { BackboneInput(checkpoint.preprocessing) }
    /// What its importer has said.
    public var metric: Metric.Kind { checkpoint.details.metric }

    /// One picture a thread. Without ONNX Runtime no embedding is a number.
    public func pass(capacity: Int) -> any BackbonePass {
        ONNXPass(checkpoint, try? loading.network(of: checkpoint, nil), capacity: capacity)
    }
}

/// A network that is given to ONNX Runtime when it is first asked for.
private final class Loading: Sendable {
    private let loaded = Mutex<ForeignNetwork?>(nil)

    func network(
        of checkpoint: ONNXCheckpoint, _ runtime: ONNXRuntime?
    ) throws(ONNXError) -> ForeignNetwork {
        try loaded.withLock { (loaded) throws(ONNXError) in
            if let loaded { return loaded }
            let runtime = if let runtime { runtime } else { try ONNXRuntime.found() }
            let network = try ForeignNetwork(checkpoint, runtime)
            loaded = network
            return network
        }
    }
}

/// A network that ONNX Runtime has taken, for pictures that are prepared as it wants them.
private struct ForeignNetwork: Sendable {
    private let session: ONNXSession
    private let picture: PictureInput
    private let preprocessing: Preprocessing
    private let use: ONNXUse

    init(_ checkpoint: ONNXCheckpoint, _ runtime: ONNXRuntime) throws(ONNXError) {
        let path = "the backbone '\(checkpoint.details.name)'"
        (preprocessing, use) = (checkpoint.preprocessing, checkpoint.use)
        session = try runtime.session(checkpoint.model, path: path)
        picture = try PictureInput(of: session, path: path)
        guard picture.takes(preprocessing) else {
            throw .notAPicture(path: path, input: picture.place.name, found: "\(picture.place)")
        }
        guard session.outputs.contains(where: { $0.name == checkpoint.use.output }) else {
            throw .noOutput(path: path, name: checkpoint.use.output, known: session.outputs.map(\.name))
        }
    }

    /// Floats that have room for a batch.
    var roomForBatch: Int { (picture.size(preprocessing) + 63) / 64 * 16 }

    /// Embeds a picture `[height, width, channels]`; `batch` is room for one, zeros at first. Whether that could be done.
    func embed(
        _ values: UnsafePointer<Float>, in batch: UnsafeMutableRawPointer,
        to embedding: UnsafeMutablePointer<Float>
    ) -> Bool {
        picture.write(values, preprocessing, to: batch)
        let given = UnsafeRawBufferPointer(start: batch, count: picture.size(preprocessing))
        let isDone = try? session.run(
            picture.place, given, sides: picture.sides(preprocessing), output: use.output
        ) { output in
            let layout = output.layout(use.pooling, order: use.order, batch: picture.batch)
            guard let layout, layout.dimension == use.dimension else { return false }
            output.write(layout, to: embedding)
            return true
        }
        return isDone ?? false
    }
}

private final class ONNXPass: BackbonePass {
    private let network: ForeignNetwork?
    private let size: Int
    private let dimension: Int
    private let embeddings: FloatBuffer
    /// One for each thread.
    private let batches: FloatBuffer

    init(_ checkpoint: ONNXCheckpoint, _ network: ForeignNetwork?, capacity: Int) {
        self.network = network
        size = checkpoint.preprocessing.inputCount
        dimension = checkpoint.use.dimension
        embeddings = FloatBuffer(count: capacity * dimension)
        batches = FloatBuffer(count: ThreadPool.shared.threads * (network?.roomForBatch ?? 0))
    }

    func run(_ inputs: UnsafePointer<Float>, count: Int) -> UnsafePointer<Float> {
        ThreadPool.shared.forEach(count) { image, thread in
            let embedding = embeddings.base + image * dimension
            let isDone = network?.embed(
                inputs + image * size, in: batches.base + thread * (network?.roomForBatch ?? 0), to: embedding
            )
            if isDone != true { embedding.update(repeating: .nan, count: dimension) }
        }
        return UnsafePointer(embeddings.base)
    }
}
