import AkinBasics
import AkinImages
import AkinTensors
import AkinVectorSearch
import Foundation

/// A trained backbone: architecture, weights and preprocessing, all that is needed to embed an image again; one
/// safetensors file, which NumPy and PyTorch read as it is.
public struct Checkpoint: Sendable {
    /// A short name for people: the recipe's.
    public var name: String { details.name }
    /// What training says of itself: name, seed, epochs, data.
    public let details: Details
    /// How a picture becomes the network's input.
    public let preprocessing: Preprocessing
    /// The architecture.
    public let layers: [LayerSpecification]
    /// Length of an embedding.
    public let dimension: Int
    /// How many numbers training has set; the statistics of batch normalisations are not counted.
    public var parameterCount: Int { values.count }
    /// Hash of architecture, preprocessing, weights and statistics: two checkpoints with the same one embed alike.
    public let hash: ContentHash
    /// The safetensors file.
    public let bytes: [UInt8]
    /// What was trained on top of the backbone, tensors named `head.weight` and the like: kept beside it, not needed to
    /// embed, not part of the hash.
    package let head: [Safetensors.Tensor]
    /// In the order of `Network.parameters`.
    let values: [Float]
    /// In the order of `Network.placedStatistics`.
    let statistics: [Float]

    /// How a checkpoint came to be; does not change what it computes.
    public struct Details: Codable, Sendable, Hashable {
        /// A short name for people.
        public var name: String
        /// The seed of the run.
        public var seed: UInt64
        /// How many epochs it was trained.
        public var epochs: Int
        /// The data trained on, for people.
        public var data: String
        /// The labels trained on, sorted.
        public var labels: [String]
        /// What was minimised.
        public var loss: LossSpecification?
        /// How the images were changed each time they were seen.
        public var augmentation: Augmentation?
        /// Up to which share images were blended with others.
        public var mixup: Float?
        /// Whether each class turned by quarters was a class of its own.
        public var classRotations: Bool?
        /// By which an index compares its embeddings unless told otherwise; nil where nobody has said.
        public var metric: Metric.Kind?
        /// Under which terms it may be used; nil where nobody has said.
        public var licence: String?
        /// Where its weights come from, where Akin has not trained them.
        public var source: String?
        /// How the training has come to nothing; nil where it has not, or nobody has looked.
        public var collapsed: Collapse?
        /// How it was trained, as the text of a recipe that names every key; nil in checkpoints from before this was kept, and in those
        /// that Akin has not trained.
        public var recipe: String?
        /// A hash of the pictures that it was trained on, as the network took them, with their labels.
        public var pictures: String?

        /// All of them.
        public init(
            name: String, seed: UInt64, epochs: Int, data: String, labels: [String],
            loss: LossSpecification? = nil, augmentation: Augmentation? = nil, mixup: Float? = nil,
            classRotations: Bool? = nil, metric: Metric.Kind? = nil, licence: String? = nil,
            source: String? = nil, collapsed: Collapse? = nil, recipe: String? = nil,
            pictures: String? = nil
        ) {
            self.name = name
            self.seed = seed
            self.epochs = epochs
            self.data = data
            self.labels = labels
            self.loss = loss
            self.augmentation = augmentation
            self.mixup = mixup
            self.classRotations = classRotations
            self.metric = metric
            self.licence = licence
            self.source = source
            self.collapsed = collapsed
            self.recipe = recipe
            self.pictures = pictures
        }
    }

    /// The JSON document under the metadata key `akin`.
    private struct Document: Codable {
        var format: Int
        var details: Details
        var preprocessing: Preprocessing
        var layers: [LayerSpecification]
    }

    private struct FormatVersion: Decodable { var format: Int }

    private static let newestFormat = 1
    private static let mostBytes = 4 * Network.mostValues + 100_000_000

    /// The backbone of a network as it is now, and what lies beside it.
    package init(
        _ network: Network, preprocessing: Preprocessing, details: Details, head: [Safetensors.Tensor] = []
    ) {
        self.details = details
        self.preprocessing = preprocessing
        self.head = head
        layers = network.specification
        dimension = network.dimension
        values = Array(UnsafeBufferPointer(start: network.values.base, count: network.backboneCount))
        statistics = Array(network.statistics.values)
        let document = Document(
            format: Self.newestFormat, details: details, preprocessing: preprocessing, layers: layers)
        var tensors: [Safetensors.Tensor] = []
        for (placed, all) in Self.placed(network, values, statistics) {
            tensors.append(
                .init(name: placed.name, shape: placed.parameter.dimensions, values: Array(all[placed.range]))
            )
        }
        bytes = Safetensors(tensors: tensors + head, metadata: ["akin": Self.json(document)]).bytes
        hash = Self.hash(layers, preprocessing, values + statistics)
    }

    /// The backbone's tensors in the order of the file, each with the values that it is a range of.
    private static func placed(
        _ network: Network, _ values: [Float] = [], _ statistics: [Float] = []
    ) -> [(Network.PlacedParameter, [Float])] {
        network.parameters.filter { $0.offset < network.backboneCount }.map { ($0, values) }
            + network.placedStatistics.map { ($0, statistics) }
    }

