import AkinBasics
import AkinEmbedding
import AkinIndexing
import AkinNetworks
import AkinVectorSearch

/// A backbone whose embeddings are measured, and how they are compared.
public struct MeasuredBackbone: Sendable {
    /// What embeds.
    public let backbone: any Backbone
    /// How embeddings are compared.
    public let metric: Metric
    /// The files that it comes from, where it was read for this.
    private(set) var files: [String] = []
    /// The index that it comes from.
    private(set) var index: IndexPlace?

    /// The metrics that some loss trains embeddings for.
    public static let metrics: [Metric.Kind] = [.l2, .cosine, .learnedL1]

    /// Compared by `metric`; if that is nil, by what the backbone is made for: what its checkpoint names, or else what its
    /// loss compares by.
    ///
    /// - Throws: `HeadError` or `JobError.noLearnedMetric` where the metric is a learned one and none was learned.
    public init(_ backbone: any Backbone, metric: Metric.Kind? = nil) throws {
        self.backbone = backbone
        let checkpoint = backbone as? Checkpoint
        let trained = (checkpoint?.details).flatMap { $0.metric == nil ? $0.loss?.kind.metric : nil }
        let kind = metric ?? trained ?? backbone.metric
        if let checkpoint {
            self.metric = try checkpoint.metric(kind)
        } else if let metric = Metric(kind, learned: backbone.learnedL1) {
            self.metric = metric
        } else {
            throw JobError.noLearnedMetric(backbone: backbone.identity.name)
        }
    }

    /// That of the index in a folder, or what `BackboneName` has for the text. The index's is compared by the index's own metric
    /// where `metric` is nil and embeddings are trained for that.
    public init(at path: String, metric: Metric.Kind? = nil) throws {
        guard EmbeddingIndex.exists(at: path) || Folder.isFolder(path) && BackboneFolders.isPath(path) else {
            try self.init(BackboneName(path).backbone(), metric: metric)
            files = BackboneName(path).files
            return
        }
        let index = try EmbeddingIndex(opening: path, readOnly: true)
        try self.init(
            index.storedBackbone, metric: metric ?? Self.metrics.first { $0 == index.metric.kind })
        self.index = .folder(path)
    }
}
