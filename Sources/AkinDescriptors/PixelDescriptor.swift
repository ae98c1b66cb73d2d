import AkinEmbedding
import AkinImages
import AkinTensors
import AkinVectorSearch

/// A picture's own values: small, less their mean, scaled to unit length. It needs no training. Of a picture of one colour
/// the embedding is zeros.
public struct PixelDescriptor: Backbone {
    /// How a picture becomes its input.
    public let preprocessing: Preprocessing

    /// Of pictures in colour, or grey.
    public init(_ channels: Preprocessing.Channels = .rgb) {
        // A size that is allowed.
        try! self.init(
            preprocessing: Preprocessing(
                trusted: 16, width: 16, channels: channels, placement: .stretch, scaling: .standardise))
    }

    /// Of an input of another size, or made otherwise.
    ///
    /// - Throws: `DescriptorError.badSize` where the embedding would be too long.
    public init(preprocessing: Preprocessing) throws(DescriptorError) {
        self.preprocessing = preprocessing
        guard preprocessing.isUsable(from: 1), preprocessing.inputCount <= CodeSpace.largestDimension else {
            throw .badSize(
                kind: "pixels", height: preprocessing.height, width: preprocessing.width, least: 1,
                dimension: CodeSpace.largestDimension)
        }
    }

    /// How an index keeps it.
    public static var format: String { "akin-pixels" }

    /// Reads what `bytes` gave.
    public init(bytes: [UInt8], kinds: BackboneRegistry) throws(DescriptorError) {
        try self.init(preprocessing: DescriptorRecord(bytes, kind: "pixels").preprocessing)
    }

    /// The preprocessing, as JSON.
    public var bytes: [UInt8] { DescriptorRecord(preprocessing).bytes }
    /// `pixels`, or of grey pictures `pixels-grey`.
    public var identity: BackboneIdentity {
        BackboneIdentity(descriptor: "pixels", Self.format, bytes, preprocessing.channels)
    }
    /// `height * width * channels`.
    public var dimension: Int { preprocessing.inputCount }
    /// One input.
    public var input: BackboneInput { BackboneInput(preprocessing) }
    /// The cosine: of values less their mean, it is their correlation.
    public var metric: Metric.Kind { .cosine }

    /// Copies and scales.
    public func pass(capacity: Int) -> any BackbonePass { PixelPass(dimension, capacity: capacity) }
}

private final class PixelPass: BackbonePass {
    private let dimension: Int
    private let embeddings: FloatBuffer

    init(_ dimension: Int, capacity: Int) {
        self.dimension = dimension
        embeddings = FloatBuffer(count: capacity * dimension)
    }

    func run(_ inputs: UnsafePointer<Float>, count: Int) -> UnsafePointer<Float> {
        embeddings.base.update(from: inputs, count: count * dimension)
        for image in 0..<count {
            scale(embeddings.base + image * dimension, count: dimension, toLength: 1)
        }
        return UnsafePointer(embeddings.base)
    }
}