    /// Reads a checkpoint from a file's bytes; `path` is for error messages only.
    public init(bytes: [UInt8], path: String) throws(CheckpointError) {
        let file: Safetensors
        do { file = try Safetensors(bytes: bytes) } catch { throw .notSafetensors(path: path, error) }
        guard let text = file.metadata["akin"] else { throw .notAkin(path: path) }
        guard file.blobs.isEmpty else { throw .foreign(path: path) }
        let document = try Self.document(text, path: path)
        let preprocessing = document.preprocessing
        let network = try Self.network(document, accountedFor: file, path: path)
        var numbers: [Float] = []
        numbers.reserveCapacity(network.backboneCount + network.statistics.count)
        var named: Set<String> = []
        let tensors = Dictionary(file.tensors.map { ($0.name, $0) }) { first, _ in first }
        for (placed, _) in Self.placed(network) {
            let expected = placed.parameter.dimensions
            guard let tensor = tensors[placed.name], tensor.shape == expected else {
                throw .tensor(
                    path: path, name: placed.name, expected: expected, found: tensors[placed.name]?.shape)
            }
            numbers.append(contentsOf: tensor.values)
            named.insert(placed.name)
        }
        for tensor in file.tensors where !tensor.values.allSatisfy(\.isFinite) {
            throw .notFinite(path: path, name: tensor.name)
        }
        details = document.details
        self.preprocessing = preprocessing
        head = file.tensors.filter { !named.contains($0.name) }
        layers = document.layers
        dimension = network.dimension
        values = Array(numbers[..<network.backboneCount])
        statistics = Array(numbers[network.backboneCount...])
        self.bytes = bytes
        hash = Self.hash(layers, preprocessing, numbers)
    }

    /// What the metadata say, a JSON document with a `format` of which the `newest` is known.
    package static func document<Document: Decodable>(
        _: Document.Type, _ text: String, newest: Int, path: String
    ) throws(CheckpointError) -> Document {
        func decoded<Value: Decodable>(_: Value.Type) throws(CheckpointError) -> Value {
            do { return try JSONDecoder().decode(Value.self, from: Data(text.utf8)) } catch {
                throw .description(path: path, reason: words(for: error))
            }
        }
        let found = try decoded(FormatVersion.self).format
        guard found <= newest else { throw .newerFormat(path: path, found: found, known: newest) }
        return try decoded(Document.self)
    }

    /// The description in the metadata.
    private static func document(_ text: String, path: String) throws(CheckpointError) -> Document {
        let document = try document(Document.self, text, newest: newestFormat, path: path)
        let (height, width) = (document.preprocessing.height, document.preprocessing.width)
        guard 1...4096 ~= height, 1...4096 ~= width else {
            throw .description(path: path, reason: "an input of \(height) x \(width)")
        }
        return document
    }

    /// The network that is described, without weights. A hostile description must not make us reserve memory that the
    /// file does not account for.
    private static func network(
        _ document: Document, accountedFor file: Safetensors, path: String
    ) throws(CheckpointError) -> Network {
        let (layers, input) = (document.layers, Shape(document.preprocessing))
        let needed: Int
        do { needed = try Network.valueCount(layers, input: input) } catch {
            throw .network(path: path, error)
        }
        let present = file.tensors.reduce(0) { $0 + $1.values.count }
        guard needed <= present else {
            throw .description(path: path, reason: "\(present) weights where its layers need \(needed)")
        }
        do { return try Network(layers, input: input) } catch { throw .network(path: path, error) }
    }

    /// Reads the file at `path`.
    public init(contentsOf path: String) throws(CheckpointError) {
        try self.init(bytes: Self.bytes(of: path), path: path)
    }

    /// Of a file that may be a checkpoint.
    package static func bytes(of path: String) throws(CheckpointError) -> [UInt8] {
        do { return try FileBytes.read(path, limit: mostBytes) } catch {
            throw .unreadable(path: path, error)
        }
    }

    /// Writes the file: all of it or, if that fails, nothing.
    public func write(to file: OutputFile) throws(CheckpointError) {
        do { try file.write(bytes) } catch { throw .unwritable(error) }
    }

    /// The same, with a mark that its training has come to nothing.
    package func marked(as collapse: Collapse) -> Checkpoint {
        var details = details
        details.collapsed = collapse
        return Checkpoint(network(), preprocessing: preprocessing, details: details, head: head)
    }

    /// The network with its weights.
    package func network() -> Network {
        // The initialisers have seen to it that it can be built.
        let network = try! Network(layers, input: Shape(preprocessing))
        network.values.base.update(from: values, count: values.count)
        network.statistics.base.update(from: statistics, count: statistics.count)
        return network
    }

    private static func json(_ value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try! encoder.encode(value), as: UTF8.self)
    }

    private static func hash(
        _ layers: [LayerSpecification], _ preprocessing: Preprocessing, _ values: [Float]
    ) -> ContentHash {
        let text = ContentHash(of: (json(layers) + json(preprocessing)).utf8)
        let weights = values.withUnsafeBytes { ContentHash(of: $0) }
        return ContentHash(of: (text.description + weights.description).utf8)
    }

    private static func words(for error: any Error) -> String {
        switch error {
        case DecodingError.keyNotFound(let key, _): "no \(key.stringValue)"
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
            "a wrong type at \(context.codingPath.map(\.stringValue).joined(separator: "."))"
        default: "not the JSON expected"
        }
    }
}

extension Shape {
    /// The shape of the input that a preprocessing makes.
    package init(_ preprocessing: Preprocessing) {
        self.init(
            height: preprocessing.height, width: preprocessing.width, channels: preprocessing.channels.count)
    }
}
