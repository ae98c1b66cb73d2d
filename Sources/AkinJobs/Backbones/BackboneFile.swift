import AkinEmbedding
import AkinNetworks
import AkinONNX

/// A file with a backbone: a network of Akin's own, or a foreign one.
enum BackboneFile {
    case own(Checkpoint)
    case foreign(ONNXCheckpoint)

    init(contentsOf path: String) throws(CheckpointError) {
        let bytes = try Checkpoint.bytes(of: path)
        if ONNXCheckpoint.isOne(bytes) {
            self = .foreign(try ONNXCheckpoint(bytes: bytes, path: path))
        } else {
            self = .own(try Checkpoint(bytes: bytes, path: path))
        }
    }

    /// Ready to embed.
    ///
    /// - Throws: `ONNXError` where ONNX Runtime is not there, or does not take it.
    func backbone() throws(ONNXError) -> any Backbone {
        switch self {
        case .own(let checkpoint): checkpoint
        case .foreign(let checkpoint): try ONNXBackbone(checkpoint)
        }
    }

    /// Nothing is run for it.
    func description(called name: String, path: String) -> BackboneDescription {
        switch self {
        case .own(let checkpoint): BackboneDescription(checkpoint, called: name, path: path)
        case .foreign(let checkpoint): BackboneDescription(checkpoint, called: name, path: path)
        }
    }
}
