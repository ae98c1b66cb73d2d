import AkinBasics
import AkinEmbedding
import AkinImages
import AkinNetworks
import AkinVectorSearch
import Foundation

/// A foreign network as it is kept: one safetensors file with the ONNX model as a tensor of bytes, `onnx.model`, and in the
/// metadata all that is needed to embed a picture with it. To read and describe one, ONNX Runtime need not be there.
public struct ONNXCheckpoint: Sendable {
    /// What its importer says of it; does not change what it computes.
    public let details: Details
    /// How a picture becomes the network's input.
    public let preprocessing: Preprocessing
    /// How it is used.
    public let use: ONNXUse
    /// Hash of the model, of how it is used and of the preprocessing: two with the same one embed alike.
    public let hash: ContentHash
    /// The safetensors file.
    public let bytes: [UInt8]
    /// The ONNX file as it was imported, with what lay in files beside it.
    package let model: ArraySlice<UInt8>

    /// What its importer says of it.
    public struct Details: Codable, Sendable, Hashable {
        /// A short name for people.
        public var name: String
        /// By which an index compares its embeddings unless told otherwise.
        public var metric: Metric.Kind
        /// Under which terms it may be used; nil where nobody has said.
        public var licence: String?
        /// Where it comes from; nil where nobody has said.
        public var source: String?

        /// By default compared by the cosine, as most are made for.
        public init(
            name: String, metric: Metric.Kind = .cosine, licence: String? = nil, source: String? = nil
        ) {
            self.name = name
            self.metric = metric
            self.licence = licence
            self.source = source
        }
    }

    /// The JSON document under the metadata key `akin`.
    private struct Document: Codable {
        var format: Int
        var details: Details
        var preprocessing: Preprocessing
        var onnx: ONNXUse
    }

    private static let newestFormat = 1
    private static let tensor = "onnx.model"

    /// Of a model that has been looked at.
    init(_ model: [UInt8], use: ONNXUse, preprocessing: Preprocessing, details: Details) {
        self.details = details
        self.preprocessing = preprocessing
        self.use = use
        let document = Document(
            format: Self.newestFormat, details: details, preprocessing: preprocessing, onnx: use)
        bytes =
            Safetensors(
                tensors: [], blobs: [.init(name: Self.tensor, bytes: model[...])],
                metadata: ["akin": Self.json(document)]
            ).bytes
        self.model = bytes.suffix(model.count)
        hash = Self.hash(self.model, use, preprocessing)
    }

    /// Reads the bytes of a file; `path` is for error messages only.
    public init(bytes: [UInt8], path: String) throws(CheckpointError) {
        let file: Safetensors
        do { file = try Safetensors(bytes: bytes) } catch { throw .notSafetensors(path: path, error) }
        guard let text = file.metadata["akin"] else { throw .notAkin(path: path) }
        let document = try Self.document(text, path: path)
        guard let blob = file.blobs.first(where: { $0.name == Self.tensor }) else {
            throw .description(path: path, reason: "no \(Self.tensor)")
        }
        details = document.details
        preprocessing = document.preprocessing
        use = document.onnx
        model = blob.bytes
        self.bytes = bytes
        hash = Self.hash(model, use, preprocessing)
    }

    /// Reads the file at `path`.
    public init(contentsOf path: String) throws(CheckpointError) {
        try self.init(bytes: Checkpoint.bytes(of: path), path: path)
    }

    private static func document(_ text: String, path: String) throws(CheckpointError) -> Document {
        let document = try Checkpoint.document(
            Document.self, text, newest: newestFormat, path: path)
        let (input, use) = (document.preprocessing, document.onnx)
        guard [input.height, input.width].allSatisfy({ Preprocessing.sides ~= $0 }) else {
            throw .description(path: path, reason: "an input of \(input.height) x \(input.width)")
        }
        guard 1...CodeSpace.largestDimension ~= use.dimension else {
            throw .description(path: path, reason: "an embedding of \(use.dimension) numbers")
        }
        return document
    }

    /// Whether bytes look like such a file, rather than like a network of Akin's own.
    public static func isOne(_ bytes: [UInt8]) -> Bool { Safetensors.mentions(tensor, bytes) }

    /// Writes the file: all of it or, if that fails, nothing.
    public func write(to file: OutputFile) throws(CheckpointError) {
        do { try file.write(bytes) } catch { throw .unwritable(error) }
    }

    private static func json(_ value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Texts and numbers that are finite can be written.
        return String(decoding: try! encoder.encode(value), as: UTF8.self)
    }

    private static func hash(
        _ model: ArraySlice<UInt8>, _ use: ONNXUse, _ preprocessing: Preprocessing
    ) -> ContentHash {
        let text = ContentHash(of: (json(use) + json(preprocessing)).utf8)
        let weights = model.withUnsafeBytes { ContentHash(of: $0) }
        return ContentHash(of: (ONNXBackbone.format + text.description + weights.description).utf8)
    }

    /// Its name and hash.
    public var identity: BackboneIdentity { BackboneIdentity(name: details.name, hash: hash) }
}
