import AkinBasics
import AkinEmbedding
import AkinNetworks
import AkinONNX

/// Writes a backbone as an ONNX model, which runs anywhere: a network of Akin's own, or a foreign one as it was imported.
public struct ExportBackbone: Job {
    /// Which.
    public var backbone: BackboneName
    /// The file for the model.
    public var output: OutputFile

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
    public init(_ backbone: BackboneName, to output: OutputFile) {
        self.backbone = backbone
        self.output = output
    }

    /// Writes the whole file or none.
    ///
    /// - Throws: `ONNXError.notANetwork` where the backbone is neither; `.unwritable`.
    @discardableResult
    public func run(_ monitor: Monitor) throws -> Result {
        try OutputFile.check([output]) { backbone.files }
        let model: [UInt8]
        let dimension: Int
        switch try backbone.file() {
        case .own(let checkpoint): (model, dimension) = (checkpoint.onnxModel, checkpoint.dimension)
        case .foreign(let checkpoint):
            (model, dimension) = (Array(checkpoint.model), checkpoint.use.dimension)
        case nil: throw ONNXError.notANetwork(name: backbone.text)
        }
        guard model.count <= ONNXFile.mostBytes else {
            throw ONNXError.tooLarge(path: output.path, limit: ONNXFile.mostBytes)
        }
        do { try output.write(model) } catch { throw ONNXError.unwritable(error) }
        return Result(path: output.path, bytes: model.count, dimension: dimension)
    }
}
