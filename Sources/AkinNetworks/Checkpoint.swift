import AkinImages
import AkinTensors

public enum CheckpointError: Error, Equatable {
    case unreadable(path: String, reason: String)
}

/// A trained backbone: architecture, weights, preprocessing; one safetensors file.
public struct Checkpoint: Sendable {
    /// A short name for people.
    public let name: String
    public let preprocessing: Preprocessing
    /// Length of an embedding.
    public let dimension: Int
    /// Hash of architecture, weights and preprocessing: two checkpoints with the same embed alike.
    public let identity: ContentHash
    /// The safetensors file.
    public let bytes: [UInt8]

    public init(bytes: [UInt8]) throws(CheckpointError) {
        name = "stub"
        preprocessing = Preprocessing(height: 28, width: 28)
        dimension = 16
        identity = ContentHash(of: bytes)
        self.bytes = bytes
    }

    public init(contentsOf path: String) throws(CheckpointError) { try self.init(bytes: Array(path.utf8)) }

    /// Written to a temporary file beside `path`, synced and renamed over it.
    public func write(to path: String) throws(CheckpointError) {}
}
