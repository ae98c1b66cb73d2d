import AkinEmbedding
import AkinImages
import AkinVectorSearch

extension Checkpoint: Backbone {
    /// An index keeps a checkpoint as the safetensors file that it is.
    public static var format: String { "akin-checkpoint" }

    /// Reads a checkpoint from a file's bytes.
    public init(bytes: [UInt8]) throws(CheckpointError) {
        try self.init(bytes: bytes, path: "the checkpoint")
    }

    /// Its name and hash.
    public var identity: BackboneIdentity { BackboneIdentity(name: name, hash: hash) }

    /// The similarity that was learned with the embeddings, as a distance; nil if none was, or one of other embeddings.
    public var learnedL1: LearnedL1? {
        func values(_ name: String, _ shape: [Int]) -> [Float]? {
            head.first { $0.name == name && $0.shape == shape }?.values
        }
        guard let weights = values("similarity.weight", [dimension, 1]),
            let bias = values("similarity.bias", [1])
        else { return nil }
        // With embeddings as large as are allowed, their distances must still be numbers.
        guard weights.reduce(bias[0].magnitude, { $0 + $1.magnitude }) < 0x1p60 else { return nil }
        return LearnedL1(weights: weights.map { -$0 }, offset: -bias[0])
    }

    /// The network, forward only.
    public func pass(capacity: Int) -> any BackbonePass { EmbeddingPass(network(), capacity: capacity) }
}

extension EmbeddingPass: BackbonePass {}
