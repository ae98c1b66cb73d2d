import AkinBasics
import AkinEmbedding
import AkinNetworks
import AkinONNX

/// Writes a backbone as an ONNX model, which runs anywhere: a network of Akin's own, or a foreign one as it was imported.
public struct ExportBackbone: Job {
    /// Which.
    public var backbone: BackboneName
    /// The file for the model.
    public var output: String

    /// What there is now.
    public struct Result: Encodable, Sendable {
        /// The model.
        public let path: String
        /// Bytes of it.
        public let bytes: Int
        /// Length of an embedding.
        public let dimension: Int
    }

    /// What is to be exported.
    public init(_ backbone: BackboneName, to output: String) {
        self.backbone = backbone
        self.output = output
    }

    /// Writes the whole file or none.
    ///
    /// - Throws: `ONNXError.notANetwork` where the backbone is neither; `.unwritable`.
    @discardableResult
    public func run(_ monitor: Monitor) throws -> Result {
        let model: [UInt8]
        let dimension: Int
        switch try backbone.file() {
        case .own(let checkpoint): (model, dimension) = (checkpoint.onnxModel, checkpoint.dimension)
        case .foreign(let checkpoint):
            (model, dimension) = (Array(checkpoint.model), checkpoint.use.dimension)
        case nil: throw ONNXError.notANetwork(name: backbone.text)
        }
        guard model.count <= ONNXFile.mostBytes else {
            throw ONNXError.tooLarge(path: output, limit: ONNXFile.mostBytes)
        }
        do { try AtomicFile.write(model, to: output) } catch { throw ONNXError.unwritable(error) }
        return Result(path: output, bytes: model.count, dimension: dimension)
    }
}
