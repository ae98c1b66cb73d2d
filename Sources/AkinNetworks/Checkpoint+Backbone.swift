import AkinEmbedding
import AkinImages
import AkinVectorSearch

extension Checkpoint: Backbone {
    /// An index keeps a checkpoint as the safetensors file that it is.
    public static var format: String { "akin-checkpoint" }

    /// Reads a checkpoint from a file's bytes; it has no parts.
    public init(bytes: [UInt8], kinds: BackboneRegistry) throws(CheckpointError) {
        try self.init(bytes: bytes)
    }

    /// Reads a checkpoint from a file's bytes.
    public init(bytes: [UInt8]) throws(CheckpointError) {
        try self.init(bytes: bytes, path: "the checkpoint")
    }

    /// Its name and hash.
    public var identity: BackboneIdentity { BackboneIdentity(name: name, hash: hash) }

    /// One input.
    public var input: BackboneInput { BackboneInput(preprocessing) }

    /// What its details say; Euclidean distance where they say nothing.
    public var metric: Metric.Kind { details.metric ?? .l2 }

    /// The similarity that was learned with the embeddings, as a distance; nil if none was, or one of other embeddings.
    public var learnedL1: LearnedL1? { try? learnedSimilarity() }

    /// The network, forward only.
    public func pass(capacity: Int) -> any BackbonePass { EmbeddingPass(network(), capacity: capacity) }
}

extension EmbeddingPass: BackbonePass {}
