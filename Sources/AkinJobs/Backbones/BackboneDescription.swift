import AkinBasics
import AkinEmbedding
import AkinImages
import AkinNetworks
import AkinONNX
import AkinVectorSearch

/// What a backbone is.
public struct BackboneDescription: Encodable, Sendable {
    /// As it is called.
    public let name: String
    /// Its own name, and the hash that tells it from others.
    public let identity: BackboneIdentity
    /// As an index keeps it: `akin-checkpoint`, `akin-hog`.
    public let format: String
    /// Length of an embedding.
    public let dimension: Int
    /// How many numbers training has set.
    public let parameters: Int
    /// How a picture becomes its input; several of several backbones side by side.
    public let preprocessing: [Preprocessing]
    /// What its embeddings are made for.
    public let metric: Metric.Kind
    /// Under which terms it may be used; nil where nobody has said.
    public let licence: String?
    /// Where it comes from; nil where nobody has said.
    public let source: String?
    /// What it was trained on, for people; nil where it was not.
    public let data: String?
    /// How its training has come to nothing; nil where it has not, or nobody has looked.
    public let collapsed: Collapse?
    /// Its file; nil where it has none.
    public let path: String?
    /// How a foreign network is used; nil of others.
    public let use: ONNXUse?
    /// Those that it consists of.
    public let parts: [Part]

    /// One of several side by side.
    public struct Part: Encodable, Sendable {
        /// The length of its part of an embedding.
        public let weight: Float
        /// What it is.
        public let backbone: BackboneDescription
    }

    init(_ backbone: any Backbone, called name: String, path: String? = nil) {
        self.name = name
        self.path = path
        identity = backbone.identity
        format = type(of: backbone).format
        dimension = backbone.dimension
        preprocessing = backbone.input.parts
        metric = backbone.metric
        let checkpoint = backbone as? Checkpoint
        let foreign = (backbone as? ONNXBackbone)?.checkpoint
        licence = checkpoint?.details.licence ?? foreign?.details.licence
        source = checkpoint?.details.source ?? foreign?.details.source
        data = checkpoint?.details.data
        collapsed = checkpoint?.details.collapsed
        use = foreign?.use
        parts = ((backbone as? CombinedBackbone)?.parts ?? []).map {
            Part(
                weight: $0.weight,
                backbone: BackboneDescription($0.backbone, called: $0.backbone.identity.name))
        }
        parameters =
            checkpoint?.parameterCount ?? foreign?.use.parameters
            ?? parts.reduce(0) { $0 + $1.backbone.parameters }
    }

    init(_ foreign: ONNXCheckpoint, called name: String, path: String? = nil) {
        self.name = name
        self.path = path
        identity = foreign.identity
        format = ONNXBackbone.format
        dimension = foreign.use.dimension
        parameters = foreign.use.parameters
        preprocessing = [foreign.preprocessing]
        metric = foreign.details.metric
        (licence, source) = (foreign.details.licence, foreign.details.source)
        data = nil
        collapsed = nil
        use = foreign.use
        parts = []
    }

    /// `preprocessing` is an object; of several backbones side by side each of `parts` has its own.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(identity.name, forKey: .backbone)
        try container.encode(identity.hash.description, forKey: .hash)
        try container.encode(format, forKey: .format)
        try container.encode(dimension, forKey: .dimension)
        try container.encode(parameters, forKey: .parameters)
        try container.encode(metric, forKey: .metric)
        try container.encode(licence, forKey: .licence)
        try container.encodeIfPresent(source, forKey: .source)
        try container.encodeIfPresent(data, forKey: .data)
        try container.encodeIfPresent(collapsed, forKey: .collapsed)
        try container.encodeIfPresent(path, forKey: .path)
        try container.encodeIfPresent(use, forKey: .onnx)
        if parts.isEmpty {
            try container.encode(preprocessing[0], forKey: .preprocessing)
        } else {
            try container.encode(parts, forKey: .parts)
        }
    }

    private enum CodingKeys: CodingKey {
        case name, backbone, hash, format, dimension, parameters, preprocessing, metric, licence, source,
            data, collapsed
        case path, onnx, parts
    }
}
