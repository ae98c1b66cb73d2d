import AkinEmbedding
import AkinIndexing
import AkinVectorSearch

/// Makes an empty index that holds a backbone.
public struct CreateIndex: Job {
    /// A folder that does not exist, or is empty.
    public var path: String
    /// What embeds its pictures.
    public var backbone: any Backbone
    /// How distances between embeddings are measured; nil: as the backbone is made for.
    public var metric: Metric.Kind?

    /// An index that is there already.
    public struct Result: Encodable, Sendable {
        /// Its folder.
        public let index: String
        /// Length of an embedding.
        public let dimension: Int
        /// How distances between embeddings are measured.
        public let metric: Metric.Kind
    }

    /// What is to be made.
    public init(at path: String, backbone: any Backbone, metric: Metric.Kind? = nil) {
        self.path = path
        self.backbone = backbone
        self.metric = metric
    }

    /// Makes it.
    @discardableResult
    public func run(_ monitor: Monitor) throws -> Result {
        monitor.noteCollapse(of: backbone)
        let index = try EmbeddingIndex.create(at: path, backbone: backbone, metric: metric)
        return Result(index: index.path, dimension: index.dimension, metric: index.metric.kind)
    }
}
