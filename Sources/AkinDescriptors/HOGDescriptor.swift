import AkinEmbedding
import AkinImages
import AkinTensors
import AkinVectorSearch

/// Histograms of oriented gradients (Dalal and Triggs 2005): where in a picture edges of which direction lie, whatever the
/// light, without training. Nine orientations without a sign, cells of 8 x 8 pixels, blocks of 2 x 2 cells normalised by
/// `L2-Hys`, as scikit-image's `hog` has them; the blocks together are scaled to unit length. Of a picture without edges the
/// embedding is zeros.
public struct HOGDescriptor: Backbone {
    /// How a picture becomes its input.
    public let preprocessing: Preprocessing
    private let gradients: OrientedGradients

    /// Of pictures in colour, or grey.
    public init(_ channels: Preprocessing.Channels = .rgb) {
        // A size that is allowed.
        try! self.init(
            preprocessing: Preprocessing(
                trusted: 64, width: 64, channels: channels))
    }

    /// Of an input of another size, or made otherwise.
    ///
    /// - Throws: `DescriptorError.badSize` where it has less than 2 x 2 cells of 8 x 8 pixels, or the
    ///   embedding would be too long.
    public init(preprocessing: Preprocessing) throws(DescriptorError) {
        self.preprocessing = preprocessing
        gradients = OrientedGradients(
            height: preprocessing.height, width: preprocessing.width, channels: preprocessing.channels.count)
        let least = OrientedGradients.cell * OrientedGradients.block
        guard preprocessing.isUsable(from: least), gradients.count <= CodeSpace.largestDimension else {
            throw .badSize(
                kind: "hog", height: preprocessing.height, width: preprocessing.width, least: least,
                dimension: CodeSpace.largestDimension)
        }
    }

    /// How an index keeps it.
    public static var format: String { "akin-hog" }

    /// Reads what `bytes` gave.
    public init(bytes: [UInt8], kinds: BackboneRegistry) throws(DescriptorError) {
        try self.init(preprocessing: DescriptorRecord(bytes, kind: "hog").preprocessing)
    }

    /// The preprocessing, as JSON.
    public var bytes: [UInt8] { DescriptorRecord(preprocessing).bytes }
    /// `hog`, or of grey pictures `hog-grey`.
    public var identity: BackboneIdentity {
        BackboneIdentity(descriptor: "hog", Self.format, bytes, preprocessing.channels)
    }
    /// 36 for each block.
    public var dimension: Int { gradients.count }
    /// One input.
    public var input: BackboneInput { BackboneInput(preprocessing) }
    /// The cosine.
    public var metric: Metric.Kind { .cosine }

    /// One picture a thread.
    public func pass(capacity: Int) -> any BackbonePass { HOGPass(gradients, capacity: capacity) }
}

private final class HOGPass: BackbonePass {
    private let gradients: OrientedGradients
    private let embeddings: FloatBuffer
    private let cells: FloatBuffer

    init(_ gradients: OrientedGradients, capacity: Int) {
        self.gradients = gradients
        embeddings = FloatBuffer(count: capacity * gradients.count)
        cells = FloatBuffer(count: ThreadPool.shared.threads * gradients.cellCount)
    }

    func run(_ inputs: UnsafePointer<Float>, count: Int) -> UnsafePointer<Float> {
        let size = gradients.height * gradients.width * gradients.channels
        ThreadPool.shared.forEach(count) { image, thread in
            let embedding = embeddings.base + image * gradients.count
            gradients.write(
                inputs + image * size, to: embedding, cells: cells.base + thread * gradients.cellCount)
            scale(embedding, count: gradients.count, toLength: 1)
        }
        return UnsafePointer(embeddings.base)
    }
}
